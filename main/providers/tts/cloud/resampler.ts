/**
 * Sound that arrives in pieces, at any rate, to SAMPLE_RATE: a polyphase windowed-sinc filter (Kaiser, β 9), linear phase, its delay
 * taken out: sample n of the output is the input at n·DOWN/UP. J. O. Smith, "Digital Audio Resampling",
 * https://ccrma.stanford.edu/~jos/resample/
 */
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';

const HALF_TAPS = 24;
const TAPS = HALF_TAPS * 2;
const KAISER_BETA = 9;
/** Pass band edge as a share of the lower Nyquist frequency. */
const EDGE = 0.93;

const bessel0 = (x: number): number => {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

interface Filter {
  up: number;
  down: number;
  /** `up` rows of TAPS weights, each row's sum 1. */
  weights: Float32Array;
}
const filters = new Map<number, Filter>();

function filterFor(rate: number): Filter {
  const known = filters.get(rate);
  if (known) return known;
  const common = gcd(rate, SAMPLE_RATE);
  const up = SAMPLE_RATE / common;
  const down = rate / common;
  const cutoff = EDGE * Math.min(1, SAMPLE_RATE / rate);
  const weights = new Float32Array(up * TAPS);
  const norm = bessel0(KAISER_BETA);
  for (let p = 0; p < up; p++) {
    let sum = 0;
    for (let k = 0; k < TAPS; k++) {
      const x = k - HALF_TAPS + 1 - p / up;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      const edge = Math.min(1, Math.abs(x) / HALF_TAPS);
      const weight = (sinc * bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge))) / norm;
      weights[p * TAPS + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < TAPS; k++) weights[p * TAPS + k]! /= sum;
  }
  const filter = { up, down, weights };
  filters.set(rate, filter);
  return filter;
}

export class Resampler {
  readonly #filter: Filter | null;
  /** Input from `#first` on; before the first sample lies silence. */
  #kept: Float32Array = new Float32Array(HALF_TAPS - 1);
  #first = -(HALF_TAPS - 1);
  #next = 0;

  /** `rate` up to 96,000. */
  constructor(rate: number) {
    this.#filter = rate === SAMPLE_RATE ? null : filterFor(rate);
  }

  push(input: Float32Array): Float32Array {
    if (!this.#filter) return input;
    const whole = new Float32Array(this.#kept.length + input.length);
    whole.set(this.#kept);
    whole.set(input, this.#kept.length);
    this.#kept = whole;
    return this.#run(this.#first + whole.length - 1 - HALF_TAPS);
  }

  /** The last of it; silence is taken to follow. */
  end(): Float32Array {
    if (!this.#filter) return new Float32Array(0);
    const total = this.#first + this.#kept.length;
    const whole = new Float32Array(this.#kept.length + HALF_TAPS);
    whole.set(this.#kept);
    this.#kept = whole;
    return this.#run(total - 1);
  }

  /** All output whose input position is at most `lastBase`. */
  #run(lastBase: number): Float32Array {
    const { up, down, weights } = this.#filter!;
    const count = Math.max(0, Math.floor(((lastBase + 1) * up - 1) / down) - this.#next + 1);
    const output = new Float32Array(count);
    for (let n = 0; n < count; n++) {
      const position = (this.#next + n) * down;
      const base = Math.floor(position / up);
      const row = (position - base * up) * TAPS;
      const from = base - HALF_TAPS + 1 - this.#first;
      let sum = 0;
      for (let k = 0; k < TAPS; k++) sum += weights[row + k]! * this.#kept[from + k]!;
      output[n] = sum;
    }
    this.#next += count;
    const needed = Math.floor((this.#next * down) / up) - HALF_TAPS + 1;
    const drop = Math.max(0, Math.min(this.#kept.length, needed - this.#first));
    if (drop > 0) {
      this.#kept = this.#kept.slice(drop);
      this.#first += drop;
    }
    return output;
  }
}
