import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { voiceConsentSchema } from '../../app/document/voice-consent.ts';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
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
let server: FakeBailian;
let storage: Storage;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloning-'));
  server = await startBailian();
  storage = await openStorage({ dataDir: join(folder, 'data') });
});
after(async () => {
  storage.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a voice is cloned only under a consent that stands and whose sentence is there; otherwise nobody is asked', async () => {
  const path = join(folder, 'sentence.wav');
  const voice = new PcmVoice();
  const { pcm } = await voice.speak({ text: TEXT, voice: 'espeak+f3', sampleRate: RATE, rate: 0.9 }, signal);
  await voice.dispose();
  const wav = await openWav(path, { channels: 1, sampleRateHz: RATE });
  await wav.write(pcm);
  await wav.finish();
  const evidence = await storage.assets.put(path, { mediaType: 'audio/wav' });
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
  const coded = (code: string) => (failure: unknown) => failure instanceof StudioError && failure.code === code;
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
  assert.deepEqual([made.state, made.name, made.consentId], ['ready', 'Lin', stored.id]);
  assert.deepEqual(await today.voices({}, signal), [made]);
  assert.deepEqual(await today.query({ provider: 'qwen-tts', voiceId: made.voiceId }, signal), made);
  await today.remove({ provider: 'qwen-tts', voiceId: made.voiceId }, signal);
  assert.deepEqual([await today.voices({}, signal), storage.voiceConsents.clones()], [[], []]);
  await assert.rejects(
    async () => today.saveConsent({ ...consent, evidence: { ...evidence, sha256: 'c'.repeat(64) } }, signal),
    coded('storage.asset-missing'),
  );
});
