import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AssetRef } from '../../app/document/asset.ts';
import { voiceSchema } from '../../app/document/voice.ts';
import { voiceConsentSchema } from '../../app/document/voice-consent.ts';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema, providerSettingsSchema } from '../../app/providers/settings.ts';
import { planLine } from '../../app/speech/script/plan.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { machineClock } from '../../main/engine/policy/clock.ts';
import { SAMPLE_RATE, type TtsProvider } from '../../main/engine/ports/tts.ts';
import { createSpeechStage } from '../../main/engine/stages/speech.ts';
import { openWav } from '../../main/media/wav.ts';
import { createQwenCloning } from '../../main/providers/voice-clone/qwen/index.ts';
import { openStorage, type Storage } from '../../main/storage/open.ts';
import { createCloningService } from '../../main/studio/cloning.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { PcmVoice } from '../servers/bailian/voice.ts';

const RATE = 24_000;
const TEXT =
  '我是林，我同意在课程视频里使用我的声音。今天天气很好，我们一起去公园散步，看看花，听听鸟叫，然后回家吃饭。';
const signal = new AbortController().signal;
const PLAN = planLine(
  { text: '今天天气很好。', emotion: 'neutral', intensity: 1 },
  { dictionary: [], emotions: [], defaultLang: 'zh' },
);
const OPTIONS = { lineId: 'l1', lineVoiceId: null, pauseAfterMs: 0 };
let server: FakeBailian;
let storage: Storage;
let folder: string;
let evidence: AssetRef;
const coded = (code: string) => (failure: unknown) => failure instanceof StudioError && failure.code === code;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloning-'));
  server = await startBailian();
  storage = await openStorage({ dataDir: join(folder, 'data') });
  const path = join(folder, 'sentence.wav');
  const voice = new PcmVoice();
  const { pcm } = await voice.speak({ text: TEXT, voice: 'espeak+f3', sampleRate: RATE, rate: 0.9 }, signal);
  await voice.dispose();
  const wav = await openWav(path, { channels: 1, sampleRateHz: RATE });
  await wav.write(pcm);
  await wav.finish();
  evidence = await storage.assets.put(path, { mediaType: 'audio/wav' });
});
after(async () => {
  storage.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a voice is cloned only under a consent that stands and whose sentence is there; otherwise nobody is asked', async () => {
  const access = {
    settings: bailianSettingsSchema.parse({ httpBaseUrl: server.httpBaseUrl }),
    key: async () => server.key,
  };
  const service = (day: string) => {
    const now = () => new Date(`${day}T12:00:00`);
    const providers = async () => [createQwenCloning({ access, now })];
    return createCloningService({ providers, consents: storage.voiceConsents, assets: storage.assets, now });
  };
  const today = service('2026-06-01');
  const consent = voiceConsentSchema.parse({
    ...{ person: '林', scope: '课程视频', grantedOn: '2026-01-31', expiresOn: '2026-12-31', evidence },
  });
  const stored = await today.saveConsent(consent, signal);
  const lost = storage.voiceConsents.save({ ...consent, evidence: { ...evidence, sha256: 'b'.repeat(64) } });
  const withdrawn = await today.saveConsent(consent, signal);
  await today.withdrawConsent({ id: withdrawn.id }, signal);
  const wish = { provider: 'qwen-tts', name: 'Lin', model: 'qwen3-tts-vc-2026-01-22', audio: evidence, language: 'zh' };
  for (const [cloning, consentId, code] of [
    [today, 'nobody', 'cloud.consent-missing'],
    [today, withdrawn.id, 'cloud.consent-missing'],
    [today, lost.id, 'storage.asset-missing'],
    [service('2027-01-01'), stored.id, 'cloud.consent-expired'],
    [service('2026-01-30'), stored.id, 'cloud.consent-not-yet'],
  ] as const)
    await assert.rejects(async () => cloning.enrol({ ...wish, consentId }, signal), coded(code));
  assert.deepEqual(server.requests, []);

  const made = await today.enrol({ ...wish, consentId: stored.id }, signal);
  assert.deepEqual([made.state, made.name, made.consentId, made.consent], ['ready', 'Lin', stored.id, 'stands']);
  const [later] = await service('2027-01-01').voices({}, signal);
  assert.equal(later?.consent, 'expired');
  assert.deepEqual(await today.voices({}, signal), [made]);
  assert.deepEqual(await today.query({ provider: 'qwen-tts', voiceId: made.voiceId }, signal), made);
  // Deleted in the vendor's console meanwhile: it is told, and can be forgotten here too.
  const elsewhere = server.context.voices.get(made.voiceId)!;
  server.context.voices.delete(made.voiceId);
  assert.deepEqual(await today.voices({}, signal), [{ ...made, state: 'gone' }]);
  server.context.voices.set(made.voiceId, elsewhere);
  await today.remove({ provider: 'qwen-tts', voiceId: made.voiceId }, signal);
  assert.equal(server.context.voices.size, 0);
  assert.deepEqual([await today.voices({}, signal), storage.voiceConsents.clones()], [[], []]);
  await assert.rejects(
    async () => today.saveConsent({ ...consent, evidence: { ...evidence, sha256: 'c'.repeat(64) } }, signal),
    coded('storage.asset-missing'),
  );
});

test('a cloned voice is in the lists, is spoken by its own model, and not after its consent has ended', async () => {
  const dataDir = join(folder, 'data');
  const held = new Map<string, string>();
  const embedded: TtsProvider = {
    ...{ id: 'espeak', version: '1', dispose: async () => undefined },
    voices: async () => [{ id: 'espeak:cmn', name: 'Mandarin', languages: ['cmn'], gender: 'male', runs: 'local' }],
    async *synthesise() {
      yield { type: 'audio', pcm: new Float32Array(SAMPLE_RATE / 10).fill(0.1) };
    },
  };
  let nowMs = Date.now();
  await using set = createProviders({
    ...{ dataDir, cacheDir: join(folder, 'cache'), embedded, clock: { ...machineClock, wallMs: () => nowMs } },
    // A busy machine is no reason to ask twice.
    settings: providerSettingsSchema.parse({ policy: { firstByteMs: 120_000, betweenBytesMs: 120_000 } }),
    secrets: {
      get: async (name) => held.get(name) ?? null,
      set: async (name, value) => void held.set(name, value),
      delete: async (name) => void held.delete(name),
      names: async () => [...held.keys()],
    },
    environment: {
      ...{ DASHSCOPE_API_KEY: server.key, DASHSCOPE_HTTP_BASE_URL: server.httpBaseUrl },
      DASHSCOPE_WEBSOCKET_BASE_URL: server.webSocketBaseUrl,
    },
  });
  const cloning = createCloningService({
    ...{ providers: set.cloning, consents: storage.voiceConsents, assets: storage.assets },
    ...{ now: () => new Date(nowMs), onChange: set.clonesChanged },
  });
  const consent = await cloning.saveConsent(
    voiceConsentSchema.parse({
      ...{ person: '林', scope: '课程视频', grantedOn: '2026-01-31', expiresOn: '2099-12-31', evidence },
    }),
    signal,
  );
  const wish = { consentId: consent.id, name: 'Lin', audio: evidence, language: 'zh' };
  const listed = async () => (await Promise.all(set.voices.map((each) => each.voices()))).flat();
  const lineIn = (voiceId: string) => ({ ...OPTIONS, voice: voiceSchema.parse({ voiceId }) });
  const speech = createSpeechStage({ providers: set.voiceSource, cacheDir: join(folder, 'speech') });
  const served = () => server.requests.filter(({ surface }) => /tts/.test(surface));
  for (const [provider, model] of [
    ['cosyvoice', 'cosyvoice-v3-plus'],
    ['qwen-tts', 'qwen3-tts-vc-2026-01-22'],
    ['qwen-tts', null],
  ] as const) {
    const made = await cloning.enrol({ ...wish, provider, model }, signal);
    while ((await cloning.query({ provider, voiceId: made.voiceId }, signal)).state === 'preparing')
      await new Promise((resolve) => setTimeout(resolve, 50));
    const id = `${provider}:${made.voiceId}`;
    const voice = (await listed()).find((each) => each.id === id);
    assert.deepEqual([voice?.name, voice?.runs], ['Lin', 'cloud']);
    server.requests.length = 0;
    await speech.speak(PLAN, lineIn(id), signal);
    const [request, ...more] = served();
    assert.deepEqual([request?.model, more], [model ?? 'qwen3-tts-vc-realtime-2026-01-15', []]);
    assert.match(JSON.stringify(request?.body), new RegExp(made.voiceId));

    const heard = await speech.speak(PLAN, lineIn(id), signal);
    assert.equal(served().length, 1, 'said before');

    // The memory of speech does not say it either, once the consent has ended; the rest of the service is not to blame.
    nowMs = new Date('2100-01-01T12:00:00').getTime();
    const instead = await speech.speak(PLAN, lineIn(id), signal);
    assert.notEqual(instead.pcmPath, heard.pcmPath);
    assert.deepEqual(
      served().filter(({ body }) => JSON.stringify(body).includes(made.voiceId)),
      [request],
    );
    const switched = set.recentEvents().findLast(({ type }) => type === 'switched');
    assert.deepEqual(switched?.type === 'switched' && [switched.from, switched.error.code], [
      provider,
      'cloud.consent-expired',
    ]);
    const service = set.voices.find((each) => each.id === provider)!;
    await assert.rejects(async () => {
      const part = PLAN.parts.find((each) => each.kind === 'speech')!;
      for await (const _ of service.synthesise({ voiceId: id, part }, signal)) assert.fail('it spoke');
    }, coded('cloud.consent-expired'));
    const state = (await set.states()).find((each) => each.id === provider);
    assert.equal(state?.circuit, 'closed');
    nowMs = Date.now();
  }
});
