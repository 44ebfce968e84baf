/**
 * What each action does to the mesh: one displacement field an action, precomputed, so that a frame is a weighted sum.
 * All constants are in face units (inter-ocular distances).
 */
import type { AvatarPlate, Rect } from '../../../engine/ports/lipsync.ts';
import type { Face } from './face-frame.ts';
import { clamp, Graph, mix, type Point, smoothstep, spline } from './math.ts';
import { COLUMNS, depthOf, HALF, RINGS, type RigMesh, VERTICES } from './mesh.ts';

export const FIELDS = [
  'close',
  'jaw',
  'wide',
  'pucker',
  'upperLift',
  'lowerDrop',
  'press',
  'tuck',
  'smile',
  'cheek',
  'browRaise',
  'browInner',
  'frown',
  'moveX',
  'moveY',
  'roll',
  'yaw',
  'pitch',
  'zoom',
  'breath',
] as const;
export type Field = (typeof FIELDS)[number];
/** The fields that move the skull: teeth follow these and no others. */
export const HEAD_FIELDS = ['moveX', 'moveY', 'roll', 'yaw', 'pitch', 'zoom'] as const satisfies readonly Field[];

/** Displacement in region pixels per unit of the action, one value a vertex. */
export interface FieldArrays {
  x: Float32Array;
  y: Float32Array;
}
export type Fields = Record<Field, FieldArrays>;

/** Lips lead the skin round them: far above the mouth little moves, below it much. */
function reachOf(column: number): number {
  const up = Math.sin((Math.PI * column) / HALF);
  return up > 0 ? mix(0.62, 0.34, up) : mix(0.62, 0.72, -up);
}

const arch = (u: number, power: number): number => 1 - Math.abs(2 * u - 1) ** power;

/** `edge`: how free each vertex is to move, see {@link edgeFade}. */
export function buildFields(face: Face, mesh: RigMesh, edge: Float32Array): Fields {
  const { frame, mouth, chin } = face;
  const { iod, cos, sin } = frame;
  const { fx, fy, lipLevel, beyond, along, side } = mesh;

  const field = (displace: (v: number, column: number) => Point): FieldArrays => {
    const x = new Float32Array(VERTICES);
    const y = new Float32Array(VERTICES);
    for (let v = 0; v < VERTICES; v++) {
      const [dx, dy] = displace(v, v % COLUMNS);
      const scale = iod * edge[v]!;
      x[v] = (dx * cos - dy * sin) * scale;
      y[v] = (dx * sin + dy * cos) * scale;
    }
    return { x, y };
  };

  /** 1 inside the face, 0 at its outline: cheeks are not the ears' business. */
  const inside = Float32Array.from(
    { length: VERTICES },
    (_, v) => 1 - smoothstep(0.66, 0.98, face.outline.ratio(fx[v]!, fy[v]!)),
  );

  type LipMove = (u: number, side: number, column: number) => Point;
  /** A move given on the inner and outer lip edge, blended across the lip and fading into the skin. */
  const lips = (inner: LipMove, outer: LipMove, reach: number): FieldArrays =>
    field((v, j) => {
      const level = lipLevel[v]!;
      const a = inner(along[j]!, side[j]!, j);
      const b = outer(along[j]!, side[j]!, j);
      const far = beyond[v]! / (reachOf(j) * reach);
      const fade = beyond[v]! === 0 ? 1 : far >= 1 ? 0 : (1 - far * far) ** 2;
      const lateral = beyond[v]! === 0 ? 1 : inside[v]!;
      return [mix(a[0], b[0], level) * fade * lateral, mix(a[1], b[1], level) * fade];
    });

  const gapAt = (u: number): number => spline(face.lips.innerLower, u)[1] - spline(face.lips.innerUpper, u)[1];
  const widest = Math.max(...[0.2, 0.35, 0.5, 0.65, 0.8].map(gapAt));
  const thickness = (u: number, s: number): number => {
    const [a, b] = s < 0 ? [face.lips.innerUpper, face.lips.outerUpper] : [face.lips.innerLower, face.lips.outerLower];
    return Math.abs(spline(b, u)[1] - spline(a, u)[1]);
  };
  /** Column's place across the mouth, −1 at the left corner, 1 at the right. */
  const across = (p: Point): number => clamp((p[0] - mouth.centreX) / (mouth.width / 2), -1.15, 1.15);
  const xi = (j: number): number => across(mesh.inner[j]!);
  const xo = (j: number): number => across(mesh.outer[j]!);

  /** A portrait that smiles with open lips bends its closed line too much: part of the arc is taken out. */
  const flatten = widest > 0.075 ? 0.55 : 0;
  const seamDrop = (u: number): number => {
    const upper = spline(face.lips.innerUpper, u)[1];
    return flatten * (mix(face.lips.innerUpper[0]![1], face.lips.innerUpper[10]![1], u) - (upper + 0.42 * gapAt(u)));
  };
  const close = lips(
    (u, s) => [0, (s < 0 ? 0.42 : s > 0 ? -0.58 : 0) * Math.max(0, gapAt(u)) + seamDrop(u)],
    (u, s) => [0, (s < 0 ? 0.02 : s > 0 ? -0.36 : 0) * Math.max(0, gapAt(u)) + 0.5 * seamDrop(u)],
    0.9,
  );

  const jawDrop = 0.25;
  const jawAtLip = (u: number, s: number, level: number): number => {
    const p = mix(arch(u, 2.2), arch(u, 3), level);
    return s < 0 ? 0.3 * (1 - p) : mix(0.3, 1, p);
  };
  const jawArea = (x: number, y: number): number => {
    const down = smoothstep(-0.3, 0.42, y) * (1 - smoothstep(chin[1] + 0.02, chin[1] + 0.46, y));
    return down * (1 - smoothstep(0.3, 1.02, Math.abs(x - mouth.centreX * 0.5) / face.halfWidth));
  };
  const jaw = field((v, j) => {
    const s = j <= HALF ? -1 : 1;
    const skin = beyond[v]! > 0 ? smoothstep(0, 0.34, beyond[v]!) : 0;
    const drop = mix(jawAtLip(along[j]!, s, lipLevel[v]!), jawArea(fx[v]!, fy[v]!), skin);
    const inward =
      -0.085 *
      clamp((fx[v]! - mouth.centreX) / (mouth.width / 2), -1.2, 1.2) *
      (1 - smoothstep(0.02, 0.55, beyond[v]!)) *
      (beyond[v]! > 0 ? inside[v]! : 1);
    return [inward, drop * jawDrop];
  });

  const wide = lips(
    (_u, _s, j) => [0.105 * xi(j), -0.012 * xi(j) ** 2],
    (u, s, j) => [0.105 * xo(j), -0.012 * xo(j) ** 2 - s * 0.01 * arch(u, 2.2)],
    1.1,
  );
  const pucker = lips(
    (u, s, j) => [-0.34 * (mouth.width / 2) * xi(j), s * (s < 0 ? 0.028 : 0.012) * arch(u, 2.2)],
    (u, s, j) => [-0.29 * (mouth.width / 2) * xo(j), s * 0.02 * arch(u, s < 0 ? 2.2 : 1.6)],
    0.82,
  );
  const upperLift = lips(
    (u, s) => [0, s < 0 ? -0.085 * Math.sin(Math.PI * u) ** 1.1 : 0],
    (u, s) => [0, s < 0 ? -0.07 * arch(u, 2.2) : 0],
    0.95,
  );
  const lowerDrop = lips(
    (u, s) => [0, s > 0 ? 0.09 * Math.sin(Math.PI * u) ** 1.1 : 0],
    (u, s) => [0, s > 0 ? 0.07 * arch(u, 2) : 0],
    0.8,
  );
  const press = lips(
    () => [0, 0.006],
    (u, s) => [0, s < 0 ? 0.3 * thickness(u, s) : s > 0 ? -0.26 * thickness(u, s) : 0],
    0.7,
  );
  const tuck = lips(
    (u, s) => [0, s > 0 ? -0.02 * arch(u, 2.4) : -0.004 * arch(u, 2.2)],
    (u, s) => [0, s > 0 ? -0.048 * arch(u, 2.2) : -0.004],
    0.8,
  );
  const corner = (x: number): Point => {
    const k = Math.abs(x) ** 1.6;
    return [0.055 * Math.sign(x) * k, -0.085 * k + 0.012 * (1 - k)];
  };
  const smile = lips(
    (_u, _s, j) => corner(xi(j)),
    (_u, _s, j) => corner(xo(j)),
    1.25,
  );

  const bump = (v: number, [cx, cy]: Point, rx: number, ry: number): number =>
    Math.exp(-((fx[v]! - cx) ** 2 / (2 * rx * rx) + (fy[v]! - cy) ** 2 / (2 * ry * ry)));
  const cheeks = [frame.of(face.landmarks.cheeks.left), frame.of(face.landmarks.cheeks.right)];
  const cheek = field((v) => [0, -0.05 * cheeks.reduce((sum, c) => sum + bump(v, c, 0.26, 0.2), 0)]);

  const brows = browMoves(face);
  const brow = (move: (inner: number, outward: number) => Point): FieldArrays =>
    field((v) => {
      let x = 0;
      let y = 0;
      let weights = 0;
      for (const { at, inner, outward, lid } of brows) {
        // The lids have their own drawing: brows fade out before they reach them.
        const weight = bump(v, at, 0.15, 0.14) * smoothstep(lid.at(fx[v]!) + 0.0, lid.at(fx[v]!) - 0.15, fy[v]!);
        const [dx, dy] = move(inner, outward);
        x += dx * weight;
        y += dy * weight;
        weights += weight;
      }
      // Overlapping bumps must not add up to more than the move itself.
      const total = Math.max(1, weights);
      return [x / total, y / total];
    });
  const browRaise = brow(() => [0, -0.075]);
  const browInner = brow((inner) => [0, -0.085 * inner ** 2 + 0.02 * (1 - inner) ** 2]);
  const frown = brow((inner, outward) => [-outward * 0.05 * inner ** 2, 0.065 * inner ** 2 + 0.012]);

  const { depth, pivot } = depthOf(face, mesh);
  /** 1 on the head, fading down the neck; the shoulders stay. */
  const head = Float32Array.from({ length: VERTICES }, (_, v) => {
    const outside = Math.max(0, Math.abs(fx[v]! - face.centreX) - face.halfWidth * 0.75);
    return 1 - smoothstep(chin[1] - 0.02, chin[1] + 1.05, fy[v]! + 0.22 * outside);
  });
  const neck: Point = [face.centreX, chin[1] + 0.45];
  return {
    close,
    jaw,
    wide,
    pucker,
    upperLift,
    lowerDrop,
    press,
    tuck,
    smile,
    cheek,
    browRaise,
    browInner,
    frown,
    moveX: field((v) => [head[v]!, 0]),
    moveY: field((v) => [0, head[v]!]),
    roll: field((v) => [-(fy[v]! - neck[1]) * head[v]!, (fx[v]! - neck[0]) * head[v]!]),
    yaw: field((v) => [(depth[v]! - pivot) * head[v]!, 0]),
    pitch: field((v) => [0, (depth[v]! - pivot) * head[v]!]),
    zoom: field((v) => [(fx[v]! - face.centreX) * head[v]!, (fy[v]! - neck[1]) * head[v]!]),
    breath: field((v) => [0, -smoothstep(chin[1] + 0.1, chin[1] + 0.8, fy[v]!)]),
  };
}

interface BrowPoint {
  at: Point;
  /** 1 at the inner end, 0 at the outer. */
  inner: number;
  /** Direction away from the nose. */
  outward: number;
  lid: Graph;
}

function browMoves(face: Face): BrowPoint[] {
  const { frame, landmarks } = face;
  return (['left', 'right'] as const).flatMap((which) => {
    const { upper, lower } = landmarks.brows[which];
    const lid = new Graph(landmarks.eyes[which].upper.map((p) => frame.of(p)));
    return upper.map((p, k): BrowPoint => {
      const [ax, ay] = frame.of(p);
      const [bx, by] = frame.of(lower[k]!);
      return {
        at: [(ax + bx) / 2, (ay + by) / 2],
        inner: (which === 'left' ? k : 4 - k) / 4,
        outward: which === 'left' ? -1 : 1,
        lid,
      };
    });
  });
}

/**
 * A share of motion for every vertex: it dies towards a border where the person goes on beyond it: nothing may tear there, and
 * no hole may show. Where only background meets the border, hair may move freely. Round a mouth outside `region` the mesh
 * is none: nothing moves.
 */
export function edgeFade(mesh: RigMesh, region: Rect, plate: AvatarPlate, iod: number): Float32Array {
  const mouth: Point = [mesh.px[0]!, mesh.py[HALF >> 1]!];
  if (mouth[0] < 0 || mouth[1] < 0 || mouth[0] > region.width || mouth[1] > region.height)
    return new Float32Array(VERTICES);
  const bounds = {
    left: Math.max(region.x, plate.picture.x, 0),
    top: Math.max(region.y, plate.picture.y, 0),
    right: Math.min(region.x + region.width, plate.picture.x + plate.picture.width, plate.width),
    bottom: Math.min(region.y + region.height, plate.picture.y + plate.picture.height, plate.height),
  };
  const alpha = (x: number, y: number): number => {
    const [px, py] = [clamp(Math.round(x), 0, plate.width - 1), clamp(Math.round(y), 0, plate.height - 1)];
    return plate.person[(py * plate.width + px) * 4 + 3]!;
  };
  const touches = (along: (t: number) => Point): boolean => {
    for (let i = 0; i <= 100; i++) if (alpha(...along(i / 100)) > 8) return true;
    return false;
  };
  const inset = 2;
  const span = {
    left: touches((t) => [bounds.left + inset, mix(bounds.top, bounds.bottom - 1, t)]),
    right: touches((t) => [bounds.right - 1 - inset, mix(bounds.top, bounds.bottom - 1, t)]),
    top: touches((t) => [mix(bounds.left, bounds.right - 1, t), bounds.top + inset]),
    bottom: touches((t) => [mix(bounds.left, bounds.right - 1, t), bounds.bottom - 1 - inset]),
  };
  const reach = clamp(iod * 0.45, 12, 64);
  return Float32Array.from({ length: VERTICES }, (_, v) => {
    if (v >= (RINGS - 1) * COLUMNS) return 0;
    const x = mesh.px[v]! + region.x;
    const y = mesh.py[v]! + region.y;
    let near = Number.POSITIVE_INFINITY;
    if (span.left) near = Math.min(near, x - bounds.left);
    if (span.right) near = Math.min(near, bounds.right - x);
    if (span.top) near = Math.min(near, y - bounds.top);
    if (span.bottom) near = Math.min(near, bounds.bottom - y);
    return smoothstep(0, reach, near);
  });
}
