/** What every voice must do, whoever speaks behind it; cloud voices are asked of the local Bailian, which speaks with the embedded voice. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, describe, test } from 'node:test';
import { StudioError } from '../../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechLang, type SpeechPart, type SpeechToken } from '../../app/speech/plan.ts';
import type { Phone, Word } from '../../app/speech/timeline.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider } from '../../main/engine/ports/tts.ts';
import type { Fault, Surface } from '../servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';

export interface TtsSubject {
  id: string;
  voiceId: string;
  /** Absent: it asks nobody. */
  surface?: Surface;
  /** `patienceMs`: the longest silence it is to wait through; absent: its own. */
  open(server: FakeBailian, patienceMs?: number): TtsProvider;
  /** Whether it gives each word, or only longer stretches. */
  eachWord: boolean;
  /** Besides those that befall all vendors. */
  faults?: readonly (readonly [Fault, string])[];
}

const error = (status: number, code: string, message: string): Fault => ({ kind: 'error', status, code, message });
/** Where the silence is the fault. */
const SHORT_PATIENCE_MS = 1500;

export const VENDOR_FAULTS: readonly (readonly [Fault, string])[] = [
  [{ kind: 'unauthorised' }, 'cloud.key-wrong'],
  [{ kind: 'captive-portal' }, 'cloud.captive-portal'],
  [error(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.'), 'cloud.rate-limited'],
  [
    error(429, 'Throttling.AllocationQuota', 'Allocated quota exceeded, please increase your quota limit.'),
    'cloud.quota-used-up',
  ],
  [error(429, 'PrepaidBillOverdue', 'The prepaid bill is overdue.'), 'cloud.billing'],
  [error(400, 'Arrearage', 'Access denied, please make sure your account is in good standing.'), 'cloud.billing'],
  [error(400, 'InvalidParameter', 'Please ensure input text is valid.'), 'cloud.bad-request'],
  [error(403, 'AccessDenied.Unpurchased', 'Access to model denied.'), 'cloud.not-entitled'],
  [error(404, 'ModelNotFound', 'Model not found!'), 'cloud.model-gone'],
  [error(500, 'InternalError', 'An internal error has occured.'), 'cloud.server-error'],
  [{ kind: 'error-event', code: 'InternalError.Algo', message: 'inference', afterChunks: 1 }, 'cloud.server-error'],
  [
    { kind: 'error-event', code: 'DataInspectionFailed', message: 'Output data may contain…', afterChunks: 1 },
    'cloud.unsafe-text',
  ],
  [{ kind: 'cut', afterBytes: 9000 }, 'cloud.cut-off'],
  [{ kind: 'stall', afterChunks: 1 }, 'cloud.timeout'],
  [{ kind: 'malformed-json', afterChunks: 1 }, 'cloud.bad-answer'],
];

export const partOf = (lang: SpeechLang, text: string, more: Partial<SpeechPart> = {}): SpeechPart => {
  const tokens: SpeechToken[] = [{ display: text, spoken: text, from: 0, to: text.length }];
  return { kind: 'speech', lang, tokens, prosody: NORMAL_PROSODY, emphasis: false, ...more };
};

export interface Said {
  pcm: Float32Array;
  pieces: number;
  words: Word[];
  phones: Phone[];
  durationMs: number;
}

export async function heard(events: AsyncIterable<TtsEvent>): Promise<Said> {
  const pieces: Float32Array[] = [];
  const words: Word[] = [];
  const phones: Phone[] = [];
  for await (const event of events) {
    if (event.type === 'audio') pieces.push(event.pcm.slice());
    else if (event.type === 'words') words.push(...event.words);
    else phones.push(...event.phones);
  }
  const pcm = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return { pcm, pieces: pieces.length, words, phones, durationMs: (pcm.length * 1000) / SAMPLE_RATE };
}

export const say = (provider: TtsProvider, voiceId: string, part: SpeechPart, signal = new AbortController().signal) =>
  heard(provider.synthesise({ voiceId, part }, signal));

/** In order, each within the sound. */
export function assertTimes(items: readonly { startMs: number; endMs: number }[], durationMs: number): void {
  let before = 0;
  for (const item of items) {
    assert.ok(item.startMs >= before - 0.01, `${JSON.stringify(item)} begins before ${before}`);
    assert.ok(item.endMs >= item.startMs, JSON.stringify(item));
    assert.ok(item.endMs <= durationMs + 0.1, `${JSON.stringify(item)} ends after ${durationMs}`);
    before = item.startMs;
  }
}

/** How alike two sounds are at the best offset within 5 ms, 0..1. */
export function likeness(a: Float32Array, b: Float32Array): number {
  let best = 0;
  const length = Math.min(a.length, b.length) - 480;
  for (let lag = -240; lag <= 240; lag += 1) {
    let ab = 0;
    let aa = 0;
    let bb = 0;
    for (let i = 240; i < length; i += 7) {
      const [x, y] = [a[i]!, b[i + lag]!];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    best = Math.max(best, ab / Math.sqrt(aa * bb || 1));
  }
  return best;
}

const ZH = '今天天气真好，我们去公园散步。明天呢？明天也去！';
const SHOWN = [...ZH].filter((character) => /\p{L}/u.test(character));

export function ttsConformance(subject: TtsSubject): void {
  describe(`${subject.id} as a voice`, () => {
    let server: FakeBailian;
    /** Speaks at twice its own pace, so that something is left to be stopped. */
    let slow: FakeBailian;
    let provider: TtsProvider;
    before(async () => {
      [server, slow] = await Promise.all([startBailian(), startBailian({ speechRate: 2 })]);
      provider = subject.open(server);
    });
    after(async () => {
      await provider?.dispose();
      await Promise.all([server?.[Symbol.asyncDispose](), slow?.[Symbol.asyncDispose]()]);
    });

    test('lists its voices under its own name', async () => {
      const voices = await provider.voices();
      assert.ok(voices.some((voice) => voice.id === subject.voiceId));
      assert.ok(voices.every((voice) => voice.id.startsWith(`${provider.id}:`) && voice.languages.length > 0));
      assert.equal(new Set(voices.map((voice) => voice.id)).size, voices.length);
    });

    test('speaks piece by piece, each word in its time', async () => {
      const said = await say(provider, subject.voiceId, partOf('zh', ZH));
      assert.ok(said.pieces > 1);
      assert.ok(said.durationMs > 2500 && said.durationMs < 15_000, `${said.durationMs} ms`);
      assertTimes(said.words, said.durationMs);
      assertTimes(said.phones, said.durationMs);
      for (const word of said.words) assert.equal(ZH.slice(word.from, word.to), word.text);
      if (subject.eachWord)
        assert.deepEqual(
          said.words.map((word) => word.text),
          SHOWN,
        );
      else
        assert.deepEqual(
          [...said.words.map((word) => word.text).join('')].filter((one) => /\p{L}/u.test(one)),
          SHOWN,
        );
      const spokenMs = said.words.reduce((sum, word) => sum + word.endMs - word.startMs, 0);
      assert.ok(spokenMs > said.durationMs * 0.5, `${spokenMs} of ${said.durationMs} ms are words`);
    });

    test('gives the sound of a voice, whole and at its pitch', async () => {
      const text = '我们去公园散步。';
      const said = await say(provider, subject.voiceId, partOf('zh', text));
      const voice = subject.voiceId.split(':')[1]!;
      const truth = subject.surface
        ? await server.context.mouth.speak(
            { text, voice, sampleRate: SAMPLE_RATE, spelt: subject.surface === 'sambert' },
            AbortSignal.timeout(60_000),
          )
        : null;
      let energy = 0;
      for (const sample of said.pcm) energy += sample * sample;
      const loudness = Math.sqrt(energy / said.pcm.length);
      assert.ok(loudness > 0.02, `loudness ${loudness}`);
      if (!truth) return;
      assert.ok(Math.abs(truth.durationMs - said.durationMs) < 25, `${said.durationMs} for ${truth.durationMs} ms`);
      const like = likeness(
        said.pcm,
        Float32Array.from(truth.pcm, (sample) => sample / 32768),
      );
      assert.ok(like > 0.95, `likeness ${like}`);
    });

    test('says the display text where it is read otherwise', async () => {
      const tokens: SpeechToken[] = [
        { display: '票价', spoken: '票价', from: 0, to: 2 },
        { display: '¥99', spoken: '九十九元', from: 2, to: 5 },
        { display: '，很好。', spoken: '，很好。', from: 5, to: 9 },
      ];
      const said = await say(provider, subject.voiceId, partOf('zh', '', { tokens }));
      assertTimes(said.words, said.durationMs);
      const shown = said.words.map((word) => word.text).join('');
      assert.equal(shown.replace('，', ''), '票价¥99很好');
    });

    test('is silent where there is nothing to say', async () => {
      const said = await say(provider, subject.voiceId, partOf('zh', '…… 🙂'));
      assert.deepEqual([said.pieces, said.words.length], [0, 0]);
    });

    test('stops when it is told to', async () => {
      const own = subject.surface ? subject.open(slow) : provider;
      const control = new AbortController();
      const long = ZH.repeat(6);
      let pieces = 0;
      let abortedAt = 0;
      let stoppedAt = 0;
      // What this busy process holds up, server and all, is not the voice's.
      const stalls = monitorEventLoopDelay({ resolution: 5 });
      try {
        await assert.rejects(
          async () => {
            for await (const event of own.synthesise(
              { voiceId: subject.voiceId, part: partOf('zh', long) },
              control.signal,
            )) {
              if (event.type !== 'audio') continue;
              assert.equal(abortedAt, 0, 'no sound comes after the abort');
              pieces += 1;
              if (pieces < 2) continue;
              stalls.enable();
              abortedAt = performance.now();
              control.abort(new Error('enough'));
            }
          },
          { message: 'enough' },
        );
        stoppedAt = performance.now();
      } finally {
        if (own !== provider) await own.dispose();
      }
      // A stall is seen by the first tick after it.
      await new Promise((resolve) => setTimeout(resolve, 30));
      const limitMs = (): number => 200 + stalls.max / 1e6;
      assert.ok(stoppedAt - abortedAt <= limitMs(), `${stoppedAt - abortedAt} ms`);
      if (!subject.surface) return;
      const asked = slow.requests.filter((request) => request.surface === subject.surface).at(-1)!;
      for (const until = performance.now() + 5000; asked.end === null && performance.now() < until; )
        await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(asked.end, 'aborted');
      stalls.disable();
      assert.ok(
        asked.endedAtMs! - abortedAt <= limitMs(),
        `the server heard of it after ${asked.endedAtMs! - abortedAt} ms`,
      );
    });

    test('asks nobody once it was told to stop', async () => {
      const asked = server.requests.length;
      const signal = AbortSignal.abort(new Error('before'));
      await assert.rejects(say(provider, subject.voiceId, partOf('zh', ZH), signal), { message: 'before' });
      assert.equal(server.requests.length, asked);
    });

    if (!subject.surface) return;
    const { surface } = subject;
    for (const [fault, code] of [...VENDOR_FAULTS, ...(subject.faults ?? [])]) {
      const name = fault.kind === 'error' || fault.kind === 'error-event' ? `${fault.kind} ${fault.code}` : fault.kind;
      test(`${name} is ${code}, and the next one is spoken`, async () => {
        const impatient = fault.kind === 'stall';
        const own = subject.open(server, impatient ? SHORT_PATIENCE_MS : undefined);
        try {
          server.faults.next(surface, fault);
          await assert.rejects(say(own, subject.voiceId, partOf('zh', ZH)), (thrown) => {
            assert.ok(thrown instanceof StudioError, String(thrown));
            assert.equal(thrown.code, code, thrown.message);
            assert.ok(
              !JSON.stringify([thrown, thrown.message, thrown.stack, String(thrown.cause)]).includes(server.key),
            );
            return true;
          });
          server.faults.clear();
          // The one that lost patience may lose it again on a busy machine.
          const said = await say(impatient ? provider : own, subject.voiceId, partOf('zh', '好的。'));
          assert.ok(said.durationMs > 200);
        } finally {
          server.faults.clear();
          await own.dispose();
        }
      });
    }
  });
}
