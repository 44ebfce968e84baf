/** Sizes and angles of a face, from its landmarks alone. */
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import type { DetectedFace } from '../engine/ports/portrait.ts';

const between = (a: Point3, b: Point3): Point3 => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
const distance = (a: Point3, b: Point3): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Distance of the middles of the eyes, in pixels: the face's unit of length. */
export function interOcularPx({ eyes }: FaceLandmarks): number {
  return distance(
    between(eyes.left.upper[0]!, eyes.left.upper[8]!),
    between(eyes.right.upper[0]!, eyes.right.upper[8]!),
  );
}

/** Widest lid gap over the eye's width; open eyes are above 0.2. */
export function eyeOpenness(eye: FaceLandmarks['eyes']['left']): number {
  const gaps = [3, 4, 5].map((i) => distance(eye.upper[i]!, eye.lower[i]!));
  return Math.max(...gaps) / Math.max(1, distance(eye.upper[0]!, eye.upper[8]!));
}

/** Widest gap between the lips over the distance of the eyes. */
export function mouthOpenness(face: FaceLandmarks): number {
  const { innerUpper, innerLower } = face.lips;
  const gaps = [3, 4, 5, 6, 7].map((i) => distance(innerUpper[i]!, innerLower[i]!));
  return Math.max(...gaps) / Math.max(1, interOcularPx(face));
}

/** The box round the face from forehead to chin, without hair, unclipped. */
export function faceBox({ oval }: FaceLandmarks): Rect {
  const xs = oval.map((p) => p[0]);
  const ys = oval.map((p) => p[1]);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

const degrees = (rad: number): number => (rad * 180) / Math.PI;

/**
 * Yaw is positive when the person looks to the picture's right, pitch when up, roll when the head is turned clockwise as seen.
 * Faces drawn flat (z all zero) get yaw and pitch from where the nose stands between the cheeks.
 */
export function headPose(face: FaceLandmarks): DetectedFace['pose'] {
  const { oval, eyes } = face;
  const [right, left, top, chin] = [oval[8]!, oval[28]!, oval[0]!, oval[18]!];
  const [eyeLeft, eyeRight] = [
    between(eyes.left.upper[0]!, eyes.left.upper[8]!),
    between(eyes.right.upper[0]!, eyes.right.upper[8]!),
  ];
  const rollDeg = degrees(Math.atan2(eyeRight[1] - eyeLeft[1], eyeRight[0] - eyeLeft[0]));
  const flat = oval.every((p) => p[2] === 0);
  if (flat) {
    const middle = between(left, right);
    const offset = (face.nose.tip[0] - middle[0]) / Math.max(1, distance(left, right));
    return { yawDeg: Math.max(-90, Math.min(90, offset * 120)), pitchDeg: 0, rollDeg };
  }
  const yawDeg = degrees(Math.atan2(right[2] - left[2], distance(left, right)));
  const pitchDeg = degrees(Math.atan2(top[2] - chin[2], distance(top, chin)));
  return { yawDeg, pitchDeg, rollDeg };
}
