/**
 * Hearing: streaming recognisers are fed as the sound comes and find the ends of sentences themselves; those of whole utterances get what
 * a voice detector cuts out. Both are put in punctuation where a model for it is there and the recogniser gives none.
 */
import sherpa, {
  type OfflinePunctuation,
  type OfflineRecognizer,
  type OnlineRecognizer,
  type OnlineStream,
  type Vad,
} from 'sherpa-onnx-node';
import { ModelFaultError, type ModelIo, type ServedModel } from '../kit/serve.ts';
import {
  isStreaming,
  punctuationPath,
  streamingConfig,
  VAD_WINDOW,
  vadConfig,
  wholeUtteranceConfig,
} from './families.ts';
import { freeNow } from './free-now.ts';
import { LoudStretch } from './loud-stretch.ts';
import { orAborted } from './or-aborted.ts';
import { EAR_SAMPLE_RATE, type EarEvent, type SherpaSettings } from './protocol.ts';
import { tidied, wordsOf } from './words.ts';

type EarSettings = Extract<SherpaSettings, { kind: 'ear' }>;

/** Said after the last sound, so that a streaming model gives what it still holds. */
const TAIL_SAMPLES = EAR_SAMPLE_RATE * 0.66;
/** A sentence being said is heard again so often … */
const PARTIAL_EVERY = EAR_SAMPLE_RATE * 0.6;
/** … unless the sound comes faster than it was spoken and is so far ahead: then nobody reads along. */
const AHEAD_MS = 1500;
/** The runtime works on this process's one thread: so often messages are looked at. */
const BREATHE_MS = 20;
const PRE_ROLL = EAR_SAMPLE_RATE * 0.3;

const msOf = (samples: number): number => Math.round((samples * 1000) / EAR_SAMPLE_RATE);

export async function openEar(settings: EarSettings): Promise<ServedModel> {
  const { recogniser, vad, punctuation, threads } = settings;
  const marks = punctuation === null ? null : openPunctuation(punctuationPath(punctuation), threads);
  if (isStreaming(recogniser.family))
    return streamingEar(new sherpa.OnlineRecognizer(streamingConfig(recogniser, threads)), marks);
  if (vad === null)
    throw new ModelFaultError({
      kind: 'not-readable',
      detail: `a recogniser of the kind ${recogniser.family} hears whole utterances and needs a voice detector (a model for the task vad)`,
    });
  const detector = vadConfig(vad);
  const free = [new sherpa.Vad(detector, 60)];
  // Beside this thread, so that the process is heard of meanwhile.
  const recognizer = await sherpa.OfflineRecognizer.createAsync(wholeUtteranceConfig(recogniser, threads));
  return wholeUtteranceEar(recognizer, marks, {
    take: () => free.pop() ?? new sherpa.Vad(detector, 60),
    giveBack(used) {
      used.reset();
      used.clear();
      free.push(used);
    },
  });
}

const openPunctuation = (ctTransformer: string, numThreads: number): OfflinePunctuation =>
  new sherpa.OfflinePunctuation({ model: { ctTransformer, numThreads, provider: 'cpu', debug: 0 } });

/** Lets messages in now and then, and stops where it was told to. */
function breather(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < BREATHE_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    since = performance.now();
    signal.throwIfAborted();
  };
}

const floatsOf = (piece: unknown): Float32Array => {
  if (!(piece instanceof Int16Array)) throw new TypeError('sound is Int16Array');
  const samples = new Float32Array(piece.length);
  for (let i = 0; i < piece.length; i++) samples[i] = piece[i]! / 32_768;
  return samples;
};

function streamingEar(loaded: OnlineRecognizer, marks: OfflinePunctuation | null): ServedModel {
  let recognizer: OnlineRecognizer | null = loaded;

  return {
    async run(_work, { emit, input, signal }: ModelIo) {
      const ear = recognizer!;
      const stream = ear.createStream();
      const breathe = breather(signal);
      let fed = 0;
      let shown = '';
      /** For models that tell no times. */
      const loud = new LoudStretch();

      const tell = (isFinal: boolean): void => {
        const result = ear.getResult(stream);
        const text = tidied(result.text);
        if (text === '') return;
        if (!isFinal && text === shown) return;
        shown = text;
        const words = wordsOf(result.tokens, result.timestamps, (result.start_time ?? 0) * 1000, msOf(fed));
        const event: EarEvent = {
          type: isFinal ? 'final' : 'partial',
          text: isFinal && marks ? marks.addPunct(text) : text,
          startMs: words[0]?.startMs ?? msOf(loud.from ?? fed),
          endMs: words.at(-1)?.endMs ?? msOf(loud.to),
          words,
          ...{ language: null, emotion: null },
        };
        emit(event);
      };
      const heed = async (): Promise<void> => {
        while (ear.isReady(stream)) {
          ear.decode(stream);
          if (ear.isEndpoint(stream)) finish(ear, stream);
          else tell(false);
          await breathe();
        }
      };
      const finish = (by: OnlineRecognizer, of: OnlineStream): void => {
        tell(true);
        by.reset(of);
        loud.next();
        shown = '';
      };
      for await (const piece of input) {
        const samples = floatsOf(piece);
        fed += samples.length;
        loud.feed(samples);
        stream.acceptWaveform({ samples, sampleRate: EAR_SAMPLE_RATE });
        await heed();
      }
      signal.throwIfAborted();
      stream.acceptWaveform({ samples: new Float32Array(TAIL_SAMPLES), sampleRate: EAR_SAMPLE_RATE });
      stream.inputFinished();
      await heed();
      finish(ear, stream);
      return null;
    },
    async dispose() {
      recognizer = null;
      freeNow();
    },
  };
}

interface Detectors {
  take(): Vad;
  giveBack(vad: Vad): void;
}

function wholeUtteranceEar(
  loaded: OfflineRecognizer,
  marks: OfflinePunctuation | null,
  detectors: Detectors,
): ServedModel {
  let recognizer: OfflineRecognizer | null = loaded;

  const recognise = async (samples: Float32Array, from: number, type: EarEvent['type']): Promise<EarEvent | null> => {
    const ear = recognizer!;
    const stream = ear.createStream();
    stream.acceptWaveform({ samples, sampleRate: EAR_SAMPLE_RATE });
    // On a thread of its own: messages are heard meanwhile.
    const result = await ear.decodeAsync(stream);
    const text = tidied(result.text);
    if (text === '') return null;
    const [startMs, endMs] = [msOf(from), msOf(from + samples.length)];
    const isBare = marks !== null && !/[，。？！、,.?!]/u.test(text);
    return {
      type,
      text: type === 'final' && isBare ? marks.addPunct(text) : text,
      ...{ startMs, endMs },
      words: wordsOf(result.tokens, result.timestamps, startMs, endMs),
      language: tagOf(result.lang),
      emotion: tagOf(result.emotion),
    };
  };

  return {
    async run(_work, { emit, input, signal }: ModelIo) {
      const vad = detectors.take();
      const began = performance.now();
      const breathe = breather(signal);
      let rest = new Float32Array(0);
      /** The utterance being said, and how much of it was told. */
      let open: { from: number; pieces: Float32Array[]; length: number; told: number } | null = null;
      const recent: Float32Array[] = [];
      let at = 0;

      const heed = async (): Promise<void> => {
        while (!vad.isEmpty()) {
          const { start, samples } = vad.front(false);
          vad.pop();
          open = null;
          const event = await orAborted(recognise(samples, start, 'final'), signal);
          if (event) emit(event);
        }
      };
      const follow = async (window: Float32Array): Promise<void> => {
        recent.push(window);
        if (recent.length * VAD_WINDOW > PRE_ROLL) recent.shift();
        if (!vad.isDetected()) {
          open = null;
          return;
        }
        if (open === null) {
          const length = recent.length * VAD_WINDOW;
          open = { from: at - length, pieces: [...recent], length, told: 0 };
        } else {
          open.pieces.push(window);
          open.length += window.length;
        }
        const isAhead = msOf(at) > performance.now() - began + AHEAD_MS;
        if (isAhead || open.length - open.told < PARTIAL_EVERY) return;
        open.told = open.length;
        const event = await orAborted(recognise(joined(open.pieces, open.length), open.from, 'partial'), signal);
        if (event) emit(event);
      };

      try {
        for await (const piece of input) {
          const samples = joined([rest, floatsOf(piece)]);
          const windows = Math.floor(samples.length / VAD_WINDOW);
          for (let i = 0; i < windows; i++) {
            const window = samples.subarray(i * VAD_WINDOW, (i + 1) * VAD_WINDOW);
            vad.acceptWaveform(window);
            at += VAD_WINDOW;
            await follow(window);
            await heed();
            await breathe();
          }
          rest = samples.slice(windows * VAD_WINDOW);
        }
        signal.throwIfAborted();
        vad.flush();
        await heed();
        return null;
      } finally {
        detectors.giveBack(vad);
      }
    },
    async dispose() {
      recognizer = null;
      freeNow();
    },
  };
}

function joined(
  pieces: readonly Float32Array[],
  length = pieces.reduce((sum, { length: n }) => sum + n, 0),
): Float32Array<ArrayBuffer> {
  const all = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** `<|zh|>`, `<|NEUTRAL|>` as SenseVoice says it; Whisper says `zh`. */
const tagOf = (tag: string | undefined): string | null => tag?.replace(/[<|>]/g, '').toLowerCase() || null;
