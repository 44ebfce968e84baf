/** The look-ahead true-peak limiter for two channels under one gain, so that nothing wanders between left and right. */
import { LOOK_AHEAD, RELEASE, SlidingMinimum } from './limiter.ts';
import { ratioOf } from './loudness.ts';
import { TRUE_PEAK_DELAY, TruePeakFollower } from './true-peak.ts';

const WINDOW = LOOK_AHEAD + 1;

export class StereoLimiter {
  /** Samples by which what comes out is late. */
  static readonly delay: number = LOOK_AHEAD + TRUE_PEAK_DELAY;
  readonly #ceiling: number;
  readonly #followers = [new TruePeakFollower(), new TruePeakFollower()] as const;
  readonly #minimum = new SlidingMinimum();
  readonly #smoothing = new Float64Array(WINDOW).fill(1);
  readonly #delayed = [new Float32Array(StereoLimiter.delay), new Float32Array(StereoLimiter.delay)] as const;
  #peaks = [new Float32Array(0), new Float32Array(0)];
  #at = 0;
  #delayAt = 0;
  #sum = WINDOW;
  #held = 1;

  constructor(ceilingDbtp: number) {
    this.#ceiling = ratioOf(ceilingDbtp);
  }

  /** In place; as many samples come out as go in, {@link delay} later. */
  process(left: Float32Array, right: Float32Array): void {
    const [leftPeaks, rightPeaks] = this.#follow(left, right);
    const [lateLeft, lateRight] = this.#delayed;
    const { length } = lateLeft;
    for (let i = 0; i < left.length; i++) {
      const peak = Math.max(leftPeaks[i]!, rightPeaks[i]!);
      const lowest = this.#minimum.next(peak > this.#ceiling ? this.#ceiling / peak : 1);
      this.#held = lowest < this.#held ? lowest : this.#held + (lowest - this.#held) * RELEASE;
      this.#sum += this.#held - this.#smoothing[this.#at]!;
      this.#smoothing[this.#at] = this.#held;
      if (++this.#at === WINDOW) {
        this.#at = 0;
        // Days of adding up would drift.
        this.#sum = this.#smoothing.reduce((sum, gain) => sum + gain, 0);
      }
      const gain = this.#sum / WINDOW;
      const [wasLeft, wasRight] = [lateLeft[this.#delayAt]!, lateRight[this.#delayAt]!];
      lateLeft[this.#delayAt] = left[i]!;
      lateRight[this.#delayAt] = right[i]!;
      if (++this.#delayAt === length) this.#delayAt = 0;
      left[i] = wasLeft * gain;
      right[i] = wasRight * gain;
    }
  }

  #follow(left: Float32Array, right: Float32Array): readonly [Float32Array, Float32Array] {
    if (this.#peaks[0]!.length < left.length)
      this.#peaks = [new Float32Array(left.length), new Float32Array(left.length)];
    const [leftPeaks, rightPeaks] = this.#peaks as [Float32Array, Float32Array];
    this.#followers[0].follow(left, leftPeaks, this.#ceiling);
    this.#followers[1].follow(right, rightPeaks, this.#ceiling);
    return [leftPeaks, rightPeaks];
  }
}
