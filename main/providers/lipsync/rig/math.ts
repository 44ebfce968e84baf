/** The few curves and blends that all of the rig is made of. */
export const clamp = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** 0 at `from`, 1 at `to` (either order), with flat ends. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

export type Point = readonly [x: number, y: number];

/** Catmull-Rom through `points`, `t` 0..1 over the whole curve. */
export function spline(points: readonly Point[], t: number): Point {
  const last = points.length - 1;
  const s = clamp(t, 0, 1) * last;
  const i = Math.min(last - 1, Math.floor(s));
  const f = s - i;
  const at = (k: number): Point => points[clamp(k, 0, last)]!;
  const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
  const h = (k: 0 | 1): number =>
    0.5 *
    (2 * b[k] +
      (c[k] - a[k]) * f +
      (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * f * f +
      (3 * b[k] - a[k] - 3 * c[k] + d[k]) * f ** 3);
  return [h(0), h(1)];
}

/** y as a function of x along a contour whose x ascends, tabulated; constant beyond its ends. */
export class Graph {
  readonly #from: number;
  readonly #step: number;
  readonly #values: Float32Array;

  constructor(points: readonly Point[], samples = 128) {
    const trace = Array.from({ length: samples * 2 + 1 }, (_, i) => spline(points, i / (samples * 2)));
    this.#from = trace[0]![0];
    this.#step = Math.max(1e-6, (trace.at(-1)![0] - this.#from) / samples);
    this.#values = new Float32Array(samples + 1);
    let k = 0;
    for (let i = 0; i <= samples; i++) {
      const x = this.#from + this.#step * i;
      while (k < trace.length - 2 && trace[k + 1]![0] < x) k++;
      const [a, b] = [trace[k]!, trace[k + 1]!];
      this.#values[i] = b[0] > a[0] ? mix(a[1], b[1], clamp((x - a[0]) / (b[0] - a[0]), 0, 1)) : a[1];
    }
  }

  at(x: number): number {
    const s = clamp((x - this.#from) / this.#step, 0, this.#values.length - 1.001);
    const i = Math.floor(s);
    return mix(this.#values[i]!, this.#values[i + 1]!, s - i);
  }
}

/** A small, fast, well-mixed generator (mulberry32): same seed, same numbers. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
