import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import { createStudio } from '../../main/compose.ts';
import { bailianEndpoint } from '../../main/providers/kit/endpoint.ts';
import { createCosyVoiceProvider } from '../../main/providers/tts/cosyvoice/index.ts';
import { createEspeakProvider } from '../../main/providers/tts/espeak/index.ts';
import { createQwenTtsProvider } from '../../main/providers/tts/qwen-tts/index.ts';
import { createSambertProvider } from '../../main/providers/tts/sambert/index.ts';
import { createSherpaVoice } from '../../main/providers/tts/sherpa/index.ts';
import type { FakeBailian } from '../servers/bailian/server.ts';
import { installTinyModels } from './local-models.fixture.ts';
import { type TtsSubject, ttsConformance } from './tts-conformance.ts';

const endpointOf = (server: FakeBailian) =>
  bailianEndpoint(
    {
      settings: bailianSettingsSchema.parse({
        httpBaseUrl: server.httpBaseUrl,
        webSocketBaseUrl: server.webSocketBaseUrl,
      }),
      key: async () => server.key,
    },
    'Bailian',
  );
const waits = (patienceMs: number | undefined) => (patienceMs === undefined ? {} : { patienceMs });
const qwen = (server: FakeBailian, by: 'http' | 'realtime', patienceMs?: number) =>
  createQwenTtsProvider({
    endpoint: endpointOf(server),
    models: { qwenTts: 'qwen3-tts-flash', qwenTtsRealtime: 'qwen3-tts-flash-realtime' },
    by,
    ...waits(patienceMs),
  });

const installed = await installTinyModels('voice-zh');
after(() => installed[Symbol.asyncDispose]());

const SUBJECTS: readonly TtsSubject[] = [
  { id: 'eSpeak', voiceId: 'espeak:cmn', open: () => createEspeakProvider(), eachWord: true },
  {
    ...{ id: 'CosyVoice', voiceId: 'cosyvoice:longanyang', surface: 'tts-task', eachWord: true },
    open: (server, patienceMs) =>
      createCosyVoiceProvider({ endpoint: endpointOf(server), model: 'cosyvoice-v3-flash', ...waits(patienceMs) }),
    faults: [[{ kind: 'idle-timeout' }, 'cloud.timeout']],
  },
  {
    ...{ id: 'Sambert', voiceId: 'sambert:zhichu', surface: 'sambert', eachWord: true },
    open: (server, patienceMs) => createSambertProvider({ endpoint: endpointOf(server), ...waits(patienceMs) }),
  },
  {
    ...{ id: 'Qwen-TTS by HTTP', voiceId: 'qwen-tts:Cherry', surface: 'qwen-tts', eachWord: false },
    open: (server, patienceMs) => qwen(server, 'http', patienceMs),
    faults: [[{ kind: 'wrong-content-type' }, 'cloud.bad-answer']],
  },
  {
    ...{ id: 'Qwen-TTS realtime', voiceId: 'qwen-tts:Ethan', surface: 'realtime-tts', eachWord: false },
    open: (server, patienceMs) => qwen(server, 'realtime', patienceMs),
    faults: [[{ kind: 'idle-timeout' }, 'cloud.timeout']],
  },
  {
    ...{ id: 'The voice on this machine', voiceId: 'local-voice:tiny-voice-zh-1', eachWord: false },
    open: () => createSherpaVoice({ models: installed }),
  },
];
for (const subject of SUBJECTS) ttsConformance(subject);

test('no voice of the studio is left out', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'shenghua-voices-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  await using studio = createStudio({ dataDir });
  const asked = new Set(SUBJECTS.map(({ voiceId }) => voiceId.slice(0, voiceId.indexOf(':'))));
  assert.deepEqual([...asked].sort(), studio.voices.map(({ id }) => id).sort());
});
