/**
 * The face's own coordinates: origin between the lips, x along the eye line, unit the distance between the eyes' centres
 * (IOD). Every constant of the rig is written in them, so one set fits every face.
 */
import type { FaceLandmarks, Point3 } from '../../../../app/document/landmarks.ts';
import { StudioError } from '../../../../app/errors/index.ts';
import type { Rect } from '../../../engine/ports/lipsync.ts';
import { clamp, type Point } from './math.ts';

export class FaceFrame {
  readonly iod: number;
  readonly cos: number;
  readonly sin: number;
  readonly originX: number;
  readonly originY: number;

  constructor(landmarks: FaceLandmarks) {
    const centre = ({ upper, lower }: { upper: Point3[]; lower: Point3[] }): Point => {
      const ring = [upper[0]!, upper[4]!, upper[8]!, lower[4]!];
      return [ring.reduce((s, p) => s + p[0], 0) / 4, ring.reduce((s, p) => s + p[1], 0) / 4];
    };
    const left = centre(landmarks.eyes.left);
    const right = centre(landmarks.eyes.right);
    const distance = Math.hypot(right[0] - left[0], right[1] - left[1]);
    this.iod = Math.max(1, distance);
    this.cos = (right[0] - left[0]) / distance;
    this.sin = (right[1] - left[1]) / distance;
    const { innerUpper, innerLower } = landmarks.lips;
    const mouth = [innerUpper[0]!, innerUpper[10]!, innerUpper[5]!, innerLower[5]!];
    this.originX = mouth.reduce((s, p) => s + p[0], 0) / 4;
    this.originY = mouth.reduce((s, p) => s + p[1], 0) / 4;
  }

  /** Stage pixels to face units. */
  toFace(x: number, y: number): Point {
    const dx = x - this.originX;
    const dy = y - this.originY;
    return [(dx * this.cos + dy * this.sin) / this.iod, (-dx * this.sin + dy * this.cos) / this.iod];
  }

  /** Face units to stage pixels. */
  toStage(x: number, y: number): Point {
    return [
      this.originX + (x * this.cos - y * this.sin) * this.iod,
      this.originY + (x * this.sin + y * this.cos) * this.iod,
    ];
  }

  of([x, y]: Point3): Point {
    return this.toFace(x, y);
  }
}

/** The face's outline as a radius: how far out a point lies, 1 on the outline. */
export class Outline {
  readonly centre: Point;
  readonly #rays: readonly (readonly [angle: number, radius: number])[];

  constructor(oval: readonly Point[], centre: Point) {
    this.centre = centre;
    this.#rays = oval
      .map(([x, y]) => [Math.atan2(y - centre[1], x - centre[0]), Math.hypot(x - centre[0], y - centre[1])] as const)
      .sort((a, b) => a[0] - b[0]);
  }

  ratio(x: number, y: number): number {
    const angle = Math.atan2(y - this.centre[1], x - this.centre[0]);
    const count = this.#rays.length;
    let i = 0;
    while (i < count && this.#rays[i]![0] < angle) i++;
    const before = this.#rays[(i + count - 1) % count]!;
    const after = this.#rays[i % count]!;
    let span = after[0] - before[0];
    if (span <= 0) span += 2 * Math.PI;
    let into = angle - before[0];
    if (into < 0) into += 2 * Math.PI;
    const radius = before[1] + (after[1] - before[1]) * clamp(into / span, 0, 1);
    return Math.hypot(x - this.centre[0], y - this.centre[1]) / radius;
  }
}

/** What the rig needs to know of a face, in face units. */
export interface Face {
  frame: FaceFrame;
  landmarks: FaceLandmarks;
  lips: { outerUpper: Point[]; outerLower: Point[]; innerUpper: Point[]; innerLower: Point[] };
  outline: Outline;
  chin: Point;
  forehead: Point;
  eyeLineY: number;
  /** Middle and half width of the face at the cheeks. */
  centreX: number;
  halfWidth: number;
  mouth: { left: number; right: number; centreX: number; width: number; cornerY: number };
}

/** @throws StudioError portrait.landmarks-unusable where left is not left, or points lie on one another */
export function readFace(landmarks: FaceLandmarks): Face {
  const frame = new FaceFrame(landmarks);
  const contour = (points: Point3[]): Point[] => points.map((p) => frame.of(p));
  const lips = {
    outerUpper: contour(landmarks.lips.outerUpper),
    outerLower: contour(landmarks.lips.outerLower),
    innerUpper: contour(landmarks.lips.innerUpper),
    innerLower: contour(landmarks.lips.innerLower),
  };
  const oval = contour(landmarks.oval);
  const chin = oval[18]!;
  const forehead = oval[0]!;
  const xs = oval.map(([x]) => x);
  const [minX, maxX] = [Math.min(...xs), Math.max(...xs)];
  const centreX = (minX + maxX) / 2;
  const left = lips.innerUpper[0]![0];
  const right = lips.innerUpper[10]![0];
  const { eyes } = landmarks;
  const eyeLineY = (frame.of(eyes.left.upper[4]!)[1] + frame.of(eyes.right.upper[4]!)[1]) / 2;
  const cornerY = (lips.innerUpper[0]![1] + lips.innerUpper[10]![1]) / 2;
  const eyeWidths = [eyes.left, eyes.right].map(({ upper }) => frame.of(upper[8]!)[0] - frame.of(upper[0]!)[0]);
  // Written so that what is not a number fails too.
  const drawable =
    right - left > LEAST_WIDTH &&
    maxX - minX > LEAST_WIDTH &&
    eyeWidths.every((width) => width > LEAST_WIDTH) &&
    eyeLineY < cornerY &&
    cornerY < chin[1];
  if (!drawable) throw new StudioError('portrait.landmarks-unusable');
  return {
    frame,
    landmarks,
    lips,
    outline: new Outline(oval, [centreX, (forehead[1] + chin[1]) / 2]),
    chin,
    forehead,
    eyeLineY,
    centreX,
    halfWidth: (maxX - minX) / 2,
    mouth: {
      left,
      right,
      centreX: (left + right) / 2,
      width: right - left,
      cornerY,
    },
  };
}

/** Of mouth, eyes and face, in face units: less is no face. */
const LEAST_WIDTH = 0.02;
/** A mouth no farther than this outside the stage, in face units, may belong to eyes that are seen. */
const NEAR_STAGE = 2;

/**
 * The part of the stage that head, hair and neck may move in; even. It reaches beyond the stage only where the mouth does: the
 * mesh grows out of the mouth. A mouth too far away is left out, and with it all motion.
 */
export function motionArea(face: Face, width: number, height: number): Rect {
  const { frame } = face;
  const corners: Point[] = [];
  for (const x of [face.centreX - face.halfWidth * 1.9, face.centreX + face.halfWidth * 1.9]) {
    for (const y of [face.forehead[1] - 1.6, face.chin[1] + 1.25]) corners.push(frame.toStage(x, y));
  }
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.floor(clamp(Math.min(...xs), 0, width - 2) / 2) * 2;
  const top = Math.floor(clamp(Math.min(...ys), 0, height - 2) / 2) * 2;
  const right = Math.ceil(clamp(Math.max(...xs), left + 2, width) / 2) * 2;
  const bottom = Math.ceil(clamp(Math.max(...ys), top + 2, height) / 2) * 2;
  const area = { x: left, y: top, width: right - left, height: bottom - top };
  const lips = [...face.lips.outerUpper, ...face.lips.outerLower].map(([x, y]) => frame.toStage(x, y));
  const lipXs = lips.map(([x]) => x);
  const lipYs = lips.map(([, y]) => y);
  const mouth = {
    left: Math.min(...lipXs),
    right: Math.max(...lipXs),
    top: Math.min(...lipYs),
    bottom: Math.max(...lipYs),
  };
  const away = Math.max(-mouth.right, -mouth.bottom, mouth.left - width, mouth.top - height);
  if (away > NEAR_STAGE * frame.iod) return area;
  const margin = 0.1 * frame.iod;
  const x = Math.min(left, 2 * Math.floor((mouth.left - margin) / 2));
  const y = Math.min(top, 2 * Math.floor((mouth.top - margin) / 2));
  return {
    x,
    y,
    width: Math.max(right, 2 * Math.ceil((mouth.right + margin) / 2)) - x,
    height: Math.max(bottom, 2 * Math.ceil((mouth.bottom + margin) / 2)) - y,
  };
}
