/**
 * The local Bailian's ear. It knows the texts it was taught, and what the server itself has said, by how the embedded voice says them, and
 * recognises them in whatever sound comes in: words and times are found in that sound. What it was never taught it does not understand.
 */
import { type DecodedWord, Decoder, type KnownWord, type Phrase } from './hearing-decoder.ts';
import { EAR_RATE, FEATURES, FRAME_MS, type Frame, FrameMaker, meanOf, without } from './hearing-features.ts';
import { Resampler } from './resample.ts';
import type { PcmVoice, Speech } from './voice.ts';

export interface HeardWord {
  text: string;
  /** What follows it in writing, without blanks. */
  punctuation: string;
  startMs: number;
  endMs: number;
}

interface Heard {
  /** Counts the stretches of speech from 0. */
  sentence: number;
  startMs: number;
  /** As written, marks included; `bare` without them. */
  text: string;
  bare: string;
  words: HeardWord[];
  language: 'zh' | 'yue' | 'en' | null;
  /** 0..1: how well it fits what is known. */
  confidence: number;
}

/** Times are ms from the first sample. A final without words: speech that was not understood. */
export type EarEvent =
  | { type: 'speech-started'; atMs: number }
  | ({ type: 'partial' } & Heard)
  | { type: 'speech-stopped'; atMs: number }
  | ({ type: 'final'; endMs: number } & Heard);

export interface ListenOptions {
  sampleRate: number;
  /** Silence that ends a sentence; null: only {@link Listening.endSentence} does. */
  silenceMs: number | null;
  /** dB by which a sound must be louder than usual (or may be quieter) to be speech. */
  stricterDb?: number;
}

/** How those who teach without saying whose voice it is are understood: a man and a woman. */
const TEACHERS = ['espeak', 'espeak+f3'] as const;
const MAX_REMEMBERED = 16;
/** Words further apart are in two phrases: there may be any rest between them. */
const REST_MS = 60;

export class Ear {
  readonly #voice: PcmVoice;
  readonly #taught = new Map<string, { phrases: Phrase[]; mean: Float32Array }>();
  #remembered: Speech[] = [];

  constructor(voice: PcmVoice) {
    this.#voice = voice;
  }

  /** From now on it understands `text`; `voices` are the vendor's, or `espeak+f3`. */
  async teach(text: string, voices: readonly string[] = TEACHERS): Promise<void> {
    const signal = new AbortController().signal;
    for (const voice of voices) this.#learn(await this.#voice.speak({ text, voice, sampleRate: EAR_RATE }, signal));
  }

  /** Something the server said itself: understood as long as it is among the latest. */
  remember(speech: Speech): void {
    if (speech.words.length === 0) return;
    this.#remembered = [...this.#remembered.filter(({ pcm }) => pcm !== speech.pcm), speech].slice(-MAX_REMEMBERED);
  }

  listen(options: ListenOptions): Listening {
    const own = this.#remembered.map((speech) => lessonOf(speech));
    const lessons = [...new Set([...this.#taught.values(), ...own])];
    return new Listening(
      lessons.flatMap(({ phrases }) => phrases),
      lessons.map(({ mean }) => mean),
      options,
    );
  }

  #learn(speech: Speech): void {
    const lesson = lessonOf(speech);
    this.#taught.set(`${speech.text}\n${lesson.mean.join()}`, lesson);
  }
}

const lessons = new WeakMap<Speech, { phrases: Phrase[]; mean: Float32Array }>();

function lessonOf(speech: Speech): { phrases: Phrase[]; mean: Float32Array } {
  const known = lessons.get(speech);
  if (known) return known;
  const maker = new FrameMaker();
  const resampler = new Resampler(speech.sampleRate, EAR_RATE);
  const sound = Float32Array.from(speech.pcm, (sample) => sample / 32_768);
  const frames = [...maker.push(resampler.push(sound)), ...maker.push(resampler.end()), ...maker.end()];
  const mean = meanOf(frames);
  const phrases: Phrase[] = [];
  const { words, text } = speech;
  for (let from = 0; from < words.length; ) {
    let to = from + 1;
    while (to < words.length && words[to]!.startMs - words[to - 1]!.endMs < REST_MS) to += 1;
    const said = words.slice(from, to);
    const firstFrame = Math.max(0, Math.floor(said[0]!.startMs / FRAME_MS));
    const endFrame = Math.min(frames.length, Math.ceil(said.at(-1)!.endMs / FRAME_MS));
    const values = new Float32Array((endFrame - firstFrame) * FEATURES);
    const wordOf = new Int16Array(endFrame - firstFrame);
    let word = 0;
    for (let i = firstFrame; i < endFrame; i++) {
      while (word + 1 < said.length && said[word + 1]!.startMs <= (i + 0.5) * FRAME_MS) word += 1;
      values.set(without(mean, frames[i]!.features), (i - firstFrame) * FEATURES);
      wordOf[i - firstFrame] = word;
    }
    const written = said.map(
      (one, i): KnownWord => ({
        text: one.text,
        after: text.slice(one.to, words[from + i + 1]?.from ?? text.length),
        lang: one.lang,
      }),
    );
    if (wordOf.length > 2) phrases.push({ words: written, frames: values, wordOf });
    from = to;
  }
  const lesson = { phrases, mean };
  lessons.set(speech, lesson);
  return lesson;
}

/** Frames of which so many in a row are loud begin speech. */
const ONSET = 3;
/** What is heard again of what came before speech was noticed. */
const PRE_ROLL = 8;
const PARTIAL_EVERY = 10;
/** How many frames the usual mean is worth against those of this speaker. */
const PRIOR = 60;
const QUIET_DB = -52;

export class Listening {
  readonly #phrases: readonly Phrase[];
  readonly #options: ListenOptions;
  readonly #resampler: Resampler;
  readonly #maker = new FrameMaker();
  readonly #mean: Float32Array;
  #meanWeight = PRIOR;
  #floorDb = -75;
  #index = 0;
  #loud = 0;
  #recent: { frame: Frame; loud: boolean }[] = [];
  #sentence = 0;
  #open: { decoder: Decoder; fromFrame: number; lastLoud: number; shown: string } | null = null;

  constructor(phrases: readonly Phrase[], means: readonly Float32Array[], options: ListenOptions) {
    this.#phrases = phrases;
    this.#options = options;
    this.#resampler = new Resampler(options.sampleRate, EAR_RATE);
    this.#mean = new Float32Array(FEATURES >> 1);
    for (const mean of means) for (const [k, value] of mean.entries()) this.#mean[k]! += value / means.length;
  }

  /** Audio taken in so far. */
  get heardMs(): number {
    return this.#index * FRAME_MS;
  }

  /** Silence since the last speech, or since the beginning. */
  get silentMs(): number {
    return (this.#index - this.#lastLoud) * FRAME_MS;
  }
  #lastLoud = 0;
  /** Whether there was any speech at all, understood or not. */
  heardSpeech = false;

  push(pcm: Int16Array): EarEvent[] {
    const sound = Float32Array.from(pcm, (sample) => sample / 32_768);
    return this.#maker.push(this.#resampler.push(sound)).flatMap((frame) => this.#take(frame));
  }

  /** The sound so far is one sentence (manual mode): speech that is still open is finished. */
  endSentence(): EarEvent[] {
    return this.#finish();
  }

  end(): EarEvent[] {
    const frames = [...this.#maker.push(this.#resampler.end()), ...this.#maker.end()];
    return [...frames.flatMap((frame) => this.#take(frame)), ...this.#finish()];
  }

  #take(frame: Frame): EarEvent[] {
    const index = this.#index++;
    const { levelDb } = frame;
    this.#floorDb = Math.min(-40, levelDb < this.#floorDb ? 0.7 * this.#floorDb + 0.3 * levelDb : this.#floorDb + 0.02);
    const threshold = Math.max(QUIET_DB, this.#floorDb + 14) + (this.#options.stricterDb ?? 0);
    const loud = levelDb > threshold;
    this.#loud = loud ? this.#loud + 1 : 0;
    if (loud) this.#adapt(frame);
    if (this.#open) return this.#goOn(frame, loud, index);
    this.#recent.push({ frame, loud });
    if (this.#recent.length > PRE_ROLL) this.#recent.shift();
    return this.#loud >= ONSET ? this.#begin(index) : [];
  }

  #begin(index: number): EarEvent[] {
    const before = this.#recent;
    this.#recent = [];
    const decoder = new Decoder(this.#phrases);
    this.#open = { decoder, fromFrame: index + 1 - before.length, lastLoud: index, shown: '' };
    for (const { frame, loud } of before) decoder.push(without(this.#mean, frame.features), loud);
    this.#lastLoud = index;
    this.heardSpeech = true;
    return [{ type: 'speech-started', atMs: (index + 1 - ONSET) * FRAME_MS }];
  }

  #goOn(frame: Frame, loud: boolean, index: number): EarEvent[] {
    const open = this.#open!;
    open.decoder.push(without(this.#mean, frame.features), loud);
    if (loud) open.lastLoud = index;
    if (loud) this.#lastLoud = index;
    const { silenceMs } = this.#options;
    if (silenceMs !== null && (index - open.lastLoud) * FRAME_MS >= silenceMs) return this.#finish();
    if ((index - open.fromFrame) % PARTIAL_EVERY !== 0) return [];
    const heard = this.#heard();
    if (heard.words.length === 0 || heard.text === open.shown) return [];
    open.shown = heard.text;
    return [{ type: 'partial', ...heard }];
  }

  #finish(): EarEvent[] {
    const open = this.#open;
    if (!open) return [];
    const heard = this.#heard();
    const spokenTo = (open.lastLoud + 1) * FRAME_MS;
    for (const word of heard.words) word.endMs = Math.max(word.startMs + FRAME_MS, Math.min(word.endMs, spokenTo));
    const endMs = Math.max(spokenTo, heard.words.at(-1)?.endMs ?? 0);
    this.#open = null;
    this.#loud = 0;
    this.#sentence += 1;
    return [
      { type: 'speech-stopped', atMs: endMs },
      { type: 'final', endMs, ...heard },
    ];
  }

  #heard(): Heard {
    const { decoder, fromFrame } = this.#open!;
    const { words, confidence } = decoder.words();
    const atMs = (frame: number): number => (fromFrame + frame) * FRAME_MS;
    return {
      sentence: this.#sentence,
      startMs: words.length > 0 ? atMs(words[0]!.fromFrame) : atMs(0),
      text: written(words),
      bare: written(words.map((word) => ({ ...word, after: word.after.replace(/[^\s]/gu, '') }))),
      words: words.map((word) => ({
        text: word.text,
        punctuation: word.after.trim(),
        startMs: atMs(word.fromFrame),
        endMs: atMs(word.toFrame),
      })),
      language: languageOf(words),
      confidence,
    };
  }

  #adapt({ features }: Frame): void {
    this.#meanWeight += 1;
    const share = 1 / this.#meanWeight;
    for (let k = 0; k < this.#mean.length; k++) this.#mean[k]! += share * (features[k]! - this.#mean[k]!);
  }
}

const written = (words: readonly KnownWord[]): string =>
  words
    .map(({ text, after }, i) => {
      const next = words[i + 1];
      const apart =
        next && after === '' && /[\p{Script=Latin}\d]$/u.test(text) && /^[\p{Script=Latin}]/u.test(next.text);
      return `${text}${after}${apart ? ' ' : ''}`;
    })
    .join('')
    .trim();

function languageOf(words: readonly DecodedWord[]): Heard['language'] {
  const count = new Map<string, number>();
  for (const { lang } of words) count.set(lang, (count.get(lang) ?? 0) + 1);
  const [most] = [...count].sort((a, b) => b[1] - a[1]);
  return (most?.[0] as Heard['language']) ?? null;
}
