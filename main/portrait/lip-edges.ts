/**
 * Moves a face's lip contours the last few pixels onto the picture's own edges. The mesh places them a little inside full
 * lips and a little above thin ones, and a mouth opened along such a line opens in the skin.
 * Edges are searched in columns across the mouth and joined by the cheapest smooth path (Viterbi), never farther than
 * {@link MAX_SHIFT} inter-ocular distances, twice that between a smile's upper lip and its teeth; where lip and skin look alike nothing moves.
 */
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import { interOcularPx } from './face-measures.ts';

export const MAX_SHIFT = 0.035;
const COLUMNS = 41;
const STEPS = 14;
/** How much a jump of a whole search range between neighbouring columns costs, in units of full edge contrast. */
const STIFFNESS = 90;
/** How much an edge at the end of the search range must be stronger than one where the mesh put it. */
const RELUCTANCE = 0.22;

interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}
type Colour = [number, number, number];
/** A contour as heights over the mouth's own axis, one a column. */
type Heights = Float64Array;

export function snapLips(picture: Picture, face: FaceLandmarks): FaceLandmarks {
  const unit = interOcularPx(face);
  if (unit < 30) return face;
  const { lips } = face;
  const frame = mouthFrame(face);
  const read = reader(picture, frame, unit);
  const columnsOf = (points: readonly Point3[]): Heights => resample(points.map(frame.toLocal), frame.halfWidth);
  const outerUpper = columnsOf(lips.outerUpper);
  const outerLower = columnsOf(lips.outerLower);
  const innerUpper = columnsOf(lips.innerUpper);
  const innerLower = columnsOf(lips.innerLower);
  const middle = (a: Heights, b: Heights): Heights => a.map((v, i) => (v + b[i]!) / 2);

  const seam = middle(innerUpper, innerLower);
  const gap = innerUpper.reduce((sum, v, i) => sum + innerLower[i]! - v, 0) / COLUMNS;
  const upperLip = read.colours(middle(outerUpper, innerUpper));
  const lowerLip = read.colours(middle(outerLower, innerLower));
  const upperSkin = read.colours(outerUpper.map((v) => v - 0.075 * unit));
  const lowerSkin = read.colours(outerLower.map((v) => v + 0.075 * unit));

  const move: Record<'outerUpper' | 'outerLower' | 'innerUpper' | 'innerLower', Heights> = {
    outerUpper: snapEdge(read, outerUpper, unit, -1, upperLip, upperSkin),
    outerLower: snapEdge(read, outerLower, unit, 1, lowerLip, lowerSkin),
    innerUpper: new Float64Array(COLUMNS),
    innerLower: new Float64Array(COLUMNS),
  };
  const valley = gap < 0.12 * unit ? snapValley(read, seam, unit) : null;
  const closed = valley !== null && gap > 0.035 * unit && valley.width < 0.024 * unit;
  if (closed) {
    // One dark line and lip on both sides of it: the lips touch, however far apart the mesh holds them.
    // (A small gap is kept: between parted lips the line can run below the teeth.)
    const bound = MAX_SHIFT * unit;
    const onto = (line: Heights, side: -1 | 1): Heights =>
      line.map((v, i) => {
        const target = seam[i]! + valley.shift[i]! + side * Math.min(0.006 * unit, gap / 2);
        return Math.max(-bound, Math.min(bound, target - v));
      });
    move.innerUpper = onto(innerUpper, -1);
    move.innerLower = onto(innerLower, 1);
  } else if (gap > 0.05 * unit) {
    // The mesh draws a smile's upper lip too thick, across the teeth: its colour is taken close under its outer edge.
    const inside = read.colours(seam);
    const below = outerUpper.map(
      (v, i) => v + move.outerUpper[i]! + Math.min(0.025 * unit, 0.5 * (innerUpper[i]! - v)),
    );
    move.innerUpper = snapEdge(read, innerUpper, unit, 1, read.colours(below), inside, 2 * STEPS);
    move.innerLower = snapEdge(read, innerLower, unit, -1, lowerLip, inside);
  } else if (valley !== null) {
    move.innerUpper = valley.shift;
    move.innerLower = valley.shift;
  }
  const open = !closed && gap > 0.05 * unit;
  const corners = open ? STILL : { left: snapCorner(read, unit, -1), right: snapCorner(read, unit, 1) };

  const shifted = (points: readonly Point3[], shifts: Heights): Point3[] =>
    points.map((point, i) => {
      const [corner, fromCorner] = i < points.length / 2 ? [corners.left, i] : [corners.right, points.length - 1 - i];
      const fade = Math.min(1, fromCorner / 1.5);
      const [u] = frame.toLocal(point);
      const across = fade * valueAt(shifts, u, frame.halfWidth) + (1 - fade) * corner.across;
      return frame.moved(point, across, Math.max(0, 1 - fromCorner / 3) * corner.along);
    });
  const moved = {
    outerUpper: shifted(lips.outerUpper, move.outerUpper),
    outerLower: shifted(lips.outerLower, move.outerLower),
    innerUpper: shifted(lips.innerUpper, move.innerUpper),
    innerLower: shifted(lips.innerLower, move.innerLower),
  };
  return { ...face, lips: inOrder(moved, frame, 0.012 * unit) };
}

interface MouthFrame {
  halfWidth: number;
  /** Along the mouth from its middle, and across it, growing towards the chin. */
  toLocal(point: Point3): [number, number];
  toPicture(u: number, v: number): [number, number];
  moved(point: Point3, across: number, along?: number): Point3;
}

function mouthFrame({ lips }: FaceLandmarks): MouthFrame {
  const [a, b] = [lips.outerUpper[0]!, lips.outerUpper[10]!];
  const [x0, y0] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const width = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const [cos, sin] = [(b[0] - a[0]) / width, (b[1] - a[1]) / width];
  return {
    halfWidth: width / 2,
    toLocal: ([x, y]) => [(x - x0) * cos + (y - y0) * sin, (y - y0) * cos - (x - x0) * sin],
    toPicture: (u, v) => [x0 + u * cos - v * sin, y0 + u * sin + v * cos],
    moved: ([x, y, z], across, along = 0) => [x + along * cos - across * sin, y + along * sin + across * cos, z],
  };
}

interface Reader {
  halfWidth: number;
  /** The colour at a place along the mouth's axis and a height over it. */
  atPlace(u: number, v: number): Colour;
  /** The colour at a column and a height over the mouth's axis. */
  at(column: number, v: number): Colour;
  /** Colours along a line, its ends near the corners left out. */
  colours(line: Heights): Colour[];
}

function reader(picture: Picture, frame: MouthFrame, unit: number): Reader {
  const { width, height, rgba } = picture;
  const spread = Math.max(0.7, 0.008 * unit);
  const atPlace = (u: number, v: number): Colour => {
    const sum: Colour = [0, 0, 0];
    for (const du of [-spread, 0, spread]) {
      const [px, py] = frame.toPicture(u + du, v);
      const x = Math.max(0, Math.min(width - 1.001, px - 0.5));
      const y = Math.max(0, Math.min(height - 1.001, py - 0.5));
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [s, t] = [x - x0, y - y0];
      const p = (y0 * width + x0) * 4;
      const q = y0 + 1 < height ? p + width * 4 : p;
      const step = x0 + 1 < width ? 4 : 0;
      for (let c = 0; c < 3; c++) {
        const top = rgba[p + c]! * (1 - s) + rgba[p + step + c]! * s;
        const bottom = rgba[q + c]! * (1 - s) + rgba[q + step + c]! * s;
        sum[c]! += (top * (1 - t) + bottom * t) / 3;
      }
    }
    return sum;
  };
  const { halfWidth } = frame;
  const at = (column: number, v: number): Colour => atPlace(columnAt(column, halfWidth), v);
  return {
    halfWidth,
    atPlace,
    at,
    colours: (line) => Array.from(line.subarray(5, COLUMNS - 5), (v, i) => at(i + 5, v)),
  };
}

/**
 * Shifts, a column each, onto the line where `lip` colours end and `beyond` colours begin.
 * `outward` is the side of the line on which `beyond` lies: −1 above, 1 below. Searched in `steps` steps to either side.
 */
function snapEdge(
  read: Reader,
  line: Heights,
  unit: number,
  outward: 1 | -1,
  lip: Colour[],
  beyond: Colour[],
  steps = STEPS,
): Heights {
  const project = separatingAxis(lip, beyond);
  if (project === null) return new Float64Array(COLUMNS);
  const step = (MAX_SHIFT * unit) / STEPS;
  const reach = 7;
  const score = Array.from({ length: COLUMNS }, (_, column) => {
    const profile = Array.from({ length: 2 * (steps + reach) + 1 }, (_, k) =>
      Math.max(-0.5, Math.min(1.5, project(read.at(column, line[column]! + (k - steps - reach) * step)))),
    );
    return Array.from({ length: 2 * steps + 1 }, (_, k) => {
      let above = 0;
      let below = 0;
      for (let r = 1; r <= reach; r++) {
        above += profile[k + reach - r]! / reach;
        below += profile[k + reach + r]! / reach;
      }
      return outward * (above - below);
    });
  });
  return cheapestPath(score, step);
}

/**
 * Shifts onto the dark line between the lips, and how wide that line is at half its depth (median over the mouth's middle);
 * without such a line nothing moves and the width is endless.
 */
function snapValley(read: Reader, line: Heights, unit: number): { shift: Heights; width: number } {
  const step = (MAX_SHIFT * unit) / STEPS;
  const reach = 8;
  const profiles = Array.from({ length: COLUMNS }, (_, column) =>
    Array.from({ length: 2 * (STEPS + reach) + 1 }, (_, k) =>
      luma(read.at(column, line[column]! + (k - STEPS - reach) * step)),
    ),
  );
  const score = profiles.map((profile) =>
    Array.from({ length: 2 * STEPS + 1 }, (_, k) => {
      const here = (profile[k + reach - 1]! + 2 * profile[k + reach]! + profile[k + reach + 1]!) / 4;
      // Dark against both sides: one side alone is the edge of a lip or of a shadow.
      return Math.min(profile[k]!, profile[k + 2 * reach]!) - here;
    }),
  );
  const best = score.map((column) => Math.max(...column)).sort((a, b) => a - b)[COLUMNS >> 1]!;
  if (best < 5) return { shift: new Float64Array(COLUMNS), width: Number.POSITIVE_INFINITY };
  const shift = cheapestPath(
    score.map((column) => column.map((value) => Math.max(-0.5, Math.min(1.5, value / best)))),
    step,
  );
  const widths: number[] = [];
  for (let column = 10; column < COLUMNS - 10; column++) {
    const profile = profiles[column]!;
    const at = Math.round(shift[column]! / step) + STEPS + reach;
    const bottom = profile[at]!;
    const half =
      (bottom + Math.min(profile[Math.max(0, at - reach)]!, profile[Math.min(profile.length - 1, at + reach)]!)) / 2;
    let [from, to] = [at, at];
    while (from > 0 && profile[from - 1]! < half) from--;
    while (to < profile.length - 1 && profile[to + 1]! < half) to++;
    widths.push((to - from + 1) * step);
  }
  return { shift, width: widths.sort((a, b) => a - b)[widths.length >> 1]! };
}

interface CornerShift {
  along: number;
  across: number;
}
const STILL: { left: CornerShift; right: CornerShift } = {
  left: { along: 0, across: 0 },
  right: { along: 0, across: 0 },
};

/** Follows the dark line between the lips past the mesh's corner to where it ends. */
function snapCorner(read: Reader, unit: number, side: -1 | 1): CornerShift {
  const range = MAX_SHIFT * unit;
  const steps = 2 * STEPS;
  const reach = 0.03 * unit;
  const darkest = (u: number, around: number, within: number): { depth: number; v: number } => {
    let best = { depth: -Infinity, v: 0 };
    for (let k = -STEPS; k <= STEPS; k++) {
      const v = around + (k / STEPS) * within;
      const beside = Math.min(luma(read.atPlace(u, v - reach)), luma(read.atPlace(u, v + reach)));
      const depth = beside - luma(read.atPlace(u, v)) - 4 * (k / STEPS) ** 2;
      if (depth > best.depth) best = { depth, v };
    }
    return best;
  };
  const start = darkest(side * read.halfWidth * 0.9, 0, range);
  if (start.depth < 12) return { along: 0, across: 0 };
  let last = start;
  let along = 0;
  for (let i = 0; i <= steps; i++) {
    const t = (i / steps) * range;
    const here = darkest(side * (read.halfWidth + t), last.v, range / 3);
    if (here.depth < Math.max(8, 0.45 * start.depth) || Math.hypot(t, here.v) > range) break;
    last = here;
    along = t;
  }
  const across = Math.max(-range, Math.min(range, last.v));
  return { along: side * along, across: along > 0 ? across : 0.5 * across };
}

const luma = ([r, g, b]: Colour): number => 0.3 * r + 0.59 * g + 0.11 * b;

/** Fisher's discriminant with a diagonal scatter: 1 at the mean of `a`, 0 at that of `b`; null where they overlap. */
function separatingAxis(a: Colour[], b: Colour[]): ((colour: Colour) => number) | null {
  const mean = (colours: Colour[], c: number): number => colours.reduce((sum, v) => sum + v[c]!, 0) / colours.length;
  const weights: number[] = [];
  let distance = 0;
  let middle = 0;
  for (let c = 0; c < 3; c++) {
    const [ma, mb] = [mean(a, c), mean(b, c)];
    const scatter = (colours: Colour[], m: number): number =>
      colours.reduce((sum, v) => sum + (v[c]! - m) ** 2, 0) / colours.length;
    const weight = (ma - mb) / (scatter(a, ma) + scatter(b, mb) + 30);
    weights.push(weight);
    distance += weight * (ma - mb);
    middle += weight * mb;
  }
  if (distance < 0.8) return null;
  return (colour) => (weights[0]! * colour[0] + weights[1]! * colour[1] + weights[2]! * colour[2] - middle) / distance;
}

/** The path of greatest score through the columns, bending little and staying near zero where nothing speaks against it. */
function cheapestPath(score: readonly (readonly number[])[], step: number): Heights {
  const bins = score[0]!.length;
  const steps = (bins - 1) / 2;
  const jump = 2 * STEPS;
  let cost = new Float64Array(bins);
  const from: Int16Array[] = [];
  for (let column = 0; column < COLUMNS; column++) {
    const next = new Float64Array(bins);
    const back = new Int16Array(bins);
    // Corners carry little evidence and much noise.
    const trust = Math.min(1, (column + 1) / 6, (COLUMNS - column) / 6);
    for (let k = 0; k < bins; k++) {
      let best = Infinity;
      for (let j = Math.max(0, k - 4); j <= Math.min(bins - 1, k + 4); j++) {
        const value = cost[j]! + STIFFNESS * ((k - j) / jump) ** 2;
        if (value < best) {
          best = value;
          back[k] = j;
        }
      }
      const away = (k - steps) / steps;
      next[k] = best - trust * score[column]![k]! + RELUCTANCE * away * away;
    }
    cost = next;
    from.push(back);
  }
  let k = cost.indexOf(Math.min(...cost));
  const shifts = new Float64Array(COLUMNS);
  for (let column = COLUMNS - 1; column >= 0; column--) {
    shifts[column] = (k - steps) * step;
    k = from[column]![k]!;
  }
  return shifts.map((_, i) => {
    const [a, b, c] = [shifts[Math.max(0, i - 1)]!, shifts[i]!, shifts[Math.min(COLUMNS - 1, i + 1)]!];
    return (a + 2 * b + c) / 4;
  });
}

/** Outer above inner above seam above inner above outer, with at least `thin` of lip away from the corners. */
function inOrder(lips: FaceLandmarks['lips'], frame: MouthFrame, thin: number): FaceLandmarks['lips'] {
  const last = lips.innerUpper.length - 1;
  const across = (point: Point3): number => frame.toLocal(point)[1];
  const outerAt = (points: readonly Point3[], u: number): number =>
    valueAt(resample(points.map(frame.toLocal), frame.halfWidth), u, frame.halfWidth);
  const innerUpper = [...lips.innerUpper];
  const innerLower = [...lips.innerLower];
  for (let i = 0; i <= last; i++) {
    const thickness = i === 0 || i === last ? 0 : thin;
    const [u, upper] = frame.toLocal(innerUpper[i]!);
    const low = outerAt(lips.outerLower, u) - thickness;
    const high = outerAt(lips.outerUpper, u) + thickness;
    const newUpper = Math.min(Math.max(upper, high), Math.max(low, high));
    innerUpper[i] = frame.moved(innerUpper[i]!, newUpper - upper);
    const lower = across(innerLower[i]!);
    const newLower = Math.max(newUpper, Math.min(lower, Math.max(low, newUpper)));
    innerLower[i] = frame.moved(innerLower[i]!, newLower - lower);
  }
  innerLower[0] = innerUpper[0]!;
  innerLower[last] = innerUpper[last]!;
  return { ...lips, innerUpper, innerLower };
}

const columnAt = (column: number, halfWidth: number): number => ((2 * column) / (COLUMNS - 1) - 1) * halfWidth * 0.96;

function resample(points: readonly (readonly [number, number])[], halfWidth: number): Heights {
  const out = new Float64Array(COLUMNS);
  for (let column = 0; column < COLUMNS; column++) {
    const u = columnAt(column, halfWidth);
    let i = 1;
    while (i < points.length - 1 && points[i]![0] < u) i++;
    const [a, b] = [points[i - 1]!, points[i]!];
    const t = Math.max(0, Math.min(1, (u - a[0]) / (b[0] - a[0] || 1)));
    out[column] = a[1] + t * (b[1] - a[1]);
  }
  return out;
}

function valueAt(values: Heights, u: number, halfWidth: number): number {
  const at = Math.max(0, Math.min(COLUMNS - 1, ((u / (halfWidth * 0.96) + 1) / 2) * (COLUMNS - 1)));
  const i = Math.min(COLUMNS - 2, Math.floor(at));
  return values[i]! + (at - i) * (values[i + 1]! - values[i]!);
}
