/**
 * Sound from one rate to another by a windowed sinc, piece by piece or at once; linear phase with its delay taken out.
 * J. O. Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/
 */
const HALF_TAPS = 16;
/** Pass band edge as a share of the lower Nyquist frequency. */
const EDGE = 0.94;

interface Kernel {
  up: number;
  down: number;
  /** Input samples to either side. */
  reach: number;
  /** `up` phases of 2·reach weights. */
  table: Float32Array;
}

const kernels = new Map<string, Kernel>();
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function kernelOf(from: number, to: number): Kernel {
  const name = `${from}/${to}`;
  const known = kernels.get(name);
  if (known) return known;
  const common = gcd(from, to);
  const [up, down] = [to / common, from / common];
  const reach = Math.ceil(HALF_TAPS * Math.max(1, from / to));
  const cutoff = EDGE * Math.min(1, to / from);
  const taps = 2 * reach;
  const table = new Float32Array(up * taps);
  for (let phase = 0; phase < up; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - reach + 1 - phase / up;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      const weight = sinc * (0.5 + 0.5 * Math.cos(Math.PI * Math.min(1, Math.abs(x) / reach)));
      table[phase * taps + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) table[phase * taps + k]! /= sum;
  }
  const kernel = { up, down, reach, table };
  kernels.set(name, kernel);
  return kernel;
}

export class Resampler {
  readonly #kernel: Kernel | null;
  /** Input not yet done with; its first sample is number `#origin`. */
  #held: Float32Array<ArrayBufferLike> = new Float32Array(0);
  #origin = 0;
  #next = 0;

  constructor(from: number, to: number) {
    this.#kernel = from === to ? null : kernelOf(from, to);
  }

  push(input: Float32Array): Float32Array {
    if (!this.#kernel) return input;
    const joined = new Float32Array(this.#held.length + input.length);
    joined.set(this.#held);
    joined.set(input, this.#held.length);
    this.#held = joined;
    return this.#make(this.#origin + joined.length - this.#kernel.reach);
  }

  /** The rest, as if silence followed. */
  end(): Float32Array {
    return this.#kernel ? this.#make(this.#origin + this.#held.length) : new Float32Array(0);
  }

  /** Outputs whose place in the input lies before `limit`. */
  #make(limit: number): Float32Array {
    const { up, down, reach, table } = this.#kernel!;
    const taps = 2 * reach;
    const count = Math.max(0, Math.ceil((limit * up) / down) - this.#next);
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const position = (this.#next + i) * down;
      const base = Math.floor(position / up);
      const weights = (position - base * up) * taps;
      const first = base - reach + 1 - this.#origin;
      const to = Math.min(taps, this.#held.length - first);
      let sum = 0;
      for (let k = Math.max(0, -first); k < to; k++) sum += table[weights + k]! * this.#held[first + k]!;
      output[i] = sum;
    }
    this.#next += count;
    const keep = Math.max(0, Math.floor((this.#next * down) / up) - reach + 1 - this.#origin);
    this.#held = this.#held.slice(keep);
    this.#origin += keep;
    return output;
  }
}

export function resampled(input: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  const [body, rest] = [resampler.push(input), resampler.end()];
  const output = new Float32Array(body.length + rest.length);
  output.set(body);
  output.set(rest, body.length);
  return output;
}

export function toInt16(input: Float32Array): Int16Array {
  const output = new Int16Array(input.length);
  for (let i = 0; i < input.length; i++)
    output[i] = Math.max(-32_768, Math.min(32_767, Math.round(input[i]! * 32_767)));
  return output;
}
