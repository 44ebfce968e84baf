import { AUDIO, TIMESTAMP_SPAN, VIDEO } from './tags.ts';

/** A step this far back, or ahead, is no jitter of a stream: its source began anew, or its 32 bits ran over. */
const BACK_MS = 2_000;
const AHEAD_MS = 60_000;
const HALF_SPAN = TIMESTAMP_SPAN / 2;

/**
 * One clock for a stream whose source may begin anew: milliseconds that begin at 0, never go back in a track, and go on over 2^32.
 * When the source begins anew, audio and video are moved by the same amount, so that they stay in step, and the gap that remains is
 * the time that really passed.
 */
export class Timeline {
  readonly #nowMs: () => number;
  /** Added to what comes in; null until the first of a source. */
  #offsetMs: number | null = null;
  #lastInMs = 0;
  readonly #lastOutMs = new Map<number, number>();
  #latestMs: number | null = null;
  #latestAtMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Of all that went out; null before the first. */
  get latestMs(): number | null {
    return this.#latestMs;
  }

  /** What comes next is of another source. */
  restart(): void {
    this.#offsetMs = null;
  }

  /** @param timestampMs as it came, 32 bits @returns its place on this clock, not wrapped */
  place(type: number, timestampMs: number): number {
    let inMs = timestampMs;
    if (this.#offsetMs !== null) {
      inMs = unwrap(timestampMs, this.#lastInMs);
      const step = inMs - this.#lastInMs;
      if (step < -BACK_MS || step > AHEAD_MS) this.#offsetMs = null;
    }
    if (this.#offsetMs === null) {
      inMs = timestampMs;
      this.#offsetMs = this.#begin() - inMs;
    }
    this.#lastInMs = inMs;
    const last = this.#lastOutMs.get(type) ?? 0;
    const outMs = Math.max(last, inMs + this.#offsetMs);
    if (type === AUDIO || type === VIDEO) {
      this.#lastOutMs.set(type, outMs);
      if (this.#latestMs === null || outMs > this.#latestMs) this.#latestMs = outMs;
      this.#latestAtMs = this.#nowMs();
    }
    return outMs;
  }

  #begin(): number {
    if (this.#latestMs === null) return 0;
    return this.#latestMs + Math.max(1, Math.round(this.#nowMs() - this.#latestAtMs));
  }
}

/** Of all values that are `timestampMs` in 32 bits, the one nearest to `lastMs`. */
export function unwrap(timestampMs: number, lastMs: number): number {
  const base = Math.floor(lastMs / TIMESTAMP_SPAN) * TIMESTAMP_SPAN;
  let value = base + timestampMs;
  if (value - lastMs > HALF_SPAN) value -= TIMESTAMP_SPAN;
  else if (lastMs - value > HALF_SPAN) value += TIMESTAMP_SPAN;
  return value;
}

/** As it is written. */
export const wrap = (timestampMs: number): number => ((timestampMs % TIMESTAMP_SPAN) + TIMESTAMP_SPAN) % TIMESTAMP_SPAN;
