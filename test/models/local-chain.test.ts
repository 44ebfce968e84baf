/** The cloud fails, and the language model on this machine answers; no model, and one of the person's own sentences does. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dutyOf, dutyWords } from '../../app/policy/status.ts';
import { providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { machineClock } from '../../main/engine/policy/clock.ts';
import type { TtsProvider } from '../../main/engine/ports/tts.ts';
import { createMemorySecrets } from '../../main/storage/memory-secrets.ts';
import { TINY_WORDS } from '../../scripts/tiny-models/qwen2.ts';
import { hear, never } from '../providers/llm-conformance.ts';
import { startBailian } from '../servers/bailian/server.ts';
import { tinyLlm, tinyModels } from './tiny-llm.fixture.ts';

const silent: TtsProvider = {
  ...{ id: 'espeak', version: '1', voices: async () => [], dispose: async () => undefined },
  async *synthesise() {},
};
const WHOLE = TINY_WORDS.join('');
const CANNED = ['我问一下再告诉你。'];

test('cloud, then the local model, then a sentence of the person’s own, and back to the cloud by a probe', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chain-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  await using bailian = await startBailian();
  await using models = await tinyModels();
  let ahead = 0;
  const clock = { ...machineClock, nowMs: () => performance.now() + ahead, wallMs: () => Date.now() + ahead };
  const policy = { tries: 1, breakAfter: 2, firstByteMs: 20_000, cannedAnswers: CANNED };
  await using providers = createProviders({
    ...{ dataDir, cacheDir: dataDir, embedded: silent, models, clock, seed: 1 },
    settings: providerSettingsSchema.parse({ policy, cache: { enabled: false } }),
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    environment: {
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    },
  });
  const ask = async (content: string, llm = providers.answers) => {
    const { events, text, error } = await hear(llm.chat({ model: null, messages: [{ role: 'user', content }] }, never));
    const done = events.at(-1);
    return { text, error, by: done?.type === 'done' ? done.model : null };
  };
  const duty = () => dutyOf(providers.recentEvents(), 'llm');
  const state = async (id: string) => (await providers.states()).find((each) => each.id === id)!;

  assert.equal((await ask('你好')).by, 'qwen-plus');
  assert.equal((await state('local-qwen')).lacks, 'model');

  bailian.faults.always('chat', { kind: 'error', status: 429, code: 'Throttling.RateQuota', message: 'too many' });
  const own = await ask('没有模型的时候呢？');
  assert.deepEqual([own.text, own.by], [CANNED[0], 'canned']);
  assert.match(dutyWords(duty()!, 'canned', 'en'), /^Writing with canned since \d\d:\d\d: rate limit$/);
  // Where text is made of text, such a sentence helps nobody.
  assert.notEqual((await ask('写一段口播稿', providers.llm)).error, null);

  models.choose('llm', await tinyLlm(models.folder, 'tiny'));
  while ((await state('local-qwen')).lacks !== null) await new Promise((resolve) => setTimeout(resolve, 10));
  const local = await ask('网络断了吗？');
  assert.deepEqual([local.text, local.by], [WHOLE, 'tiny@1']);
  assert.equal(duty()?.provider, 'local-qwen');
  assert.match(dutyWords(duty()!, 'the local model', 'en'), /^Writing with the local model since \d\d:\d\d: /);

  // Its rest is over: the next question is the probe, and the cloud's again.
  bailian.faults.clear();
  ahead += 3_600_000;
  assert.equal((await ask('回来了吗？')).by, 'qwen-plus');
  assert.deepEqual([duty()?.provider, duty()?.error], ['qwen', null]);

  // It dies in the middle: what it said stays, the local model says the rest.
  bailian.answers = () => '云端说到一半就断了，后面的话没有了。';
  bailian.faults.next('chat', { kind: 'cut', afterBytes: 900 });
  const continued = await ask('讲讲');
  assert.equal(continued.by, 'tiny@1');
  assert.ok(continued.text.startsWith('云端') && continued.text.endsWith('！'), continued.text);
});
