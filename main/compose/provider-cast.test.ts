import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { StudioError } from '../../app/errors/index.ts';
import { providerSettingsSchema } from '../../app/providers/settings.ts';
import type { TtsProvider } from '../engine/ports/tts.ts';
import { ClonedVoices } from './cloned-voices.ts';
import { Casting } from './provider-cast.ts';
import { ProviderKeys } from './provider-keys.ts';

const never = new AbortController().signal;

test('whichever member of Bailian refuses a key of another region, it is told as that; refusals of others stay', async (t) => {
  const singapore = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json').end('{"token":"st-1","expires_at":1}');
  }).listen(0, '127.0.0.1');
  await once(singapore, 'listening');
  t.after(() => {
    singapore.closeAllConnections();
    singapore.close();
  });
  const { port } = singapore.address() as AddressInfo;
  const kept = { get: async () => null, set: async () => {}, delete: async () => {}, names: async () => [] };
  const embedded: TtsProvider = {
    ...{ id: 'espeak', version: '1', voices: async () => [], dispose: async () => undefined },
    async *synthesise() {},
  };
  const casting = new Casting(
    {
      ...{ embedded, local: null, clones: new ClonedVoices('/nowhere') },
      keys: new ProviderKeys(kept, { DASHSCOPE_API_KEY: 'sk-of-singapore' }),
      regionUrl: (region) => `http://127.0.0.1:${region === 'singapore' ? port : 1}/tokens`,
    },
    () => providerSettingsSchema.parse({}),
  );
  t.after(() => casting.dispose());
  const refused = new StudioError('cloud.key-wrong', { provider: 'x' });
  const codeOf = async (id: string): Promise<string> => {
    const told = await casting.now.explain(id, refused, never);
    return told instanceof StudioError ? told.code : '';
  };
  for (const id of ['cosyvoice', 'qwen-tts', 'sambert', 'bailian-asr', 'qwen-asr'])
    assert.equal(await codeOf(id), 'cloud.key-other-region', id);
  for (const id of ['isi', 'espeak', 'nobody']) assert.equal(await codeOf(id), 'cloud.key-wrong', id);
});
