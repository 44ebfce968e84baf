/**
 * A look-ahead true-peak limiter for a mono stream at 48 kHz. The gain each sample needs is held over the look-ahead
 * (sliding minimum), let go slowly, and smoothed by a moving average of the same length: it has come down fully when the
 * peak arrives, and never steps.
 */
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { ratioOf } from './loudness.ts';
import { TRUE_PEAK_DELAY, TruePeakFollower } from './true-peak.ts';

export const LOOK_AHEAD = Math.round(0.005 * SAMPLE_RATE);
const WINDOW = LOOK_AHEAD + 1;
export const RELEASE = 1 - Math.exp(-1 / (0.08 * SAMPLE_RATE));
const DELAY = LOOK_AHEAD + TRUE_PEAK_DELAY;

/** The first gain in a queue is the smallest of the last {@link WINDOW}. */
export class SlidingMinimum {
  readonly #values = new Float64Array(WINDOW + 1);
  readonly #times = new Float64Array(WINDOW + 1);
  #head = 0;
  #size = 0;
  #time = 0;

  next(value: number): number {
    const capacity = this.#values.length;
    while (this.#size > 0 && this.#values[(this.#head + this.#size - 1) % capacity]! >= value) this.#size -= 1;
    const slot = (this.#head + this.#size) % capacity;
    this.#values[slot] = value;
    this.#times[slot] = this.#time;
    this.#size += 1;
    if (this.#times[this.#head]! <= this.#time - WINDOW) {
      this.#head = (this.#head + 1) % capacity;
      this.#size -= 1;
    }
    this.#time += 1;
    return this.#values[this.#head]!;
  }
}

export class TruePeakLimiter {
  readonly #ceiling: number;
  readonly #follower = new TruePeakFollower();
  readonly #minimum = new SlidingMinimum();
  readonly #smoothing = new Float64Array(WINDOW).fill(1);
  readonly #delayed = new Float64Array(DELAY);
  #peaks = new Float32Array(0);
  #at = 0;
  #delayAt = 0;
  #sum = WINDOW;
  #held = 1;
  #toSkip = DELAY;

  constructor(ceilingDbtp: number) {
    this.#ceiling = ratioOf(ceilingDbtp);
  }

  /**
   * Limited samples, as many as are ready: in all, as many come out as went in once {@link flush} has been called. They are
   * written over `pcm`.
   */
  process(pcm: Float32Array): Float32Array {
    if (this.#peaks.length < pcm.length) this.#peaks = new Float32Array(pcm.length);
    const peaks = this.#peaks;
    this.#follower.follow(pcm, peaks, this.#ceiling);
    let length = 0;
    for (let i = 0; i < pcm.length; i++) {
      const limited = this.#next(pcm[i]!, peaks[i]!);
      if (this.#toSkip > 0) this.#toSkip -= 1;
      else pcm[length++] = limited;
    }
    return pcm.subarray(0, length);
  }

  /** The rest; the limiter is spent after it. */
  flush(): Float32Array {
    return this.process(new Float32Array(DELAY));
  }

  #next(sample: number, peak: number): number {
    const needed = peak > this.#ceiling ? this.#ceiling / peak : 1;
    const lowest = this.#minimum.next(needed);
    this.#held = lowest < this.#held ? lowest : this.#held + (lowest - this.#held) * RELEASE;
    this.#sum += this.#held - this.#smoothing[this.#at]!;
    this.#smoothing[this.#at] = this.#held;
    this.#at = (this.#at + 1) % WINDOW;
    const delayed = this.#delayed[this.#delayAt]!;
    this.#delayed[this.#delayAt] = sample;
    this.#delayAt = (this.#delayAt + 1) % DELAY;
    return delayed * (this.#sum / WINDOW);
  }
}
