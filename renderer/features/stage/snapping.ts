/** Where a picture that is dragged comes to rest: edges and middle at the stage's lines or another picture's edges. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Snapped {
  value: number;
  /** The line it rests at; null where it rests at none. */
  line: number | null;
}

const STAGE_LINES = [0, 0.05, 1 / 3, 0.5, 2 / 3, 0.95, 1];

/** Of one axis: what other pictures add to the stage's lines. */
export const snapLines = (others: readonly Box[], axis: 'x' | 'y'): number[] => {
  const size = axis === 'x' ? 'width' : 'height';
  return [...STAGE_LINES, ...others.flatMap((box) => [box[axis], box[axis] + box[size] / 2, box[axis] + box[size]])];
};

/** `marks`: how far from `value` the places lie that may rest at a line (edge, middle, other edge). */
export function snap(value: number, marks: readonly number[], lines: readonly number[], reach: number): Snapped {
  let best: Snapped = { value, line: null };
  let nearest = reach;
  for (const line of lines)
    for (const mark of marks) {
      const distance = Math.abs(value + mark - line);
      if (distance < nearest) {
        nearest = distance;
        best = { value: line - mark, line };
      }
    }
  return best;
}
