/**
 * Continuous speech recognised by dynamic programming: what comes in is explained, frame by frame, as a chain of phrases the ear knows, as
 * silence, or as something it does not understand, whichever fits best over all (Bridle, Brown & Chamberlain's one-pass algorithm, 1982).
 */
import { distance, FEATURES } from './hearing-features.ts';

export interface KnownWord {
  text: string;
  /** What stands in the text between it and the next one: marks, blanks. */
  after: string;
  lang: string;
}

/** A stretch of speech without a rest in it, as the embedded voice says it. */
export interface Phrase {
  words: readonly KnownWord[];
  /** Centred frames, FEATURES values each. */
  frames: Float32Array;
  /** Which word each frame belongs to. */
  wordOf: Int16Array;
}

export interface DecodedWord extends KnownWord {
  fromFrame: number;
  toFrame: number;
}

/** Distance at which a frame is rather no frame of the phrase at all. */
const STRANGE = 4.5;
const SILENT = 1;
/** Nothing is stranger than this. */
const MOST = 2 * STRANGE;
const STAY = 0.5;
const SKIP = 0.5;
/** Of beginning a phrase; in its middle; and of leaving one before its end. */
const ENTER = 3 * STRANGE;
const ENTER_INSIDE = 9 * STRANGE;
const LEAVE_INSIDE = 5 * STRANGE;
/** Paths so much worse than the best are given up. */
const BEAM = 22 * STRANGE;

/** Where a path entered a word, and how it came there. */
interface Step {
  word: KnownWord | null;
  frame: number;
  before: Step | null;
}

interface Track {
  phrase: Phrase;
  score: Float64Array;
  steps: (Step | null)[];
  /** The word that begins with this frame. */
  opens: (KnownWord | null)[];
}

export class Decoder {
  readonly #tracks: Track[];
  #rest = 0;
  #restStep: Step | null = null;
  #frame = 0;

  constructor(phrases: readonly Phrase[]) {
    this.#tracks = phrases.map((phrase) => ({
      phrase,
      score: new Float64Array(phrase.wordOf.length).fill(Number.POSITIVE_INFINITY),
      steps: new Array<Step | null>(phrase.wordOf.length).fill(null),
      opens: Array.from(phrase.wordOf, (word, i) =>
        i === 0 || phrase.wordOf[i - 1] !== word ? phrase.words[word]! : null,
      ),
    }));
  }

  push(features: Float32Array, isSpeech: boolean): void {
    let best = this.#rest;
    for (const { score } of this.#tracks) for (const value of score) if (value < best) best = value;
    const limit = best + BEAM;

    let rest = this.#rest + (isSpeech ? STRANGE : SILENT);
    let restStep = this.#restStep;
    for (const track of this.#tracks) {
      this.#advance(track, features, limit);
      const { score, steps } = track;
      const last = score.length - 1;
      for (let i = 0; i <= last; i++) {
        const leaves = score[i]! + (i >= last - 1 ? 0 : LEAVE_INSIDE);
        if (leaves < rest) {
          rest = leaves;
          restStep = { word: null, frame: this.#frame + 1, before: steps[i]! };
        }
      }
    }
    this.#rest = rest;
    this.#restStep = restStep;
    this.#frame += 1;
  }

  #advance({ phrase, score, steps, opens }: Track, features: Float32Array, limit: number): void {
    // Downwards, so that what is read is still the frame before.
    for (let i = score.length - 1; i >= 0; i--) {
      let from = score[i]! + STAY;
      let step: Step | null = steps[i]!;
      const word = opens[i]!;
      let opened = false;
      if (i > 0 && score[i - 1]! < from) {
        from = score[i - 1]!;
        step = steps[i - 1]!;
        opened = word !== null;
      }
      if (i > 1 && score[i - 2]! + SKIP < from) {
        from = score[i - 2]! + SKIP;
        step = steps[i - 2]!;
        opened = word !== null;
        // The first frame of the word was the one passed over.
        const passed = opens[i - 1] ?? null;
        if (!opened && passed !== null) step = { word: passed, frame: this.#frame, before: step };
      }
      const enter = this.#rest + (i === 0 ? ENTER : ENTER_INSIDE);
      if (word !== null && enter < from) {
        from = enter;
        step = this.#restStep;
        opened = true;
      }
      if (from > limit) {
        score[i] = Number.POSITIVE_INFINITY;
        continue;
      }
      score[i] = from + Math.min(MOST, distance(phrase.frames, i * FEATURES, features));
      steps[i] = opened ? { word, frame: this.#frame, before: step } : step;
    }
  }

  /** The best explanation of all that came in so far. */
  words(): { words: DecodedWord[]; confidence: number } {
    let best = this.#rest;
    let step = this.#restStep;
    for (const { score, steps } of this.#tracks)
      for (let i = 0; i < score.length; i++)
        if (score[i]! < best) {
          best = score[i]!;
          step = steps[i]!;
        }
    const words: DecodedWord[] = [];
    let toFrame = this.#frame;
    for (; step !== null; step = step.before) {
      if (step.word !== null && toFrame > step.frame) words.unshift({ ...step.word, fromFrame: step.frame, toFrame });
      toFrame = step.frame;
    }
    return { words, confidence: Math.max(0, Math.min(1, 1 - best / (STRANGE * Math.max(1, this.#frame)))) };
  }
}
