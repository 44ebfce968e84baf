/** Sound as it is spoken, kept until it has become text for good, so that another recogniser can hear it again. */
import { ASR_SAMPLE_RATE } from '../ports/asr.ts';

const toMs = (samples: number): number => (samples * 1000) / ASR_SAMPLE_RATE;
/** RMS from which somebody speaks (−40 dBFS). */
const AUDIBLE = 0.01 * 32_768;

export class KeptSound {
  readonly #maxSamples: number;
  #pieces: Int16Array[] = [];
  /** Of the first piece, from the beginning of all sound. */
  #from = 0;
  #to = 0;
  #ended = false;
  #failure: { error: unknown } | null = null;
  #waiting = new Set<() => void>();

  /** @param maxMs what is older is dropped, final or not */
  constructor(maxMs: number) {
    this.#maxSamples = Math.round((maxMs * ASR_SAMPLE_RATE) / 1000);
  }

  /** What another recogniser would begin at. */
  get fromMs(): number {
    return toMs(this.#from);
  }

  get endMs(): number {
    return toMs(this.#to);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes everything of `sound`. Never rejects: who reads here gets what went wrong. */
  async fill(sound: AsyncIterable<Int16Array>): Promise<void> {
    try {
      for await (const piece of sound) {
        this.#pieces.push(piece.slice());
        this.#to += piece.length;
        while (this.#to - this.#from > this.#maxSamples && this.#pieces.length > 1) this.#dropFirst();
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#wake();
  }

  /** It is text for good up to there. */
  settled(untilMs: number): void {
    const until = Math.round((untilMs * ASR_SAMPLE_RATE) / 1000);
    while (this.#pieces.length > 0 && this.#from + this.#pieces[0]!.length <= until) this.#dropFirst();
    const [first] = this.#pieces;
    if (first && until > this.#from) {
      this.#pieces[0] = first.subarray(until - this.#from);
      this.#from = until;
    }
  }

  #dropFirst(): void {
    this.#from += this.#pieces.shift()!.length;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const each of waiting) each();
  }

  /** From where it is kept now to the end, as it comes. `heard` is told what was given out: ms of it in which somebody speaks. */
  async *read(signal: AbortSignal, heard: (audibleMs: number) => void): AsyncGenerator<Int16Array> {
    let at = this.#from;
    for (;;) {
      signal.throwIfAborted();
      at = Math.max(at, this.#from);
      if (at < this.#to) {
        let start = this.#from;
        const piece = this.#pieces.find((each) => {
          start += each.length;
          return start > at;
        })!;
        const rest = piece.subarray(piece.length - (start - at));
        at = start;
        heard(isAudible(rest) ? toMs(rest.length) : 0);
        yield rest;
        continue;
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        const woken = (): void => {
          this.#waiting.delete(woken);
          signal.removeEventListener('abort', woken);
          resolve();
        };
        this.#waiting.add(woken);
        signal.addEventListener('abort', woken, { once: true });
      });
    }
  }
}

function isAudible(pcm: Int16Array): boolean {
  let energy = 0;
  for (const sample of pcm) energy += sample * sample;
  return pcm.length > 0 && Math.sqrt(energy / pcm.length) > AUDIBLE;
}
