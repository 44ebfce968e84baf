/**
 * The 478 points of the MediaPipe face mesh as the product's named contours.
 * Point numbers: https://github.com/google-ai-edge/mediapipe — face_mesh/geometry_data/canonical_face_model.
 */
import type { EyeLandmarks, FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';

const LIPS_OUTER_UPPER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291];
const LIPS_OUTER_LOWER = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291];
const LIPS_INNER_UPPER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308];
const LIPS_INNER_LOWER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308];
const LEFT_LID_UPPER = [33, 246, 161, 160, 159, 158, 157, 173, 133];
const LEFT_LID_LOWER = [33, 7, 163, 144, 145, 153, 154, 155, 133];
const RIGHT_LID_UPPER = [362, 398, 384, 385, 386, 387, 388, 466, 263];
const RIGHT_LID_LOWER = [362, 382, 381, 380, 374, 373, 390, 249, 263];
const LEFT_BROW_UPPER = [70, 63, 105, 66, 107];
const LEFT_BROW_LOWER = [46, 53, 52, 65, 55];
const RIGHT_BROW_UPPER = [336, 296, 334, 293, 300];
const RIGHT_BROW_LOWER = [285, 295, 282, 283, 276];
const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/** Centre first, then four points on the rim. */
const IRISES = [
  [468, 469, 470, 471, 472],
  [473, 474, 475, 476, 477],
] as const;

/** `points` holds x, y, z of each mesh point in picture pixels. */
export function landmarksFromMesh(points: Float32Array): FaceLandmarks {
  const at = (i: number): Point3 => [points[i * 3]!, points[i * 3 + 1]!, points[i * 3 + 2]!];
  const pick = (indices: readonly number[]): Point3[] => indices.map(at);
  const irises = IRISES.map((indices) => {
    const [centre, ...rim] = pick(indices) as [Point3, ...Point3[]];
    const radius = rim.reduce((sum, p) => sum + Math.hypot(p[0] - centre[0], p[1] - centre[1]), 0) / rim.length;
    return { x: centre[0], y: centre[1], radius };
  });
  const eye = (upperIndices: readonly number[], lowerIndices: readonly number[]): EyeLandmarks => {
    const upper = pick(upperIndices);
    const lower = pick(lowerIndices);
    const [a, b] = [upper[0]!, upper[8]!];
    const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const width = Math.hypot(a[0] - b[0], a[1] - b[1]);
    // Which of the two irises comes first differs between ports of the model: nearness is right in all of them.
    const iris = irises.reduce((best, i) =>
      Math.hypot(i.x - x, i.y - y) < Math.hypot(best.x - x, best.y - y) ? i : best,
    );
    const believable = Math.hypot(iris.x - x, iris.y - y) < width * 0.6 && iris.radius > width * 0.08;
    return { upper, lower, iris: believable ? { ...iris } : { x, y, radius: Math.max(width * 0.2, 0.5) } };
  };
  return {
    lips: {
      outerUpper: pick(LIPS_OUTER_UPPER),
      outerLower: pick(LIPS_OUTER_LOWER),
      innerUpper: pick(LIPS_INNER_UPPER),
      innerLower: pick(LIPS_INNER_LOWER),
    },
    eyes: { left: eye(LEFT_LID_UPPER, LEFT_LID_LOWER), right: eye(RIGHT_LID_UPPER, RIGHT_LID_LOWER) },
    brows: {
      left: { upper: pick(LEFT_BROW_UPPER), lower: pick(LEFT_BROW_LOWER) },
      right: { upper: pick(RIGHT_BROW_UPPER), lower: pick(RIGHT_BROW_LOWER) },
    },
    oval: pick(OVAL),
    nose: { bridge: at(168), tip: at(4), base: at(2) },
    cheeks: { left: at(50), right: at(280) },
  };
}
