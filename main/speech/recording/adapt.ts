/**
 * Speaker adaptation between two passes of alignment: the affine map of cepstra that turns the reference voice into the
 * recorded one, by ridge regression over the frames that the first pass paired (as MLLR does with model means,
 * Leggetter & Woodland 1995).
 */
import { CEPSTRA } from './cepstra.ts';
import type { WarpPath } from './dtw.ts';

const SIZE = CEPSTRA + 1;

/** Solves `matrix · x = right` (SIZE × SIZE against SIZE × CEPSTRA) in place by Gauss–Jordan with pivoting. */
const solve = (matrix: Float64Array, right: Float64Array): void => {
  for (let column = 0; column < SIZE; column++) {
    let pivot = column;
    for (let row = column + 1; row < SIZE; row++) {
      if (Math.abs(matrix[row * SIZE + column]!) > Math.abs(matrix[pivot * SIZE + column]!)) pivot = row;
    }
    swapRows(matrix, SIZE, column, pivot);
    swapRows(right, CEPSTRA, column, pivot);
    const scale = 1 / matrix[column * SIZE + column]!;
    for (let k = 0; k < SIZE; k++) matrix[column * SIZE + k]! *= scale;
    for (let k = 0; k < CEPSTRA; k++) right[column * CEPSTRA + k]! *= scale;
    for (let row = 0; row < SIZE; row++) {
      if (row === column) continue;
      const factor = matrix[row * SIZE + column]!;
      for (let k = 0; k < SIZE; k++) matrix[row * SIZE + k]! -= factor * matrix[column * SIZE + k]!;
      for (let k = 0; k < CEPSTRA; k++) right[row * CEPSTRA + k]! -= factor * right[column * CEPSTRA + k]!;
    }
  }
};

const swapRows = (values: Float64Array, width: number, a: number, b: number): void => {
  if (a === b) return;
  for (let k = 0; k < width; k++) {
    const keep = values[a * width + k]!;
    values[a * width + k] = values[b * width + k]!;
    values[b * width + k] = keep;
  }
};

/** `reference` (static cepstra) as the recorded voice would have said it; `path.a` counts recording rows, `path.b` reference rows. */
export function adaptReference(reference: Float32Array, recording: Float32Array, path: WarpPath): Float32Array {
  const normal = new Float64Array(SIZE * SIZE);
  const right = new Float64Array(SIZE * CEPSTRA);
  const x = new Float64Array(SIZE).fill(1);
  for (let p = 0; p < path.a.length; p++) {
    for (let k = 0; k < CEPSTRA; k++) x[k] = reference[path.b[p]! * CEPSTRA + k]!;
    for (let r = 0; r < SIZE; r++) {
      for (let k = 0; k < SIZE; k++) normal[r * SIZE + k]! += x[r]! * x[k]!;
      for (let k = 0; k < CEPSTRA; k++) right[r * CEPSTRA + k]! += x[r]! * recording[path.a[p]! * CEPSTRA + k]!;
    }
  }
  // A few seconds cannot fix 182 numbers: pull towards the identity (with the means' offset left free).
  const ridge = 40;
  for (let k = 0; k < CEPSTRA; k++) {
    normal[k * SIZE + k]! += ridge;
    right[k * CEPSTRA + k]! += ridge;
  }
  solve(normal, right);
  const out = new Float32Array(reference.length);
  for (let i = 0; i < reference.length; i += CEPSTRA) {
    for (let c = 0; c < CEPSTRA; c++) {
      let sum = right[CEPSTRA * CEPSTRA + c]!;
      for (let k = 0; k < CEPSTRA; k++) sum += reference[i + k]! * right[k * CEPSTRA + c]!;
      out[i + c] = sum;
    }
  }
  return out;
}
