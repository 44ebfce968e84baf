/**
 * The face's shape as named contours in pixels of the portrait picture, independent of any face-mesh vendor.
 * x grows right, y down, z towards the back of the head (nose tip smallest), z in the same pixel scale.
 * `left`/`right` are the picture's left and right, never the person's.
 */
import { z } from 'zod';

const point = z.tuple([z.number(), z.number(), z.number()]);
const contour = (length: number) => z.array(point).length(length);

const eye = z.strictObject({
  /** Lid edges from the eye's picture-left corner to its picture-right corner, corners included in both. */
  upper: contour(9),
  lower: contour(9),
  iris: z.strictObject({ x: z.number(), y: z.number(), radius: z.number().positive() }),
});
const brow = z.strictObject({
  /** Upper and lower edge, from picture left to picture right. */
  upper: contour(5),
  lower: contour(5),
});

export const faceLandmarksSchema = z.strictObject({
  /** From the mouth's picture-left corner to its picture-right corner, corners included in all four. */
  lips: z.strictObject({
    outerUpper: contour(11),
    outerLower: contour(11),
    innerUpper: contour(11),
    innerLower: contour(11),
  }),
  eyes: z.strictObject({ left: eye, right: eye }),
  brows: z.strictObject({ left: brow, right: brow }),
  /** The face's outline, clockwise as seen, from the middle of the forehead. Index 18 is the chin. */
  oval: contour(36),
  /** Middle of the nose from between the eyes to the tip, then the base where it meets the upper lip. */
  nose: z.strictObject({ bridge: point, tip: point, base: point }),
  cheeks: z.strictObject({ left: point, right: point }),
});

export type Point3 = z.infer<typeof point>;
export type EyeLandmarks = z.infer<typeof eye>;
export type BrowLandmarks = z.infer<typeof brow>;
export type FaceLandmarks = z.infer<typeof faceLandmarksSchema>;

/** The same face after moving every point: for scaling, cropping and framing. `scale` also scales z and the iris radius. */
export function mapLandmarks(face: FaceLandmarks, scale: number, dx: number, dy: number): FaceLandmarks {
  const p = ([x, y, z]: Point3): Point3 => [x * scale + dx, y * scale + dy, z * scale];
  const mapEye = (e: EyeLandmarks): EyeLandmarks => ({
    upper: e.upper.map(p),
    lower: e.lower.map(p),
    iris: { x: e.iris.x * scale + dx, y: e.iris.y * scale + dy, radius: e.iris.radius * scale },
  });
  const mapBrow = (b: BrowLandmarks): BrowLandmarks => ({ upper: b.upper.map(p), lower: b.lower.map(p) });
  return {
    lips: {
      outerUpper: face.lips.outerUpper.map(p),
      outerLower: face.lips.outerLower.map(p),
      innerUpper: face.lips.innerUpper.map(p),
      innerLower: face.lips.innerLower.map(p),
    },
    eyes: { left: mapEye(face.eyes.left), right: mapEye(face.eyes.right) },
    brows: { left: mapBrow(face.brows.left), right: mapBrow(face.brows.right) },
    oval: face.oval.map(p),
    nose: { bridge: p(face.nose.bridge), tip: p(face.nose.tip), base: p(face.nose.base) },
    cheeks: { left: p(face.cheeks.left), right: p(face.cheeks.right) },
  };
}
