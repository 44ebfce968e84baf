import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { voiceSchema } from '../../../app/document/voice.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { Emotion } from '../../../app/speech/emotion.ts';
import { EMOTION_BLENDS } from '../../../app/speech/emotion-presets.ts';
import {
  type EmotionPart,
  NORMAL_PROSODY,
  type PlanPart,
  type SpeechLang,
  type UtterancePlan,
} from '../../../app/speech/plan.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type TtsRequest, type Voice } from '../ports/tts.ts';
import { createSpeechStage, type SpeakOptions } from './speech.ts';
import { sweepCache } from './speech-cache.ts';

let cacheDir = '';
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'speech-'));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

const CHARACTER_MS = 100;
const voiceOf = (id: string, gender: Voice['gender'], ...languages: string[]): Voice => ({
  id,
  name: id,
  languages,
  gender,
  runs: 'local',
});

/** Says every character as 100 ms of a tone; counts how often it was asked. */
function toneProvider(): TtsProvider & { requests: TtsRequest[]; listings: number } {
  const requests: TtsRequest[] = [];
  const provider = {
    id: 'tone',
    version: '1',
    requests,
    listings: 0,
    async voices() {
      provider.listings += 1;
      return [
        voiceOf('tone:cmn', 'male', 'cmn', 'zh'),
        voiceOf('tone:cmn+f1', 'female', 'cmn', 'zh'),
        voiceOf('tone:en-us', 'male', 'en-us', 'en'),
        voiceOf('tone:en-us+f1', 'female', 'en-us', 'en'),
        voiceOf('tone:yue', 'male', 'yue', 'zh-yue'),
      ];
    },
    async *synthesise(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
      requests.push(request);
      let at = 0;
      for (const token of request.part.tokens) {
        signal.throwIfAborted();
        const spoken = token.spoken.replace(/[^\p{L}\p{N}]/gu, '');
        if (spoken === '') continue;
        const ms = CHARACTER_MS * spoken.length;
        const pcm = Float32Array.from({ length: (ms * SAMPLE_RATE) / 1000 }, (_, i) => 1.5 * Math.sin(i / 20));
        yield { type: 'audio', pcm } as const;
        yield { type: 'phones', phones: [{ phone: 'a', startMs: at, endMs: at + ms }] } as const;
        yield {
          type: 'words',
          words: [{ text: token.display, from: token.from, to: token.to, startMs: at, endMs: at + ms }],
        } as const;
        at += ms;
      }
    },
    async dispose() {},
  };
  return provider;
}

type Piece = [SpeechLang, ...string[]] | Exclude<PlanPart, { kind: 'speech' }>;
function planOf(...pieces: Piece[]): UtterancePlan {
  let displayText = '';
  const parts = pieces.map((piece): PlanPart => {
    if (!Array.isArray(piece)) return piece;
    const [lang, ...texts] = piece as [SpeechLang, ...string[]];
    const tokens = texts.map((text) => {
      const from = displayText.length;
      displayText += text;
      return { display: text, spoken: text, from, to: displayText.length };
    });
    return { kind: 'speech', lang, tokens, prosody: NORMAL_PROSODY, emphasis: false };
  });
  return { displayText, parts };
}
const options = (more: Partial<SpeakOptions> = {}): SpeakOptions => ({
  lineId: 'l1',
  voice: voiceSchema.parse({}),
  lineVoiceId: null,
  pauseAfterMs: 300,
  ...more,
});
const never = new AbortController().signal;

test('a mood begins with the word after its cue, not in the pause before; a written pause parts them', async () => {
  const stage = createSpeechStage({ providers: [toneProvider()], cacheDir });
  const mood = (emotion: Emotion): EmotionPart => ({
    kind: 'emotion',
    emotion,
    intensity: 1,
    blend: EMOTION_BLENDS[emotion],
  });
  const { emotions, markers, timeline } = await stage.speak(
    planOf(
      mood('happy'),
      ['zh', '你好', '。'],
      mood('sad'),
      { kind: 'marker', name: 'm', argument: '' },
      ['zh', '再见', '，'],
      mood('angry'),
      { kind: 'pause', ms: 500 },
      mood('gentle'),
      ['zh', '走'],
      mood('excited'),
    ),
    options(),
    never,
  );
  const starts = timeline.words.map(({ startMs }) => startMs);
  assert.ok(starts[1]! > 200, 'the full stop is a pause');
  assert.deepEqual(
    emotions.map(({ atMs, emotion }) => [emotion, atMs]),
    [
      ['happy', 0],
      ['sad', starts[1]],
      ['angry', starts[1]! + 200],
      ['gentle', starts[2]],
      ['excited', timeline.durationMs],
    ],
  );
  assert.equal(markers[0]?.atMs, starts[1]);
});

test('another mood in the same place costs no synthesis, a mood in another place does', async () => {
  const provider = toneProvider();
  const stage = createSpeechStage({ providers: [provider], cacheDir });
  const said = (emotion: string, intensity: number, blend = EMOTION_BLENDS.happy) =>
    stage.speak(planOf({ kind: 'emotion', emotion, intensity, blend }, ['zh', '你好']), options(), never);
  await said('happy', 1);
  const mine = { ...EMOTION_BLENDS.happy, smile: 0.123 };
  const again = await said('我的微笑', 0.4, mine);
  assert.equal(provider.requests.length, 1);
  assert.deepEqual(again.emotions, [{ atMs: 0, emotion: '我的微笑', intensity: 0.4, blend: mine }]);
  const mood = { kind: 'emotion', emotion: 'sad', intensity: 1, blend: EMOTION_BLENDS.sad } as const;
  const later = await stage.speak(planOf(mood, ['zh', '你'], mood, ['zh', '好']), options(), never);
  assert.equal(provider.requests.length, 3);
  assert.deepEqual(
    later.emotions.map(({ atMs }) => atMs),
    [0, 100],
  );
});

test('parts, pauses, markers and emotions share one clock; sentences follow the punctuation', async () => {
  const provider = toneProvider();
  const stage = createSpeechStage({ providers: [provider], cacheDir });
  const plan = planOf(
    { kind: 'emotion', emotion: 'happy', intensity: 0.5, blend: EMOTION_BLENDS.happy },
    ['zh', '你好', '。', '价格', '99.9'],
    ['en', 'Hello'],
    { kind: 'pause', ms: 250 },
    { kind: 'marker', name: 'slide', argument: '2' },
    { kind: 'emotion', emotion: 'sad', intensity: 1, blend: EMOTION_BLENDS.sad },
    ['zh', '！', '再见'],
  );
  const said = await stage.speak(plan, options(), never);
  // 2 + 2 + 3 characters, the change of voice, 5 letters, the pause, 2 characters.
  const expectedMs = 700 + 40 + 500 + 250 + 200;
  assert.equal(said.samples, (expectedMs * SAMPLE_RATE) / 1000);
  assert.equal((await stat(said.pcmPath)).size, said.samples * 2);
  assert.equal(said.timeline.durationMs, expectedMs);
  assert.equal(said.envelope.length, expectedMs / 10);
  assert.deepEqual(said.markers, [{ name: 'slide', argument: '2', atMs: 1490 }]);
  assert.deepEqual(
    said.emotions.map(({ atMs, emotion }) => [atMs, emotion]),
    [
      [0, 'happy'],
      [1490, 'sad'],
    ],
  );
  assert.deepEqual(
    said.timeline.phones.map(({ phone, startMs, endMs }) => [phone, startMs, endMs]),
    [
      ['a', 0, 200],
      ['a', 200, 400],
      ['a', 400, 700],
      ['', 700, 740],
      ['a', 740, 1240],
      ['', 1240, 1490],
      ['a', 1490, 1690],
    ],
  );
  assert.deepEqual(
    said.timeline.sentences.map(({ text, startMs, endMs }) => [text, startMs, endMs]),
    [
      ['你好。', 0, 200],
      ['价格99.9Hello！', 200, 1240],
      ['再见', 1490, 1690],
    ],
  );
  const silent = said.envelope.slice(125, 148);
  assert.ok(silent.every((level) => level === 0) && said.envelope[10]! > 0.3);
  const raw = await readFile(said.pcmPath);
  const pcm = new Int16Array(raw.buffer, raw.byteOffset, raw.byteLength / 2);
  assert.ok(
    pcm.every((sample) => Math.abs(sample) < 32767),
    'too loud a voice is bent, not clipped',
  );
});

test('a sentence that ends where the voice changes is followed by a rest', async () => {
  const stage = createSpeechStage({ providers: [toneProvider()], cacheDir });
  const said = await stage.speak(planOf(['zh', '你好', '。'], ['en', 'Hello']), options(), never);
  assert.equal(said.timeline.durationMs, 200 + 420 + 500);
});

test('voices: the line first, where it speaks the language; else the language, the project, the embedded one of the same gender', async () => {
  const provider = toneProvider();
  const stage = createSpeechStage({ providers: [provider], cacheDir });
  const plan = planOf(['zh', '你'], ['en', 'a'], ['yue', '好']);
  const spoken = async (more: Partial<SpeakOptions>): Promise<string[]> => {
    provider.requests.length = 0;
    await stage.speak(plan, options(more), never);
    return provider.requests.map((request) => request.voiceId);
  };
  const voice = (more: object): Partial<SpeakOptions> => ({ voice: voiceSchema.parse(more) });
  assert.deepEqual(await spoken({}), ['tone:cmn', 'tone:en-us', 'tone:yue']);
  assert.deepEqual(await spoken({ lineVoiceId: 'tone:cmn+f1' }), ['tone:cmn+f1', 'tone:en-us+f1', 'tone:yue']);
  assert.deepEqual(await spoken(voice({ voiceId: 'tone:en-us+f1' })), ['tone:cmn+f1', 'tone:en-us+f1', 'tone:yue']);
  assert.deepEqual(await spoken(voice({ voiceId: 'tone:cmn+f1', byLanguage: { en: 'tone:en-us' } })), [
    'tone:cmn+f1',
    'tone:en-us',
    'tone:yue',
  ]);
  await assert.rejects(
    spoken({ lineVoiceId: 'tone:nobody' }),
    (error) => error instanceof StudioError && error.code === 'speech.unknown-voice',
  );
});

test('the same content comes from the cache and wakes no provider; anything that changes the sound does not', async () => {
  const plan = planOf(['zh', '你好']);
  const first = await createSpeechStage({ providers: [toneProvider()], cacheDir }).speak(plan, options(), never);
  const sleeping = toneProvider();
  const stage = createSpeechStage({ providers: [sleeping], cacheDir });
  const again = await stage.speak(plan, options({ lineId: 'other', pauseAfterMs: 1 }), never);
  assert.deepEqual(again, { ...first, lineId: 'other', pauseAfterMs: 1 });
  assert.equal(sleeping.listings + sleeping.requests.length, 0);
  await stage.speak(plan, options({ voice: voiceSchema.parse({ rate: 1.5 }) }), never);
  assert.equal(sleeping.requests[0]!.part.prosody.rate, 1.5);
  await createSpeechStage({ providers: [{ ...sleeping, version: '2' }], cacheDir }).speak(plan, options(), never);
  assert.equal(sleeping.requests.length, 2);
});

test('a damaged entry is made anew', async () => {
  const provider = toneProvider();
  const stage = createSpeechStage({ providers: [provider], cacheDir });
  const plan = planOf(['zh', '你好']);
  const said = await stage.speak(plan, options(), never);
  await writeFile(said.pcmPath, 'short');
  assert.deepEqual(await stage.speak(plan, options(), never), said);
  await writeFile(said.pcmPath.replace(/pcm$/, 'json'), '{"samples": ');
  assert.deepEqual(await stage.speak(plan, options(), never), said);
  assert.equal(provider.requests.length, 3);
});

test('writers of one entry at once agree, and an abort or a fault leaves nothing behind', async () => {
  const stages = [1, 2, 3].map(() => createSpeechStage({ providers: [toneProvider()], cacheDir }));
  const plan = planOf(['zh', '你好', '世界']);
  const all = await Promise.all(stages.map((stage) => stage.speak(plan, options(), never)));
  assert.deepEqual(all[1], all[0]);
  assert.deepEqual(all[2], all[0]);
  assert.equal((await readdir(cacheDir)).length, 2);

  const control = new AbortController();
  const provider = toneProvider();
  const stopping: TtsProvider = {
    ...provider,
    async *synthesise(request, signal) {
      yield* provider.synthesise(request, signal);
      control.abort(new Error('stop'));
      signal.throwIfAborted();
    },
  };
  await assert.rejects(
    createSpeechStage({ providers: [stopping], cacheDir }).speak(planOf(['zh', '停']), options(), control.signal),
    /stop/,
  );
  assert.equal((await readdir(cacheDir)).length, 2);
});

test('a cache that cannot be written is told in words', async () => {
  const file = join(cacheDir, 'file');
  await writeFile(file, '');
  const stage = createSpeechStage({ providers: [toneProvider()], cacheDir: join(file, 'below') });
  await assert.rejects(
    stage.speak(planOf(['zh', '好']), options(), never),
    (error) => error instanceof StudioError && error.code === 'speech.cache-unwritable',
  );
});

test('the sweep removes what was not used for longest, keeps what is in use, and clears what dead writers left', async () => {
  const stage = createSpeechStage({ providers: [toneProvider()], cacheDir });
  const age = async (path: string, hours: number): Promise<void> => {
    const then = new Date(Date.now() - hours * 3_600_000);
    await utimes(path, then, then);
    await utimes(path.replace(/pcm$/, 'json'), then, then).catch(() => {});
  };
  const paths: string[] = [];
  for (const [i, text] of ['一', '二', '三', '四'].entries()) {
    const { pcmPath } = await stage.speak(planOf(['zh', text]), options(), never);
    await age(pcmPath, 10 - i);
    paths.push(pcmPath);
  }
  const left = join(cacheDir, `${'0'.repeat(64)}.${'a'.repeat(12)}.tmp`);
  await writeFile(left, 'x');
  await age(left, 30);
  const bytes = (await stat(paths[0]!)).size;
  await sweepCache({ cacheDir, maxBytes: bytes * 2.9, keepPcmPaths: new Set([paths[0]!]) });
  const names = await readdir(cacheDir);
  const there = paths.map((path) => names.includes(path.slice(cacheDir.length + 1)));
  assert.deepEqual(there, [true, false, false, true]);
  assert.equal(names.length, 4);
});
