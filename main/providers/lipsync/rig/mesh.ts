/**
 * The mesh: rings round the mouth, with the mouth's opening as their hole. The innermost rings lie on the lips, the
 * others widen to the border of the motion region.
 */
import type { Rect } from '../../../engine/ports/lipsync.ts';
import type { Face } from './face-frame.ts';
import { clamp, mix, type Point, spline } from './math.ts';

/** Columns on one lip; a ring has twice as many: 0..HALF over the upper lip left to right, HALF..COLUMNS back below. */
export const HALF = 36;
export const COLUMNS = HALF * 2;
/** Shares of the lip's thickness at which its rings lie; the second is set per column to the edge's feather. */
const LIP_RINGS = [0, 0.1, 0.32, 0.55, 0.78, 1];
const OUTER_RINGS = 17;
/** The ring on the lips’ outer edge. */
export const OUTER_LIP_RING = LIP_RINGS.length - 1;
export const RINGS = LIP_RINGS.length + OUTER_RINGS;
export const VERTICES = RINGS * COLUMNS;

/** Width of the lips' soft edge, in pixels. */
export const featherPx = (iod: number): number => Math.max(1.1, iod * 0.0095);

export interface RigMesh {
  /** Rest position in pixels of the region. */
  px: Float32Array;
  py: Float32Array;
  /** Rest position in face units. */
  fx: Float32Array;
  fy: Float32Array;
  /** 0 at the inner lip edge, 1 at the outer and beyond. */
  lipLevel: Float32Array;
  /** Distance from the outer lip edge, in face units; 0 on the lips. */
  beyond: Float32Array;
  /** Per column: place along the lip 0..1 from picture left, and which lip (−1 upper, 1 lower, 0 corner). */
  along: Float32Array;
  side: Int8Array;
  inner: Point[];
  outer: Point[];
  /** u16 triples: the soft edge of the lips, and everything else. */
  feather: Uint16Array;
  body: Uint16Array;
}

/** Where a ray from the mouth meets the region's border. */
function toBorder(from: Point, direction: Point, width: number, height: number): Point {
  let reach = Number.POSITIVE_INFINITY;
  if (direction[0] > 1e-6) reach = Math.min(reach, (width - from[0]) / direction[0]);
  if (direction[0] < -1e-6) reach = Math.min(reach, -from[0] / direction[0]);
  if (direction[1] > 1e-6) reach = Math.min(reach, (height - from[1]) / direction[1]);
  if (direction[1] < -1e-6) reach = Math.min(reach, -from[1] / direction[1]);
  return [from[0] + direction[0] * reach, from[1] + direction[1] * reach];
}

export function buildMesh(face: Face, region: Rect): RigMesh {
  const { frame, lips } = face;
  const f32 = (): Float32Array => new Float32Array(VERTICES);
  const mesh: RigMesh = {
    px: f32(),
    py: f32(),
    fx: f32(),
    fy: f32(),
    lipLevel: f32(),
    beyond: f32(),
    along: new Float32Array(COLUMNS),
    side: new Int8Array(COLUMNS),
    inner: [],
    outer: [],
    feather: new Uint16Array(),
    body: new Uint16Array(),
  };
  const inRegion = (x: number, y: number): Point => {
    const [sx, sy] = frame.toStage(x, y);
    return [sx - region.x, sy - region.y];
  };
  const centre = inRegion(face.mouth.centreX, face.mouth.cornerY);
  const border: Point[] = [];
  for (let j = 0; j < COLUMNS; j++) {
    const upper = j <= HALF;
    const step = (upper ? j : COLUMNS - j) / HALF;
    // Denser towards the corners, where lips bend most.
    const u = 0.5 - 0.5 * Math.cos(Math.PI * step);
    mesh.along[j] = u;
    mesh.side[j] = j === 0 || j === HALF ? 0 : upper ? -1 : 1;
    mesh.inner.push(spline(upper ? lips.innerUpper : lips.innerLower, u));
    mesh.outer.push(spline(upper ? lips.outerUpper : lips.outerLower, u));
    const angle = Math.PI + (Math.PI * j) / HALF;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    border.push(
      toBorder(centre, [dx * frame.cos - dy * frame.sin, dx * frame.sin + dy * frame.cos], region.width, region.height),
    );
  }
  // No ray points exactly at a corner of the region: the nearest border point becomes it.
  for (const corner of [
    [0, 0],
    [region.width, 0],
    [0, region.height],
    [region.width, region.height],
  ] as const) {
    let nearest = 0;
    const distance = (p: Point): number => Math.hypot(p[0] - corner[0], p[1] - corner[1]);
    // Only these columns reach the border: see stepAt.
    for (let j = WIDEST; j < COLUMNS; j += WIDEST) if (distance(border[j]!) < distance(border[nearest]!)) nearest = j;
    border[nearest] = corner;
  }
  const set = (v: number, x: number, y: number): void => {
    mesh.px[v] = x;
    mesh.py[v] = y;
    [mesh.fx[v], mesh.fy[v]] = frame.toFace(x + region.x, y + region.y);
  };
  for (let j = 0; j < COLUMNS; j++) {
    const [i, o] = [inRegion(...mesh.inner[j]!), inRegion(...mesh.outer[j]!)];
    const thickness = Math.max(1, Math.hypot(o[0] - i[0], o[1] - i[1]));
    LIP_RINGS.forEach((share, ring) => {
      const level = ring === 1 ? Math.min(0.25, featherPx(frame.iod) / thickness) : share;
      const v = ring * COLUMNS + j;
      set(v, mix(i[0], o[0], level), mix(i[1], o[1], level));
      mesh.lipLevel[v] = level;
    });
    for (let ring = 1; ring <= OUTER_RINGS; ring++) {
      const t = ring / OUTER_RINGS;
      const share = 0.35 * t + 0.65 * t * t;
      const v = (LIP_RINGS.length - 1 + ring) * COLUMNS + j;
      set(v, mix(o[0], border[j]![0], share), mix(o[1], border[j]![1], share));
      mesh.lipLevel[v] = 1;
      mesh.beyond[v] = Math.hypot(mesh.px[v]! - o[0], mesh.py[v]! - o[1]) / frame.iod;
    }
  }
  const feather: number[] = [];
  const body: number[] = [];
  for (let ring = 0; ring < RINGS - 1; ring++) {
    for (let j = 0; j < COLUMNS; j += WIDEST) stitch(ring, j, ring === 0 ? feather : body);
  }
  mesh.feather = Uint16Array.from(feather);
  mesh.body = Uint16Array.from(body);
  return mesh;
}

/** Columns a triangle spans at most. */
const WIDEST = 4;
/**
 * How many columns apart a ring's vertices are used: every one where the face is, fewer where only neck, shoulders and hair
 * lie. Thin triangles cost more than they show. The brows need the upper half fine for longer than the lower.
 */
function stepAt(ring: number, column: number): number {
  const [every, second] = column < HALF ? [17, 20] : [9, 16];
  return ring < every ? 1 : ring < second ? 2 : WIDEST;
}

/** Triangles between two rings over WIDEST columns from `column` on; the rings' steps may differ. */
function stitch(ring: number, column: number, into: number[]): void {
  const at = (r: number, offset: number): number => r * COLUMNS + ((column + offset) % COLUMNS);
  const [stepIn, stepOut] = [stepAt(ring, column), stepAt(ring + 1, column)];
  for (let i = 0, o = 0; i < WIDEST || o < WIDEST; ) {
    if (i + stepIn <= o + stepOut) {
      into.push(at(ring, i), at(ring, i + stepIn), at(ring + 1, o));
      i += stepIn;
    } else {
      into.push(at(ring, i), at(ring + 1, o + stepOut), at(ring + 1, o));
      o += stepOut;
    }
  }
}

/** Depth at every vertex in face units, positive towards the viewer: Gaussian-weighted mean of the landmarks' own z. */
export function depthOf(face: Face, mesh: RigMesh): { depth: Float32Array; pivot: number } {
  const { frame, landmarks: lm } = face;
  const known: [number, number, number][] = [];
  const points = [
    ...Object.values(lm.lips).flat(),
    ...[lm.eyes.left, lm.eyes.right, lm.brows.left, lm.brows.right].flatMap((e) => [...e.upper, ...e.lower]),
    lm.nose.bridge,
    lm.nose.tip,
    lm.nose.base,
    lm.cheeks.left,
    lm.cheeks.right,
    ...lm.oval,
  ];
  for (const p of points) known.push([...frame.of(p), -p[2] / frame.iod]);
  const back = Math.min(...lm.oval.map((p) => -p[2] / frame.iod));
  const [cx, cy] = face.outline.centre;
  for (const p of lm.oval) {
    const [x, y] = frame.of(p);
    for (const out of [1.3, 1.7])
      known.push([cx + (x - cx) * out, cy + (y - cy) * out, back - 0.05 - 0.25 * (out - 1.3)]);
  }
  const depth = new Float32Array(VERTICES);
  for (let v = 0; v < VERTICES; v++) {
    let sum = 0;
    let weights = 1e-9;
    for (const [x, y, z] of known) {
      const d2 = (mesh.fx[v]! - x) ** 2 + (mesh.fy[v]! - y) ** 2;
      const weight = Math.exp(-d2 / (2 * 0.16 ** 2)) + 1e-4 / (1 + d2 * 4);
      sum += weight * z;
      weights += weight;
    }
    depth[v] = sum / weights;
  }
  return { depth, pivot: clamp(back - 0.15, -2, 0) };
}
