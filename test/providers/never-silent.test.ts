/** The product's speech stage, its policy and its services against the local Bailian at its worst. */
import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { voiceSchema } from '../../app/document/voice.ts';
import { providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { planLine } from '../../app/speech/script/plan.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { machineClock } from '../../main/engine/policy/clock.ts';
import type { Utterance } from '../../main/engine/ports/speech.ts';
import { createSpeechStage } from '../../main/engine/stages/speech.ts';
import { createEspeakProvider } from '../../main/providers/tts/espeak/index.ts';
import { createMemorySecrets } from '../../main/storage/memory-secrets.ts';
import { ACCOUNT_FAULTS, BILLING_CODES, PASSING_FAULTS } from '../servers/bailian/faults.ts';
import { startBailian } from '../servers/bailian/server.ts';

const never = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), 'never-silent-'));
const bailian = await startBailian();
const embedded = createEspeakProvider();
after(async () => {
  await embedded.dispose();
  await bailian[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const KINDS = [...ACCOUNT_FAULTS, ...PASSING_FAULTS];
const isBill = (code: string | null): boolean => BILLING_CODES.some((each) => each === code);

/** Everything is said: there is sound, the mouth moves, and no letter of the text is without its time. */
async function assertSpoken({ displayText, timeline, envelope, pcmPath, samples }: Utterance): Promise<void> {
  const letters = [...displayText].flatMap((letter, at) => (/[\p{L}\p{N}]/u.test(letter) ? [at] : []));
  const missing = letters.filter((at) => !timeline.words.some(({ from, to }) => from <= at && to > at));
  assert.deepEqual(missing, [], `not said of “${displayText}”: ${missing.map((at) => displayText[at]).join('')}`);
  const audible = envelope.filter((rms) => rms > 0.01).length * 10;
  assert.ok(audible >= letters.length * 60, `${audible} ms to be heard of ${displayText}`);
  const moving = timeline.phones.filter(({ phone }) => phone !== '');
  assert.ok(
    moving.length >= letters.length * 0.6,
    `${moving.length} sounds for ${letters.length} letters of ${displayText}`,
  );
  let at = 0;
  for (const { startMs, endMs } of timeline.phones) {
    assert.ok(Math.abs(startMs - at) < 1 && endMs > startMs);
    at = endMs;
  }
  for (const [i, word] of timeline.words.entries()) {
    assert.ok(word.endMs >= word.startMs && word.endMs <= timeline.durationMs + 1);
    assert.ok(i === 0 || word.startMs >= timeline.words[i - 1]!.startMs, `${displayText}: words in order`);
  }
  await using file = await open(pcmPath);
  assert.equal((await file.stat()).size, samples * 2);
}

/** `npm run bench -- providers` speaks 200. */
const UTTERANCES = 60;
const OBJECTS = ['茶杯', '台灯', '雨伞', '围巾', '手表', '书包', '键盘', '相机', '帽子', '水壶'];
const WORDS = ['很轻', '好看', '耐用', '便宜'];

test('60 utterances, three in ten requests befallen by something: 60 are spoken, none is silent, no bill is asked for twice', async () => {
  let ahead = 0;
  const clock = { ...machineClock, nowMs: () => performance.now() + ahead, wallMs: () => Date.now() + ahead };
  await using providers = createProviders({
    ...{ dataDir: folder, cacheDir: folder, embedded, clock, seed: 5 },
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    environment: {
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    },
    settings: providerSettingsSchema.parse({ policy: { firstByteMs: 20_000, betweenBytesMs: 700 } }),
  });
  const stage = createSpeechStage({ providers: providers.voiceSource, cacheDir: join(folder, 'speech') });
  bailian.faults.random(20261122, 0.3, KINDS);
  const voices = ['cosyvoice:longanyang', null, 'sambert:zhichu', 'cosyvoice:longanhuan'];
  let spoken = 0;
  let retriedBills = 0;
  let asked = 0;
  for (let i = 0; i < UTTERANCES; i++) {
    const text = `第${i + 1}件是${OBJECTS[i % 10]}，${WORDS[i % 4]}。`;
    const plan = planLine(
      { text, emotion: i % 3 ? 'neutral' : 'happy', intensity: 1 },
      { dictionary: [], emotions: [], defaultLang: 'zh' },
    );
    const voice = voiceSchema.parse({ voiceId: voices[i % voices.length] });
    const from = bailian.requests.length;
    const utterance = await stage.speak(plan, { lineId: `l${i}`, voice, lineVoiceId: null, pauseAfterMs: 0 }, never);
    await assertSpoken(utterance);
    spoken += 1;
    const requests = bailian.requests.slice(from);
    asked += requests.length;
    for (const [at, { code, surface }] of requests.entries())
      if (isBill(code) && requests.slice(at + 1).some((later) => later.surface === surface)) retriedBills += 1;
    // Whatever rests, rests no more: every utterance meets the cloud.
    ahead += 6_000_000;
  }
  assert.deepEqual({ spoken, retriedBills }, { spoken: UTTERANCES, retriedBills: 0 });
  const events = bailian.requests.filter(({ code }) => isBill(code));
  assert.ok(events.length >= 3, `${events.length} bills were met`);
  const told = providers.recentEvents();
  const kinds = new Set(told.flatMap((event) => (event.type === 'failed' ? [event.error.code] : [])));
  assert.ok(kinds.size >= 6, `met: ${[...kinds].join(', ')}`);
  assert.ok(
    told.some((event) => event.type === 'switched' && event.midUtterance),
    'some died in the middle',
  );
  assert.ok(asked > UTTERANCES * 1.1, `${asked} requests`);
  assert.ok(!JSON.stringify(told).includes(bailian.key));
});

test('an export-like line with two languages and moods goes on in one voice once it had to be changed', async () => {
  bailian.faults.clear();
  await using providers = createProviders({
    ...{ dataDir: folder, cacheDir: folder, embedded, seed: 5 },
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    environment: {
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    },
    settings: providerSettingsSchema.parse({ policy: { firstByteMs: 20_000, tries: 1 } }),
  });
  const stage = createSpeechStage({ providers: providers.voiceSource, cacheDir: join(folder, 'speech') });
  bailian.faults.next('tts-task', { kind: 'cut', afterBytes: 30_000 });
  const plan = planLine(
    { text: '今天我们来看看 machine learning 和人工智能的关系。', emotion: 'happy', intensity: 1 },
    { dictionary: [], emotions: [], defaultLang: 'zh' },
  );
  const voice = voiceSchema.parse({ voiceId: 'cosyvoice:longanyang' });
  const utterance = await stage.speak(plan, { lineId: 'l', voice, lineVoiceId: null, pauseAfterMs: 0 }, never);
  await assertSpoken(utterance);
  const first = bailian.requests.filter(({ surface }) => surface === 'tts-task').at(-1)!;
  assert.match(JSON.stringify(first.body), /happy/, 'the mood of the line reaches the voice');
  const served = providers.recentEvents().flatMap((event) => (event.type === 'served' ? [event.provider] : []));
  assert.deepEqual([...new Set(served)], ['cosyvoice', 'espeak']);
  assert.equal(served.lastIndexOf('cosyvoice'), 0, 'voices do not take turns in one line');
});
