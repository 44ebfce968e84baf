/** Magnitudes of a real frame whose even length is a product of small primes, such as 800: mixed-radix Stockham FFT. */
export class MagnitudeSpectrum {
  readonly size: number;
  readonly #half: number;
  readonly #radices: readonly number[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  #re: Float64Array;
  #im: Float64Array;
  #otherRe: Float64Array;
  #otherIm: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#half = size / 2;
    this.#radices = radicesOf(this.#half);
    this.#cos = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    const plane = (): Float64Array => new Float64Array(this.#half);
    [this.#re, this.#im, this.#otherRe, this.#otherIm] = [plane(), plane(), plane(), plane()];
  }

  /** Writes |X| of bins 0..size/2 into `magnitudes` (size/2 + 1 values). */
  of(frame: Float64Array, magnitudes: Float64Array): void {
    const { size } = this;
    const half = this.#half;
    // Even samples are the real part, odd ones the imaginary part, of a transform half as long.
    for (let i = 0; i < half; i++) {
      this.#re[i] = frame[2 * i]!;
      this.#im[i] = frame[2 * i + 1]!;
    }
    this.#transform();
    const [re, im] = [this.#re, this.#im];
    for (let k = 0; k <= half; k++) {
      const [a, b] = [k % half, (half - k) % half];
      const evenRe = (re[a]! + re[b]!) / 2;
      const evenIm = (im[a]! - im[b]!) / 2;
      const oddRe = (im[a]! + im[b]!) / 2;
      const oddIm = (re[b]! - re[a]!) / 2;
      const [c, s] = [this.#cos[k % size]!, this.#sin[k % size]!];
      magnitudes[k] = Math.hypot(evenRe + oddRe * c - oddIm * s, evenIm + oddRe * s + oddIm * c);
    }
  }

  /** Complex transform of length size/2, decimation in frequency, from #re/#im into them. */
  #transform(): void {
    const [cos, sin] = [this.#cos, this.#sin];
    let length = this.#half;
    let stride = 1;
    for (const radix of this.#radices) {
      const part = length / radix;
      // Roots of unity of order `length` and `radix`, in steps of the table of order `size`.
      const [fine, coarse] = [this.size / length, this.size / radix];
      const [re, im, toRe, toIm] = [this.#re, this.#im, this.#otherRe, this.#otherIm];
      for (let k = 0; k < part; k++) {
        for (let j = 0; j < radix; j++) {
          const [tc, ts] = [cos[k * j * fine]!, sin[k * j * fine]!];
          for (let q = 0; q < stride; q++) {
            let sumRe = 0;
            let sumIm = 0;
            for (let r = 0; r < radix; r++) {
              const from = q + stride * (k + part * r);
              const turn = ((j * r) % radix) * coarse;
              sumRe += re[from]! * cos[turn]! - im[from]! * sin[turn]!;
              sumIm += re[from]! * sin[turn]! + im[from]! * cos[turn]!;
            }
            const to = q + stride * (radix * k + j);
            toRe[to] = sumRe * tc - sumIm * ts;
            toIm[to] = sumRe * ts + sumIm * tc;
          }
        }
      }
      [this.#re, this.#im, this.#otherRe, this.#otherIm] = [toRe, toIm, re, im];
      length = part;
      stride *= radix;
    }
  }
}

function radicesOf(length: number): number[] {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [5, 4, 3, 2]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  if (rest !== 1) throw new RangeError(`no transform of length ${length}`);
  return radices;
}
