/** Plane curves the avatars are built from. All coordinates are pixels of the 1280×1280 portrait. */

export type Pt = readonly [number, number];

/** Points written as in an SVG `points` attribute: `x,y x,y …`. */
export const pts = (text: string): Pt[] =>
  text.split(' ').map((pair): Pt => {
    const [x, y] = pair.split(',').map(Number);
    return [x, y];
  });

/** A smooth curve through the points (centripetal Catmull–Rom, after Barry and Goldman 1988), as a dense polyline. */
export function smoothCurve(points: readonly Pt[], closed = false, steps = 20): Pt[] {
  const n = points.length;
  if (n < 3) return [...points];
  const at = (i: number): Pt => {
    if (closed) return points[(i + n) % n];
    if (i < 0) return [2 * points[0][0] - points[1][0], 2 * points[0][1] - points[1][1]];
    if (i >= n) return [2 * points[n - 1][0] - points[n - 2][0], 2 * points[n - 1][1] - points[n - 2][1]];
    return points[i];
  };
  const out: Pt[] = [];
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const t1 = knot(p0, p1);
    const t2 = t1 + knot(p1, p2);
    const t3 = t2 + knot(p2, p3);
    for (let s = 0; s < steps; s++) {
      const t = t1 + ((t2 - t1) * s) / steps;
      const a1 = mix(p0, p1, t / t1);
      const a2 = mix(p1, p2, (t - t1) / (t2 - t1));
      const a3 = mix(p2, p3, (t - t2) / (t3 - t2));
      const b1 = mix(a1, a2, t / t2);
      const b2 = mix(a2, a3, (t - t1) / (t3 - t1));
      out.push(mix(b1, b2, (t - t1) / (t2 - t1)));
    }
  }
  if (!closed) out.push(points[n - 1]);
  return out;
}

const knot = (a: Pt, b: Pt): number => Math.max(1e-3, Math.sqrt(Math.hypot(b[0] - a[0], b[1] - a[1])));

export const mix = (a: Pt, b: Pt, t: number): Pt => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/** Mirrors at x = cx and reverses, so that a half drawn left to right becomes the other half drawn left to right. */
export const mirrored = (points: readonly Pt[], cx: number): Pt[] =>
  points.map(([x, y]): Pt => [2 * cx - x, y]).reverse();

export const shifted = (points: readonly Pt[], dx: number, dy: number): Pt[] =>
  points.map(([x, y]): Pt => [x + dx, y + dy]);

/** The point at a share 0..1 of the polyline's length. */
export function pointAlong(line: readonly Pt[], share: number): Pt {
  const lengths = [0];
  for (let i = 1; i < line.length; i++)
    lengths.push(lengths[i - 1] + Math.hypot(line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]));
  const target = share * lengths[lengths.length - 1];
  let i = 1;
  while (i < line.length - 1 && lengths[i] < target) i++;
  const span = lengths[i] - lengths[i - 1] || 1;
  return mix(line[i - 1], line[i], Math.min(1, Math.max(0, (target - lengths[i - 1]) / span)));
}

/** `count` points evenly spaced along the line, ends included. */
export const spacedAlong = (line: readonly Pt[], count: number): Pt[] =>
  Array.from({ length: count }, (_, i) => pointAlong(line, i / (count - 1)));

/** The points of a left-to-right line at the given shares (0..1) of its extent in x. */
export function atSharesInX(line: readonly Pt[], shares: readonly number[]): Pt[] {
  const x0 = line[0][0];
  const x1 = line[line.length - 1][0];
  return shares.map((share): Pt => {
    const x = x0 + (x1 - x0) * share;
    let i = 1;
    while (i < line.length - 1 && line[i][0] < x) i++;
    const [a, b] = [line[i - 1], line[i]];
    const t = (x - a[0]) / (b[0] - a[0] || 1);
    return [x, a[1] + (b[1] - a[1]) * clamp01(t)];
  });
}

/** Reproducible numbers in 0..1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const clamp01 = (v: number): number => Math.min(1, Math.max(0, v));
export const smoothstep = (a: number, b: number, v: number): number => {
  const t = clamp01((v - a) / (b - a));
  return t * t * (3 - 2 * t);
};
