/**
 * What a digital signal reaches between its samples: four-times oversampling (ITU-R BS.1770-4, annex 2) by a 24-tap
 * windowed sinc for each of the three in-between phases.
 */
const TAPS = 24;
const HALF = TAPS / 2;
const PHASES = 3;

/** `weights[p·TAPS + k]`: sample k of a window of {@link TAPS}, for the point (p + 1)/4 after sample HALF − 1. */
const weights: Float64Array = (() => {
  const table = new Float64Array(PHASES * TAPS);
  for (let p = 0; p < PHASES; p++) {
    const shift = (p + 1) / 4;
    let sum = 0;
    for (let k = 0; k < TAPS; k++) {
      const x = k - (HALF - 1) - shift;
      const window = Math.cos((Math.PI * x) / (TAPS + 1)) ** 2;
      const weight = (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
      table[p * TAPS + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < TAPS; k++) table[p * TAPS + k]! /= sum;
  }
  return table;
})();

/** No point between samples that are all at most 1 can exceed this. */
const WORST_GAIN = (() => {
  let worst = 0;
  for (let p = 0; p < PHASES; p++) {
    let sum = 0;
    for (let k = 0; k < TAPS; k++) sum += Math.abs(weights[p * TAPS + k]!);
    worst = Math.max(worst, sum);
  }
  return worst;
})();

/** Samples by which the answers of {@link TruePeakFollower.follow} come late. */
export const TRUE_PEAK_DELAY = HALF;

/** Mono, in pieces of any length. */
export class TruePeakFollower {
  /** What went before, {@link TAPS} − 1 samples, then room for a piece. */
  #line = new Float64Array(TAPS - 1);
  /** Samples for which a loud one stays in the window. */
  #loud = 0;

  /**
   * `peaks[i]`: the largest magnitude from sample i − {@link TRUE_PEAK_DELAY} up to, not including, the one after it. Where
   * nothing near can reach `floor`, only the samples themselves are looked at.
   */
  follow(pcm: Float32Array, peaks: Float32Array, floor: number): void {
    if (this.#line.length < TAPS - 1 + pcm.length) {
      const longer = new Float64Array(TAPS - 1 + pcm.length);
      longer.set(this.#line.subarray(0, TAPS - 1));
      this.#line = longer;
    }
    const line = this.#line;
    line.set(pcm, TAPS - 1);
    const worthwhile = floor / WORST_GAIN;
    let loud = this.#loud;
    for (let i = 0; i < pcm.length; i++) {
      if (Math.abs(pcm[i]!) >= worthwhile) loud = TAPS;
      let peak = Math.abs(line[i + HALF - 1]!);
      if (loud > 0) {
        loud -= 1;
        for (let table = 0; table < PHASES * TAPS; table += TAPS) {
          let sum = 0;
          for (let k = 0; k < TAPS; k++) sum += weights[table + k]! * line[i + k]!;
          const magnitude = Math.abs(sum);
          if (magnitude > peak) peak = magnitude;
        }
      }
      peaks[i] = peak;
    }
    this.#loud = loud;
    line.copyWithin(0, pcm.length, pcm.length + TAPS - 1);
  }
}
