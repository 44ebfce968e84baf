import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { voiceSchema } from '../../../app/document/voice.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechPart, type UtterancePlan } from '../../../app/speech/plan.ts';
import type { Phone, Word } from '../../../app/speech/timeline.ts';
import { SAMPLE_RATE } from '../ports/tts.ts';
import type { SpeakerEvent } from '../ports/voice-source.ts';
import { createSpeechStage } from '../stages/speech.ts';
import { type ScriptedVoice, SYLLABLE_MS, scriptedVoice, type World, worldOf } from './scripted.fixture.ts';
import { createVoicePolicy, type VoicePolicy } from './voice-policy.ts';

const never = new AbortController().signal;
const partOf = (text: string): SpeechPart => ({
  ...{ kind: 'speech', lang: 'zh', prosody: NORMAL_PROSODY, emphasis: false },
  tokens: [{ display: text, spoken: text, from: 0, to: text.length }],
});
const cut = (): StudioError => new StudioError('cloud.cut-off', { provider: 'x' });

interface Heard {
  words: Word[];
  phones: Phone[];
  soundMs: number;
  /** Of the sound, what is no silence. */
  audibleMs: number;
  speakers: SpeakerEvent[];
}

async function hear(policy: VoicePolicy, voiceId: string, text: string, avoid = new Set<string>()): Promise<Heard> {
  const heard: Heard = { words: [], phones: [], soundMs: 0, audibleMs: 0, speakers: [] };
  for await (const event of policy.speak({ voiceId, part: partOf(text) }, { avoid }, never)) {
    if (event.type === 'speaker') heard.speakers.push(event);
    else if (event.type === 'words') heard.words.push(...event.words);
    else if (event.type === 'phones') heard.phones.push(...event.phones);
    else {
      heard.soundMs += (event.pcm.length * 1000) / SAMPLE_RATE;
      heard.audibleMs += (event.pcm.filter((sample) => Math.abs(sample) > 0).length * 1000) / SAMPLE_RATE;
    }
  }
  return heard;
}

/** Every letter of `text` once and in order, each later than the one before, all inside the sound. */
function saidOnce({ words, soundMs }: Heard, text: string): void {
  assert.equal(words.map((word) => word.text).join(''), text.replace(/[^\p{L}\p{N}]/gu, ''));
  for (const [i, word] of words.entries()) {
    assert.ok(word.endMs >= word.startMs && word.endMs <= soundMs + 1, JSON.stringify(word));
    assert.equal(text.slice(word.from, word.to), word.text);
    if (i > 0) assert.ok(word.startMs >= words[i - 1]!.endMs - 1, `${words[i - 1]!.text} runs into ${word.text}`);
  }
}

function cloudAndLocal(settings: Partial<World['settings']> = {}, pace: 'live' | 'whole' = 'whole') {
  const world = worldOf(settings);
  const [espeak, cosyvoice] = [scriptedVoice('espeak', 'local'), scriptedVoice('cosyvoice', 'cloud')];
  const policy = createVoicePolicy({ ...world.deps, pace, members: () => [espeak.member, cosyvoice.member] });
  return { ...world, world, espeak, cosyvoice, policy };
}
const asked = ({ requests }: ScriptedVoice): number => requests.length;
const TEXT = '今天天气很好，我们出去走走吧。';

test('a voice that dies in the middle is continued from the last word it finished, on one clock', async () => {
  const { policy, espeak, cosyvoice, events } = cloudAndLocal();
  cosyvoice.always = { after: 5, error: cut() };
  const heard = await hear(policy, 'cosyvoice:a', TEXT);
  assert.deepEqual(espeak.said, ['好，我们出去走走吧。']);
  assert.equal(asked(cosyvoice), 1, 'what was heard is not asked for again');
  saidOnce(heard, TEXT);
  assert.ok(heard.words[5]!.startMs - heard.words[4]!.endMs <= 100, 'the next voice follows at once');
  assert.deepEqual(
    heard.phones.map(({ phone }) => phone),
    heard.words.map(({ text }) => text),
  );
  const [switched] = events.filter((event) => event.type === 'switched');
  assert.ok(switched?.type === 'switched' && switched.midUtterance && switched.error.code === 'cloud.cut-off');
  assert.deepEqual(
    heard.speakers.map(({ providerId, asWished }) => [providerId, asWished]),
    [
      ['cosyvoice', true],
      ['espeak', false],
    ],
  );
});

test('on air a service that does not begin gives way within two seconds, and is not tried twice for that', async () => {
  const { policy, espeak, cosyvoice, clock } = cloudAndLocal({}, 'live');
  cosyvoice.always = { after: 0, stall: true };
  const fromMs = clock.nowMs();
  const heard = await hear(policy, 'cosyvoice:a', TEXT);
  saidOnce(heard, TEXT);
  assert.deepEqual([asked(cosyvoice), asked(espeak)], [1, 1]);
  assert.ok(clock.nowMs() - fromMs < 2000, `${clock.nowMs() - fromMs} ms`);
  const patient = cloudAndLocal();
  patient.cosyvoice.always = { after: 0, stall: true };
  await hear(patient.policy, 'cosyvoice:a', TEXT);
  assert.equal(asked(patient.cosyvoice), 2, 'nobody waits: it has the time that the settings give');
});

test('where the words never came, how far the voice got is reckoned from its sound: a word twice rather than none', async () => {
  const { policy, espeak, cosyvoice } = cloudAndLocal();
  // How fast it speaks is learnt from what it finished.
  await hear(policy, 'cosyvoice:a', TEXT);
  for (const words of ['never', 'at-end'] as const) {
    cosyvoice.next = [{ after: 8, words, phones: false, error: cut() }];
    espeak.said.length = 0;
    const heard = await hear(policy, 'cosyvoice:a', TEXT);
    // It also reads aside what has no phones.
    const rest = espeak.said.find((text) => TEXT.endsWith(text))!;
    const missed = TEXT.length - rest.length - TEXT.indexOf('们') - 1;
    assert.ok(missed <= 0 && missed >= -3, `went on at “${rest}”`);
    saidOnce(heard, TEXT);
    assert.ok(heard.phones.length >= heard.words.length - 2, 'the mouth moves for what the dead voice said, too');
    for (let i = 1; i < heard.phones.length; i++)
      assert.ok(heard.phones[i]!.startMs >= heard.phones[i - 1]!.startMs, 'in order');
  }
});

test('words that were told before their sound are not taken for said', async () => {
  const { policy, espeak, cosyvoice } = cloudAndLocal();
  cosyvoice.always = { after: 3, error: cut() };
  const { provider } = cosyvoice.member;
  const early = createVoicePolicy({
    ...worldOf().deps,
    members: () => [
      espeak.member,
      {
        ...cosyvoice.member,
        provider: {
          ...provider,
          async *synthesise(request, signal) {
            const words = [...TEXT].map((text, i) => ({
              ...{ text, from: i, to: i + 1, startMs: i * SYLLABLE_MS, endMs: (i + 1) * SYLLABLE_MS },
            }));
            yield { type: 'words' as const, words: words.filter(({ text }) => !/[，。]/.test(text)) };
            for await (const event of provider.synthesise(request, signal)) if (event.type === 'audio') yield event;
          },
        },
      },
    ],
  });
  const heard = await hear(early, 'cosyvoice:a', TEXT);
  assert.ok(espeak.said.includes('气很好，我们出去走走吧。'), espeak.said.join(' | '));
  saidOnce(heard, TEXT);
  await hear(policy, 'espeak:a', TEXT);
});

test('an answer without sound is no answer', async () => {
  const { policy, espeak, cosyvoice } = cloudAndLocal();
  cosyvoice.always = { silent: true };
  const heard = await hear(policy, 'cosyvoice:a', TEXT);
  assert.deepEqual(espeak.said, [TEXT]);
  assert.ok(heard.audibleMs > 2000);
  saidOnce(heard, TEXT);
});

test('tries: what may pass is tried again, what is owed never; who rests is not asked until settings change or the time is over', async () => {
  const { policy, cosyvoice, espeak, clock } = cloudAndLocal({ tries: 3, breakAfter: 3 });
  cosyvoice.next = [{ after: 0, error: cut() }];
  assert.deepEqual(
    (await hear(policy, 'cosyvoice:a', '一句')).speakers.map((each) => each.providerId),
    ['cosyvoice'],
  );
  assert.equal(asked(cosyvoice), 2);

  cosyvoice.next = [{ after: 0, error: new StudioError('cloud.billing', { provider: 'x', code: 'Arrearage' }) }];
  await hear(policy, 'cosyvoice:a', '一句');
  assert.equal(asked(cosyvoice), 3);
  const before = clock.nowMs();
  for (let i = 0; i < 5; i++) await hear(policy, 'cosyvoice:a', '一句');
  assert.equal(asked(cosyvoice), 3, 'it is not asked again while the bill is open');
  assert.equal(clock.nowMs(), before, 'and nobody waits for it');
  assert.equal(asked(espeak), 6);
  policy.stage.reset();
  await hear(policy, 'cosyvoice:a', '一句');
  assert.equal(asked(cosyvoice), 4);

  cosyvoice.always = { after: 0, error: cut() };
  for (let i = 0; i < 4; i++) await hear(policy, 'cosyvoice:a', '一句');
  assert.equal(asked(cosyvoice), 7, 'three failures in a row open the circuit');
  clock.advance(30_001);
  cosyvoice.always = {};
  await hear(policy, 'cosyvoice:a', '一句');
  await hear(policy, 'cosyvoice:a', '一句');
  assert.equal(asked(cosyvoice), 9, 'a probe, and it is back');
});

test('who gives no first piece, or stops, is given up in time; where somebody listens, before the sound runs out', async () => {
  const { policy, cosyvoice, clock, events } = cloudAndLocal({ tries: 1 });
  cosyvoice.always = { after: 0, stall: true };
  let from = clock.nowMs();
  await hear(policy, 'cosyvoice:a', TEXT);
  assert.equal(clock.nowMs() - from, 8000);
  assert.ok(events.some((event) => event.type === 'failed' && event.error.code === 'cloud.timeout'));

  const live = cloudAndLocal({ tries: 1 }, 'live');
  live.cosyvoice.always = { after: 4, stall: true };
  from = live.clock.nowMs();
  const heard = await hear(live.policy, 'cosyvoice:a', TEXT);
  const silentMs = live.clock.nowMs() - from - 4 * SYLLABLE_MS;
  assert.ok(silentMs <= 400, `${silentMs} ms after the last sound`);
  saidOnce(heard, TEXT);
});

test('a text that was refused is not offered to others; a wrong request is', async () => {
  const { policy, cosyvoice, espeak } = cloudAndLocal();
  cosyvoice.next = [{ after: 0, error: new StudioError('cloud.unsafe-text', { provider: 'x' }) }];
  await assert.rejects(hear(policy, 'cosyvoice:a', TEXT), { code: 'cloud.unsafe-text' });
  assert.equal(asked(espeak), 0);
  cosyvoice.next = [{ after: 0, error: new StudioError('cloud.too-long', { provider: 'x', limit: 1, unit: 'x' }) }];
  await hear(policy, 'cosyvoice:a', TEXT);
  assert.equal(asked(espeak), 1);
});

test('offline and without a key a service is asked for nothing, not even for its voices, and the person is told', async () => {
  for (const lacks of [false, true]) {
    const { policy, cosyvoice, espeak, events, world } = cloudAndLocal(lacks ? {} : { mode: 'offline' });
    if (lacks) Object.assign(cosyvoice.member, { lacks: () => 'key' });
    const heard = await hear(policy, 'cosyvoice:a', TEXT);
    assert.equal(asked(cosyvoice) + (lacks ? 0 : cosyvoice.listings), 0);
    assert.deepEqual(espeak.said, [TEXT]);
    saidOnce(heard, TEXT);
    const switched = events.find((event) => event.type === 'switched');
    assert.equal(switched?.type === 'switched' && switched.error.code, lacks ? 'cloud.key-missing' : 'cloud.offline');
    assert.equal(world.deps.budget.spentYuan, 0);
  }
});

test('the day’s budget stops the cloud, not the voice', async () => {
  const { policy, cosyvoice, events, deps } = cloudAndLocal({ dailyBudgetYuan: 0.006 });
  for (let i = 0; i < 5; i++) assert.ok((await hear(policy, 'cosyvoice:a', TEXT)).soundMs > 2000);
  assert.equal(asked(cosyvoice), 2);
  assert.ok(deps.budget.spentYuan <= 0.006 && deps.budget.spentYuan > 0.004, String(deps.budget.spentYuan));
  assert.ok(events.some((event) => event.type === 'budget'));
});

test('hedging: the next one is asked when the first is slow, and only one of them is heard', async () => {
  const world = worldOf({ hedgeAfterMs: 500 });
  const [slow, quick] = [scriptedVoice('cosyvoice', 'cloud'), scriptedVoice('qwen-tts', 'cloud')];
  slow.always = { after: 0, stall: true };
  const policy = createVoicePolicy({ ...world.deps, members: () => [slow.member, quick.member] });
  const heard = await hear(policy, 'cosyvoice:a', TEXT);
  assert.equal(world.clock.nowMs() - 1000, 500);
  assert.deepEqual(
    heard.speakers.map(({ providerId }) => providerId),
    ['qwen-tts'],
  );
  saidOnce(heard, TEXT);
});

test('text that is still being written is spoken from its first sentence on, and once, whoever dies meanwhile', async () => {
  const { policy, espeak, cosyvoice } = cloudAndLocal();
  const whole = `${TEXT}明天再去看电影。后天回家。`;
  for (const dies of [false, true]) {
    cosyvoice.always = dies ? { after: 5, error: cut() } : {};
    const goOn = Promise.withResolvers<void>();
    async function* written(): AsyncGenerator<string> {
      yield TEXT.slice(0, 9);
      yield `${TEXT.slice(9)}明天`;
      await goOn.promise;
      yield* whole.slice(TEXT.length + 2);
    }
    const heard: Heard = { words: [], phones: [], soundMs: 0, audibleMs: 0, speakers: [] };
    const request = { voiceId: 'cosyvoice:a', lang: 'zh', prosody: NORMAL_PROSODY } as const;
    for await (const event of policy.stream(request, written(), { avoid: new Set() }, never)) {
      if (event.type === 'audio') {
        heard.soundMs += (event.pcm.length * 1000) / SAMPLE_RATE;
        // The rest is written only once something was heard.
        goOn.resolve();
      } else if (event.type === 'words') heard.words.push(...event.words);
    }
    saidOnce(heard, whole);
    assert.equal(espeak.said.length > 0, dies);
  }
});

const planOf = (text: string): UtterancePlan => ({ displayText: text, parts: [partOf(text)] });

test('what a stand-in said is never kept as the voice’s own, serves while the voice is away, and goes when it is back', async (context) => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'speech-'));
  context.after(() => rm(cacheDir, { recursive: true, force: true }));
  const { policy, cosyvoice, espeak, clock } = cloudAndLocal({ tries: 1 });
  const stage = createSpeechStage({ providers: policy, cacheDir });
  const wish = {
    lineId: 'l',
    voice: voiceSchema.parse({ voiceId: 'cosyvoice:a' }),
    lineVoiceId: null,
    pauseAfterMs: 0,
  };
  const say = () => stage.speak(planOf(TEXT), wish, never);
  const key = stage.keyOf(planOf(TEXT), wish);
  cosyvoice.next = [{ after: 5, error: new StudioError('cloud.rate-limited', { provider: 'x' }) }];
  const first = await say();
  assert.ok(!first.pcmPath.includes(key));
  assert.deepEqual(await stage.spoken(key), { pcmPath: first.pcmPath, samples: first.samples, standIn: true });
  const again = await say();
  assert.equal(again.pcmPath, first.pcmPath);
  assert.deepEqual([asked(cosyvoice), asked(espeak)], [1, 1], 'made once while the voice rests');
  clock.advance(61_000);
  const right = await say();
  assert.ok(right.pcmPath.includes(key));
  assert.equal(asked(cosyvoice), 2);
  assert.deepEqual(await stage.spoken(key), { pcmPath: right.pcmPath, samples: right.samples, standIn: false });
});

test('without a service that could be asked, lines have the keys they had when there was only the embedded voice', async () => {
  const espeak = scriptedVoice('espeak', 'local');
  const alone = createSpeechStage({ providers: [espeak.member.provider], cacheDir: '/nowhere' });
  const { policy, cosyvoice } = cloudAndLocal();
  const with_ = createSpeechStage({ providers: policy, cacheDir: '/nowhere' });
  const key = (stage: typeof alone, voiceId: string | null) =>
    stage.keyOf(planOf(TEXT), {
      ...{ lineId: 'l', lineVoiceId: null, pauseAfterMs: 0 },
      voice: voiceSchema.parse({ voiceId }),
    });
  assert.equal(key(with_, 'espeak:a'), key(alone, 'espeak:a'), 'named: whatever else there is');
  assert.notEqual(key(with_, null), key(alone, null), 'not named: the first of the chain says it');
  Object.assign(cosyvoice.member, { lacks: () => 'key' });
  assert.equal(key(with_, null), key(alone, null));
});
