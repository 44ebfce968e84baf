/**
 * Dynamic time warping (Sakoe & Chiba 1978), coarse to fine (FastDTW, Salvador & Chan 2007): time and memory grow with
 * the length, not with its square.
 */
import { halveRows } from './cepstra.ts';

/** Pairs (a[i], b[i]) of frame numbers from (0, 0) to both ends; each step advances one side, or both, by one. */
export interface WarpPath {
  a: Int32Array;
  b: Int32Array;
  /** Mean local distance along the path. */
  meanCost: number;
}

/** Columns [low[i], high[i]] of `b` that row i of `a` may meet. */
interface Window {
  low: Int32Array;
  high: Int32Array;
}

const DIAGONAL = 0;
const STEP_A = 1;
const STEP_B = 2;
/** Standing still on one side costs a little more than going on together, else noise makes staircases. */
const DIAGONAL_WEIGHT = 1.6;
const STILL_PENALTY = 0.3;

const warp = (a: Float32Array, b: Float32Array, width: number, window: Window, signal?: AbortSignal): WarpPath => {
  const rows = a.length / width;
  const starts = new Float64Array(rows + 1);
  for (let i = 0; i < rows; i++) starts[i + 1] = starts[i]! + window.high[i]! - window.low[i]! + 1;
  const moves = new Uint8Array(starts[rows]!);
  let previous = new Float64Array(0);
  for (let i = 0; i < rows; i++) {
    if ((i & 255) === 0) signal?.throwIfAborted();
    const low = window.low[i]!;
    const high = window.high[i]!;
    const current = new Float64Array(high - low + 1);
    const lowBefore = i > 0 ? window.low[i - 1]! : 0;
    const highBefore = i > 0 ? window.high[i - 1]! : -1;
    for (let j = low; j <= high; j++) {
      let sum = 0;
      for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) {
        const d = a[p]! - b[q]!;
        sum += d * d;
      }
      const distance = Math.sqrt(sum);
      const still = distance + STILL_PENALTY;
      let best = Number.POSITIVE_INFINITY;
      let move = DIAGONAL;
      if (j - 1 >= lowBefore && j - 1 <= highBefore) best = previous[j - 1 - lowBefore]! + DIAGONAL_WEIGHT * distance;
      if (j >= lowBefore && j <= highBefore) {
        const cost = previous[j - lowBefore]! + still;
        if (cost < best) {
          best = cost;
          move = STEP_A;
        }
      }
      if (j > low) {
        const cost = current[j - 1 - low]! + still;
        if (cost < best) {
          best = cost;
          move = STEP_B;
        }
      }
      current[j - low] = i === 0 && j === 0 ? distance : best;
      moves[starts[i]! + j - low] = move;
    }
    previous = current;
  }
  return traceBack(a, b, width, window, starts, moves);
};

const traceBack = (
  a: Float32Array,
  b: Float32Array,
  width: number,
  window: Window,
  starts: Float64Array,
  moves: Uint8Array,
): WarpPath => {
  let i = a.length / width - 1;
  let j = b.length / width - 1;
  const pathA = new Int32Array(i + j + 1);
  const pathB = new Int32Array(i + j + 1);
  let length = 0;
  let total = 0;
  for (;;) {
    pathA[length] = i;
    pathB[length] = j;
    length++;
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (a[i * width + k]! - b[j * width + k]!) ** 2;
    total += Math.sqrt(sum);
    if (i === 0 && j === 0) break;
    const move = moves[starts[i]! + j - window.low[i]!]!;
    if (i > 0 && move !== STEP_B) i--;
    if (j > 0 && move !== STEP_A) j--;
  }
  return { a: pathA.slice(0, length).reverse(), b: pathB.slice(0, length).reverse(), meanCost: total / length };
};

/** Everything within `radius` of a path that was found at `1 / scale` of the resolution. Rows overlap, so a way through exists. */
const around = (path: WarpPath, scale: number, rows: number, columns: number, radius: number): Window => {
  const low = new Int32Array(rows).fill(columns - 1);
  const high = new Int32Array(rows);
  for (let p = 0; p < path.a.length; p++) {
    const from = path.a[p]! * scale;
    const to = Math.min(rows - 1, from + scale - 1);
    for (let i = from; i <= to; i++) {
      low[i] = Math.min(low[i]!, path.b[p]! * scale);
      high[i] = Math.max(high[i]!, Math.min(columns - 1, path.b[p]! * scale + scale - 1));
    }
  }
  const wideLow = new Int32Array(rows);
  const wideHigh = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    wideLow[i] = Math.max(0, low[Math.max(0, i - radius)]! - radius);
    wideHigh[i] = Math.min(columns - 1, high[Math.min(rows - 1, i + radius)]! + radius);
  }
  return { low: wideLow, high: wideHigh };
};

const FULL_CELLS = 6_000_000;
const RADIUS = 40;

/** Warps `a` onto `b` (both `width` values a row). Bounded memory: about 100 bytes a row at the finest level. */
export function warpFeatures(a: Float32Array, b: Float32Array, width: number, signal?: AbortSignal): WarpPath {
  const rows = a.length / width;
  const columns = b.length / width;
  if (rows * columns <= FULL_CELLS || Math.min(rows, columns) < 8) {
    const window: Window = { low: new Int32Array(rows), high: new Int32Array(rows).fill(columns - 1) };
    return warp(a, b, width, window, signal);
  }
  const coarse = warpFeatures(halveRows(a, width), halveRows(b, width), width, signal);
  return warp(a, b, width, around(coarse, 2, rows, columns, RADIUS), signal);
}

/** Warps again, only near a path that is already roughly right. */
export function rewarpFeatures(
  a: Float32Array,
  b: Float32Array,
  width: number,
  near: WarpPath,
  signal?: AbortSignal,
): WarpPath {
  return warp(a, b, width, around(near, 1, a.length / width, b.length / width, RADIUS), signal);
}
