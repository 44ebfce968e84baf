/** What every recogniser must do, whoever answers behind it; vendors' are asked of the local Bailian with the embedded voice's own speech. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../app/errors/index.ts';
import { ASR_SAMPLE_RATE, type AsrEvent, type AsrProvider, type AsrRequest } from '../../main/engine/ports/asr.ts';
import type { Fault, Surface } from '../servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { PcmVoice } from '../servers/bailian/voice.ts';

/** Short enough for a test, long enough for two busy cores. */
export const TEST_PATIENCE = { startMs: 5000, keepAliveMs: 400, finishMs: 1500 };

export interface AsrSubject {
  id: string;
  /** Absent: it asks nobody. */
  surface?: Surface;
  /** What it understands, where it is not the embedded voice: at 16 kHz. */
  own?: { texts: Readonly<Record<keyof typeof TEXTS, string>>; say(text: string): Int16Array };
  /** Whether it tells times of words. */
  words: boolean;
  open(server: FakeBailian): AsrProvider;
  /** Besides those that befall all. */
  faults?: readonly (readonly [Fault, string])[];
}

const TEXTS = { zh: '今天天气很好，我们去公园散步。', zh2: '欢迎来到声画工作室。' } as const;
const ANY: AsrRequest = { languages: ['zh'], hotWords: [] };

const COMMON: readonly (readonly [Fault, string])[] = [
  [{ kind: 'unauthorised' }, 'cloud.key-wrong'],
  [{ kind: 'captive-portal' }, 'cloud.captive-portal'],
  [{ kind: 'cut', afterBytes: 12_000 }, 'cloud.cut-off'],
  [{ kind: 'stall', afterChunks: 0 }, 'cloud.timeout'],
  [{ kind: 'malformed-json', afterChunks: 0 }, 'cloud.bad-answer'],
];

export const DASHSCOPE_FAULTS: readonly (readonly [Fault, string])[] = [
  [error(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.'), 'cloud.rate-limited'],
  [error(429, 'PrepaidBillOverdue', 'The prepaid bill is overdue.'), 'cloud.billing'],
  [error(400, 'Arrearage', 'Access denied, please make sure your account is in good standing.'), 'cloud.billing'],
  [error(403, 'AccessDenied.Unpurchased', 'Access to model denied.'), 'cloud.not-entitled'],
  [error(404, 'ModelNotFound', 'Model not found!'), 'cloud.model-gone'],
  [{ kind: 'error-event', code: 'InternalError.Algo', message: 'inference', afterChunks: 0 }, 'cloud.server-error'],
  [
    { kind: 'error-event', code: 'DataInspectionFailed', message: 'Input data may contain…', afterChunks: 1 },
    'cloud.unsafe-text',
  ],
  [{ kind: 'idle-timeout' }, 'cloud.timeout'],
];

function error(status: number, code: string, message: string): Fault {
  return { kind: 'error', status, code, message };
}

/** At `speed` times its own pace, in pieces of 20 ms. */
export async function* said(pcm: Int16Array, speed = 10): AsyncGenerator<Int16Array> {
  const piece = ASR_SAMPLE_RATE / 50;
  const began = performance.now();
  for (let at = 0; at < pcm.length; at += piece) {
    yield pcm.subarray(at, at + piece);
    const waitMs = (at * 1000) / ASR_SAMPLE_RATE / speed - (performance.now() - began);
    if (waitMs > 5) await sleep(waitMs);
  }
}

export const silence = (ms: number): Int16Array => new Int16Array((ms * ASR_SAMPLE_RATE) / 1000);

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export async function heardBy(
  provider: AsrProvider,
  sound: AsyncIterable<Int16Array>,
  request: AsrRequest = ANY,
  signal: AbortSignal = new AbortController().signal,
): Promise<AsrEvent[]> {
  const events: AsrEvent[] = [];
  for await (const event of provider.recognise(sound, request, signal)) events.push(event);
  return events;
}

export const finalsOf = (events: readonly AsrEvent[]) => events.filter((event) => event.type === 'final');
const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

export interface AsrWorld extends AsyncDisposable {
  server: FakeBailian;
  /** Said by a woman, and understood by the server. */
  speech: Readonly<Record<keyof typeof TEXTS, Int16Array>>;
}

/** A vendor that understands what is said here. */
export async function openAsrWorld(): Promise<AsrWorld> {
  const server = await startBailian();
  const voice = new PcmVoice();
  try {
    const say = async (text: string): Promise<Int16Array> => {
      await server.teach(text, ['espeak+f3']);
      const request = { text, voice: 'espeak+f3', sampleRate: ASR_SAMPLE_RATE };
      return (await voice.speak(request, new AbortController().signal)).pcm;
    };
    const speech = { zh: await say(TEXTS.zh), zh2: await say(TEXTS.zh2) };
    return { server, speech, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } finally {
    await voice.dispose();
  }
}

export function asrConformance(subject: AsrSubject, world: Promise<AsrWorld> | null): void {
  const texts = subject.own?.texts ?? TEXTS;
  describe(`${subject.id}, as every recogniser`, () => {
    let server: FakeBailian;
    let provider: AsrProvider;
    let speech: AsrWorld['speech'];

    before(async () => {
      if (world) ({ server, speech } = await world);
      if (subject.own) speech = { zh: subject.own.say(texts.zh), zh2: subject.own.say(texts.zh2) };
      provider = subject.open(server);
    });
    after(() => provider.dispose());

    test('hears two sentences while they are spoken, with times that rise and lie inside the sound', async () => {
      const first = joined(silence(400), speech.zh, silence(1800));
      const second = joined(speech.zh2, silence(1500));
      const events: AsrEvent[] = [];
      async function* listeningMeanwhile() {
        yield* said(first);
        // The rest is said when the first sentence has been heard; who waits for the end of the sound never hears it.
        for (let i = 0; i < 1000 && finalsOf(events).length === 0; i++) await sleep(10);
        assert.equal(finalsOf(events).length, 1, 'nothing is heard before the sound ends');
        yield* said(second);
      }
      for await (const event of provider.recognise(listeningMeanwhile(), ANY, new AbortController().signal))
        events.push(event);
      assert.equal(events[0]?.type, 'partial');
      const finals = finalsOf(events);
      assert.deepEqual(
        finals.map(({ text }) => letters(text)),
        [texts.zh, texts.zh2].map(letters),
      );
      assert.deepEqual(
        finals.map(({ sentence }) => sentence),
        [0, 1],
      );
      const soundMs = ((first.length + second.length) * 1000) / ASR_SAMPLE_RATE;
      const secondMs = (first.length * 1000) / ASR_SAMPLE_RATE;
      let floor = 0;
      for (const { startMs, endMs, words } of finals) {
        assert.ok(startMs >= floor && endMs > startMs && endMs <= soundMs, `${startMs}–${endMs} after ${floor}`);
        floor = startMs;
        for (const word of words) {
          assert.ok(word.startMs >= floor && word.endMs >= word.startMs && word.endMs <= endMs, JSON.stringify(word));
          floor = word.startMs;
        }
        floor = endMs;
        assert.equal(words.length > 0, subject.words);
      }
      assert.ok(Math.abs(finals[0]!.startMs - 400) < 250, `begins at ${finals[0]!.startMs}`);
      assert.ok(Math.abs(finals[1]!.startMs - secondMs) < 250, `begins at ${finals[1]!.startMs}, not ${secondMs}`);
    });

    test('a pause of the microphone moves no time', async () => {
      const spoken = joined(speech.zh, silence(1500));
      async function* interrupted() {
        yield silence(200);
        await sleep(3 * TEST_PATIENCE.keepAliveMs);
        yield* said(spoken);
      }
      const [final] = finalsOf(await heardBy(provider, interrupted()));
      assert.ok(Math.abs(final!.startMs - 200) < 250, `begins at ${final!.startMs}`);
    });

    test('nothing said is nothing heard, and no failure', async () => {
      assert.deepEqual(await heardBy(provider, said(silence(2500), 50)), []);
    });

    test('stops within 200 ms of an abort, and lets the microphone go', async () => {
      const abort = new AbortController();
      let released = false;
      async function* endless() {
        try {
          for (;;) yield* said(speech.zh, 1);
        } finally {
          released = true;
        }
      }
      let abortedAtMs = 0;
      // Two busy cores hold up everybody, the server's ear above all.
      const heldUp = monitorEventLoopDelay({ resolution: 5 });
      const reason = new Error('enough');
      await assert.rejects(async () => {
        for await (const event of provider.recognise(endless(), ANY, abort.signal))
          if (event.type === 'partial' && abortedAtMs === 0) {
            heldUp.enable();
            abortedAtMs = performance.now();
            abort.abort(reason);
          }
      }, reason);
      const rejectedMs = performance.now();
      if (!subject.surface) {
        heldUp.disable();
        const tookMs = rejectedMs - abortedAtMs - Math.max(0, heldUp.max / 1e6 - 5);
        assert.ok(tookMs <= 200, `${tookMs} ms`);
        for (let i = 0; i < 100 && !released; i++) await sleep(10);
        assert.ok(released);
        return;
      }
      const left = async () => server.requests.findLast(({ surface }) => surface === subject.surface)!;
      for (let i = 0; i < 100 && (await left()).endedAtMs === null; i++) await sleep(10);
      heldUp.disable();
      const { endedAtMs, end } = await left();
      assert.equal(end, 'aborted');
      const tookMs = endedAtMs! - abortedAtMs - Math.max(0, heldUp.max / 1e6 - 5);
      assert.ok(tookMs <= 200, `${tookMs} ms`);
      await sleep(50);
      assert.ok(released);
    });

    test('who stops listening closes the connection', async () => {
      for await (const _ of provider.recognise(
        said(joined(speech.zh, silence(3000)), 5),
        ANY,
        new AbortController().signal,
      ))
        break;
      if (!subject.surface) {
        // Whoever listens next is heard.
        assert.ok(finalsOf(await heardBy(provider, said(joined(speech.zh, silence(1500)), 20))).length > 0);
        return;
      }
      const last = () => server.requests.findLast(({ surface }) => surface === subject.surface)!;
      for (let i = 0; i < 100 && last().endedAtMs === null; i++) await sleep(10);
      assert.equal(last().end, 'aborted');
    });

    test('sound that breaks ends it with what broke it', async () => {
      const broken = new Error('the microphone was unplugged');
      async function* breaking() {
        yield* said(speech.zh, 20);
        throw broken;
      }
      await assert.rejects(heardBy(provider, breaking()), broken);
    });

    const { surface } = subject;
    if (!surface) return;
    for (const [fault, code] of [...COMMON, ...(subject.faults ?? [])])
      test(`${JSON.stringify(fault)} is ${code}`, async () => {
        server.faults.always(surface, fault);
        try {
          await assert.rejects(heardBy(provider, said(joined(speech.zh, silence(1500)))), (failure) => {
            assert.ok(failure instanceof StudioError, String(failure));
            assert.equal(failure.code, code);
            const told = JSON.stringify([failure.message, failure.params, String(failure.cause), failure.stack]);
            for (const secret of [
              server.key,
              server.accessKey.secret,
              server.accessKey.id,
              ...server.context.isiTokens.keys(),
            ])
              assert.ok(!told.includes(secret), 'a secret is told');
            return true;
          });
        } finally {
          server.faults.clear();
        }
      });
  });
}
