/** A face as curves. The same curves are painted and handed out as landmarks, so the landmarks are exact by construction. */
import { type FaceLandmarks, faceLandmarksSchema, type Point3 } from '../../app/document/landmarks.ts';
import { atSharesInX, mirrored, type Pt, pointAlong, shifted, smoothCurve, spacedAlong } from './curves.ts';

/** Points of a half face lie on the picture's right; the other half is its mirror image at `cx`. */
export interface FaceDesign {
  cx: number;
  /** From the middle of the forehead clockwise to the chin. */
  outline: readonly Pt[];
  /** Where the landmarks' oval crosses the forehead; the painted skin goes on up under the hair. */
  foreheadY: number;
  /** Middle of the face for its relief. */
  middle: Pt;
  eye: {
    centre: Pt;
    /** Relative to the centre, from the inner corner to the outer one. */
    upper: readonly Pt[];
    lower: readonly Pt[];
    iris: { dx: number; dy: number; radius: number };
  };
  /** From the inner end to the outer one. */
  brow: { upper: readonly Pt[]; lower: readonly Pt[] };
  /** Relative to (cx, y), from the middle to the picture-right corner; all four end in the corner. */
  lips: {
    y: number;
    outerUpper: readonly Pt[];
    outerLower: readonly Pt[];
    seam: readonly Pt[];
    /** Distance between the two inner contours in the middle. */
    seamHeight: number;
  };
  nose: { bridgeY: number; tipY: number; baseY: number; wing: Pt };
  cheek: Pt;
}

export interface EyeCurves {
  side: 'left' | 'right';
  upper: Pt[];
  lower: Pt[];
  inner: Pt;
  outer: Pt;
  iris: { x: number; y: number; radius: number };
}

export interface FaceCurves {
  outline: Pt[];
  eyes: { left: EyeCurves; right: EyeCurves };
  brows: { left: { upper: Pt[]; lower: Pt[] }; right: { upper: Pt[]; lower: Pt[] } };
  lips: { outerUpper: Pt[]; outerLower: Pt[]; innerUpper: Pt[]; innerLower: Pt[] };
  pupilDistance: number;
}

export function curvesOf(design: FaceDesign): FaceCurves {
  const { cx } = design;
  const half = design.outline;
  const outline = smoothCurve([...half, ...mirrored(half.slice(1, -1), cx)], true);
  const eyeRight = eyeCurves(design, 'right');
  const eyeLeft = eyeCurves(design, 'left');
  const brow = { upper: smoothCurve(design.brow.upper), lower: smoothCurve(design.brow.lower) };
  const lip = (points: readonly Pt[], lift = 0): Pt[] => {
    const right = shifted(points, cx, design.lips.y).map(
      ([x, y], i): Pt => [x, y + lift * (1 - i / (points.length - 1))],
    );
    return smoothCurve([...mirrored(right.slice(1), cx), ...right]);
  };
  const { lips } = design;
  return {
    outline,
    eyes: { left: eyeLeft, right: eyeRight },
    brows: { right: brow, left: { upper: mirrored(brow.upper, cx), lower: mirrored(brow.lower, cx) } },
    lips: {
      outerUpper: lip(lips.outerUpper),
      outerLower: lip(lips.outerLower),
      innerUpper: lip(lips.seam, -lips.seamHeight / 2),
      innerLower: lip(lips.seam, lips.seamHeight / 2),
    },
    pupilDistance: eyeRight.iris.x - eyeLeft.iris.x,
  };
}

function eyeCurves(design: FaceDesign, side: 'left' | 'right'): EyeCurves {
  const { cx, eye } = design;
  const [ex, ey] = eye.centre;
  const upper = smoothCurve(shifted(eye.upper, ex, ey));
  const lower = smoothCurve(shifted(eye.lower, ex, ey));
  const iris = { x: ex + eye.iris.dx, y: ey + eye.iris.dy, radius: eye.iris.radius };
  if (side === 'right') return { side, upper, lower, inner: upper[0], outer: upper[upper.length - 1], iris };
  const [u, l] = [mirrored(upper, cx), mirrored(lower, cx)];
  return { side, upper: u, lower: l, inner: u[u.length - 1], outer: u[0], iris: { ...iris, x: 2 * cx - iris.x } };
}

export function landmarksOf(design: FaceDesign): FaceLandmarks {
  const c = curvesOf(design);
  const { cx } = design;
  const iod = c.pupilDistance;
  const halfWidth = Math.max(...c.outline.map(([x]) => x)) - cx;
  const top = design.outline[0][1];
  const bottom = design.outline[design.outline.length - 1][1];
  const midY = (top + bottom) / 2;
  // An ellipsoid head: about −0.2 pupil distances at its front, +0.8 at its sides.
  const depth = ([x, y]: Pt, out = 0): Point3 => {
    const u = (x - cx) / halfWidth;
    const v = (y - midY) / ((bottom - top) / 2);
    const z = -0.22 + 1 - Math.sqrt(Math.max(0, 1 - 0.97 * u * u - (v > 0 ? 0.4 : 0.2) * v * v)) - out;
    return [round(x), round(y), round(z * iod)];
  };
  const all = (line: Pt[], out = 0): Point3[] => line.map((p) => depth(p, out));
  const eye = (e: EyeCurves) => ({
    upper: all(spacedAlong(e.upper, 9), -0.1),
    lower: all(spacedAlong(e.lower, 9), -0.1),
    iris: { x: round(e.iris.x), y: round(e.iris.y), radius: round(e.iris.radius) },
  });
  const brow = (b: { upper: Pt[]; lower: Pt[] }) => ({
    upper: all(spacedAlong(b.upper, 5)),
    lower: all(spacedAlong(b.lower, 5)),
  });
  const lip = (line: Pt[], shares: readonly number[], out: number): Point3[] =>
    atSharesInX(line, shares).map((p, i) => depth(p, out * Math.sin((Math.PI * i) / 10)));
  const oval = ovalOf(design, c.outline).map((p) => depth(p));
  return faceLandmarksSchema.parse({
    lips: {
      outerUpper: lip(c.lips.outerUpper, OUTER_LIP_SHARES, 0.08),
      outerLower: lip(c.lips.outerLower, OUTER_LIP_SHARES, 0.06),
      innerUpper: lip(c.lips.innerUpper, INNER_LIP_SHARES, 0.07),
      innerLower: lip(c.lips.innerLower, INNER_LIP_SHARES, 0.07),
    },
    eyes: { left: eye(c.eyes.left), right: eye(c.eyes.right) },
    brows: { left: brow(c.brows.left), right: brow(c.brows.right) },
    oval,
    nose: {
      bridge: depth([cx, design.nose.bridgeY], 0.02),
      tip: depth([cx, design.nose.tipY], 0.14),
      base: depth([cx, design.nose.baseY], 0.06),
    },
    cheeks: { left: depth([2 * cx - design.cheek[0], design.cheek[1]]), right: depth([...design.cheek]) },
  });
}

/** Where a face mesh has its eleven points along the lips: closer together towards the corners. */
const fromMiddle = (half: readonly number[]): number[] => [
  ...half.map((h) => 0.5 - h / 2),
  0.5,
  ...half.map((h) => 0.5 + h / 2).reverse(),
];
const OUTER_LIP_SHARES = fromMiddle([1, 0.93, 0.79, 0.58, 0.32]);
const INNER_LIP_SHARES = fromMiddle([1, 0.84, 0.66, 0.47, 0.24]);

/** How far along half the outline a face mesh has its points: sparse at the forehead, dense at the chin. */
const OVAL_SHARES = [
  0, 0.083, 0.151, 0.218, 0.27, 0.32, 0.372, 0.432, 0.488, 0.546, 0.61, 0.677, 0.738, 0.786, 0.838, 0.876, 0.912, 0.953,
  1,
];

function ovalOf(design: FaceDesign, outline: readonly Pt[]): Pt[] {
  const top = design.outline[0][1];
  const level = design.eye.centre[1];
  const squeeze = (level - design.foreheadY) / (level - top);
  const right = outline
    .slice(0, outline.length / 2 + 1)
    .map(([x, y]): Pt => [x, y < level ? level - (level - y) * squeeze : y]);
  const half = OVAL_SHARES.map((share) => pointAlong(right, share));
  return [...half, ...mirrored(half.slice(1, -1), design.cx)];
}

const round = (v: number): number => Math.round(v * 100) / 100;
