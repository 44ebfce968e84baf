/**
 * 22,050 Hz → 48,000 Hz by a polyphase windowed-sinc filter (ratio 320/147), linear phase with its delay taken out:
 * sample n of the output is the input at n·147/320. Kaiser window, β 9: images under −80 dB, flat to 9.4 kHz.
 * J. O. Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/
 */
export const ENGINE_SAMPLE_RATE = 22_050;
const UP = 320;
const DOWN = 147;
const HALF_TAPS = 24;
const TAPS = HALF_TAPS * 2;
const KAISER_BETA = 9;
/** Pass band edge as a share of the input's Nyquist frequency. */
const CUTOFF = 0.93;

/** Modified Bessel function of the first kind, order 0, by its power series. */
const bessel0 = (x: number): number => {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

/** `phases[p·TAPS + k]`: weight of input sample `base − HALF_TAPS + 1 + k` for an output at `base + p/UP`; each phase sums to 1. */
const phases: Float32Array = (() => {
  const table = new Float32Array(UP * TAPS);
  const norm = bessel0(KAISER_BETA);
  for (let p = 0; p < UP; p++) {
    let sum = 0;
    for (let k = 0; k < TAPS; k++) {
      const x = k - HALF_TAPS + 1 - p / UP;
      const sinc = x === 0 ? CUTOFF : Math.sin(Math.PI * CUTOFF * x) / (Math.PI * x);
      const edge = Math.min(1, Math.abs(x) / HALF_TAPS);
      const weight = (sinc * bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge))) / norm;
      table[p * TAPS + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < TAPS; k++) table[p * TAPS + k]! /= sum;
  }
  return table;
})();

/** A whole clause at once: 16-bit input at 22,050 Hz, float output −1..1 at 48 kHz. The input is taken as silent beyond its ends. */
export function resampleTo48k(input: Int16Array, gain: number): Float32Array<ArrayBuffer> {
  const output = new Float32Array(Math.ceil((input.length * UP) / DOWN));
  const scale = gain / 32768;
  for (let n = 0; n < output.length; n++) {
    const position = n * DOWN;
    const base = Math.floor(position / UP);
    const table = (position - base * UP) * TAPS;
    const first = base - HALF_TAPS + 1;
    const from = Math.max(0, -first);
    const to = Math.min(TAPS, input.length - first);
    let sum = 0;
    for (let k = from; k < to; k++) sum += phases[table + k]! * input[first + k]!;
    output[n] = sum * scale;
  }
  return output;
}
