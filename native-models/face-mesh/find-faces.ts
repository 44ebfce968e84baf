/**
 * Where to look for faces, and how to look at each one: boxes anywhere in the picture first, then the mesh on a square cut
 * close round each and turned upright, as MediaPipe does it: 1.5 × the face, along the line of the eyes. The mesh run on
 * a whole wide picture comes out a lip's height off.
 */
import { BOX_INPUT, EYE_INPUT, type FaceNetwork, MESH_INPUT } from './face-network.ts';
import { cutSquare, flatten, type PictureView, type Square, squareToPicture } from './square-crop.ts';

export interface MeshFace {
  /** 0..1. */
  confidence: number;
  /** x, y, z of the 478 mesh points in picture pixels, z in the same scale. */
  points: Float32Array;
}

interface Candidate extends Square {
  score: number;
}

const ROI_SCALE = 1.5;
const MIN_MESH_SCORE = 0.5;
const MAX_FACES = 24;
/** In less than this every face worth using is large enough to be seen at once. */
const MIN_TILE_PX = 128;
const QUARTER_TURNS = [Math.PI / 2, -Math.PI / 2, Math.PI];

/** Faces from the picture's left to its right. */
export function findFaces(input: PictureView, network: FaceNetwork): MeshFace[] {
  const picture = flatten(input);
  const { width, height } = picture;
  const long = Math.max(width, height);
  const whole: Square = { centreX: width / 2, centreY: height / 2, side: long, angleRad: 0 };
  const candidates: Candidate[] = [];
  const search = (square: Square): void => {
    for (const box of network.boxes(cutSquare(picture, square, BOX_INPUT))) {
      const [centreX, centreY] = squareToPicture(square, BOX_INPUT, box.centreX, box.centreY);
      if (centreX < 0 || centreY < 0 || centreX > width || centreY > height) continue;
      const side = (box.side * square.side) / BOX_INPUT;
      candidates.push({ centreX, centreY, side, angleRad: square.angleRad + box.angleRad, score: box.score });
    }
  };
  const found = (): MeshFace[] => meshCandidates(picture, candidates, network);

  // A head that fills the picture leaves the detector no border to see: look once with room round it.
  search(whole);
  search({ ...whole, side: long * 1.5 });
  let faces = found();
  // Small faces vanish at 256 pixels: look again in overlapping tiles, where one was missed or others may stand beside it.
  const largest = Math.max(0, ...faces.map((face) => extent(face.points).size));
  if (largest < long * 0.2 && long / 2 >= MIN_TILE_PX) {
    for (const square of tiles(width, height, long / 2)) search(square);
    faces = found();
  }
  if (faces.length > 0) return faces;
  for (const side of [Math.min(width, height) * 0.75, long / 3]) {
    if (side < MIN_TILE_PX) continue;
    for (const square of tiles(width, height, side)) search(square);
    faces = found();
    if (faces.length > 0) return faces;
  }
  for (const angleRad of QUARTER_TURNS) search({ ...whole, side: long * 1.2, angleRad });
  return found();
}

function meshCandidates(picture: PictureView, all: readonly Candidate[], network: FaceNetwork): MeshFace[] {
  const kept: Candidate[] = [];
  for (const one of all.toSorted((a, b) => b.score - a.score)) {
    const twin = kept.some(
      (k) => Math.hypot(one.centreX - k.centreX, one.centreY - k.centreY) < 0.4 * Math.max(one.side, k.side),
    );
    if (!twin) kept.push(one);
    if (kept.length === MAX_FACES) break;
  }
  const faces: MeshFace[] = [];
  for (const candidate of kept) {
    const face = meshFace(picture, candidate, network);
    if (face !== null) faces.push(face);
  }
  return distinct(faces);
}

function meshFace(picture: PictureView, candidate: Candidate, network: FaceNetwork): MeshFace | null {
  const first = meshIn(picture, { ...candidate, side: candidate.side * ROI_SCALE }, network);
  if (first.score < MIN_MESH_SCORE) return null;
  // The points themselves say better than the box where to look.
  const second = meshIn(picture, squareRound(first.points), network);
  if (second.score < MIN_MESH_SCORE) return null;
  const square = squareRound(second.points);
  // Each cut has its own small error: the mean of cuts a little closer and a little wider has less of it.
  const cuts = [0.94, 1, 1.07].map((scale) => meshIn(picture, { ...square, side: square.side * scale }, network));
  const points = new Float32Array(478 * 3);
  for (const cut of cuts) for (let i = 0; i < 468 * 3; i++) points[i]! += cut.points[i]! / cuts.length;
  const score = Math.min(...cuts.map((cut) => cut.score));
  if (score < MIN_MESH_SCORE) return null;
  refineEye(picture, points, PICTURE_LEFT_EYE, network);
  refineEye(picture, points, PICTURE_RIGHT_EYE, network);
  return { confidence: candidate.score * score, points };
}

function meshIn(picture: PictureView, square: Square, network: FaceNetwork): { score: number; points: Float32Array } {
  const { score, points: local } = network.mesh(cutSquare(picture, square, MESH_INPUT));
  const points = new Float32Array(local.length);
  const scale = square.side / MESH_INPUT;
  for (let i = 0; i < local.length; i += 3) {
    const [x, y] = squareToPicture(square, MESH_INPUT, local[i]!, local[i + 1]!);
    points[i] = x;
    points[i + 1] = y;
    points[i + 2] = local[i + 2]! * scale;
  }
  return { score, points };
}

interface EyeIndices {
  /** Lower lid from the outer corner to the inner, both included, then the upper lid the same way without them. */
  lids: readonly number[];
  iris: number;
  mirrored: boolean;
}
const PICTURE_LEFT_EYE: EyeIndices = {
  lids: [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173],
  iris: 468,
  mirrored: false,
};
const PICTURE_RIGHT_EYE: EyeIndices = {
  lids: [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398],
  iris: 473,
  mirrored: true,
};

/** Replaces an eye's lid points by those of the eye network and adds its iris. That network knows eyes with the outer corner on the left. */
function refineEye(picture: PictureView, points: Float32Array, eye: EyeIndices, network: FaceNetwork): void {
  const at = (i: number): [number, number] => [points[i * 3]!, points[i * 3 + 1]!];
  const [outerX, outerY] = at(eye.lids[0]!);
  const [innerX, innerY] = at(eye.lids[8]!);
  const sign = eye.mirrored ? -1 : 1;
  const square: Square = {
    centreX: (outerX + innerX) / 2,
    centreY: (outerY + innerY) / 2,
    side: Math.hypot(outerX - innerX, outerY - innerY) * 2.3,
    angleRad: Math.atan2((innerY - outerY) * sign, (innerX - outerX) * sign),
  };
  const rgb = cutSquare(picture, square, EYE_INPUT);
  const values = network.eye(eye.mirrored ? mirror(rgb, EYE_INPUT) : rgb);
  const place = (k: number): [number, number] => {
    const x = values[k * 3]!;
    return squareToPicture(square, EYE_INPUT, eye.mirrored ? EYE_INPUT - x : x, values[k * 3 + 1]!);
  };
  const middleZ = (points[eye.lids[4]! * 3 + 2]! + points[eye.lids[12]! * 3 + 2]!) / 2;
  for (let k = 0; k < eye.lids.length; k++) {
    const [x, y] = place(k);
    points[eye.lids[k]! * 3] = x;
    points[eye.lids[k]! * 3 + 1] = y;
  }
  for (let k = 0; k < 5; k++) points.set([...place(71 + k), middleZ], (eye.iris + k) * 3);
}

function mirror(rgb: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(rgb.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (y * size + size - 1 - x) * 3;
      out.set(rgb.subarray(from, from + 3), (y * size + x) * 3);
    }
  }
  return out;
}

function squareRound(points: Float32Array): Square {
  const angleRad = Math.atan2(points[263 * 3 + 1]! - points[33 * 3 + 1]!, points[263 * 3]! - points[33 * 3]!);
  const { centreX, centreY, size } = extent(points, angleRad);
  return { centreX, centreY, side: size * ROI_SCALE, angleRad };
}

/** The middle and the longer side of the box round the face, the box turned by `angleRad`. */
function extent(points: Float32Array, angleRad = 0): { centreX: number; centreY: number; size: number } {
  const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
  let [u0, v0, u1, v1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < 468 * 3; i += 3) {
    const u = points[i]! * cos + points[i + 1]! * sin;
    const v = points[i + 1]! * cos - points[i]! * sin;
    u0 = Math.min(u0, u);
    u1 = Math.max(u1, u);
    v0 = Math.min(v0, v);
    v1 = Math.max(v1, v);
  }
  const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
  return { centreX: u * cos - v * sin, centreY: v * cos + u * sin, size: Math.max(u1 - u0, v1 - v0) };
}

function distinct(faces: readonly MeshFace[]): MeshFace[] {
  const kept: MeshFace[] = [];
  for (const face of faces.toSorted((a, b) => b.confidence - a.confidence)) {
    const here = extent(face.points);
    const twin = kept.some((other) => {
      const there = extent(other.points);
      const distance = Math.hypot(here.centreX - there.centreX, here.centreY - there.centreY);
      return distance < 0.4 * Math.max(here.size, there.size);
    });
    if (!twin) kept.push(face);
  }
  return kept.sort((a, b) => extent(a.points).centreX - extent(b.points).centreX);
}

function tiles(width: number, height: number, side: number): Square[] {
  const along = (length: number): number[] => {
    const count = Math.max(1, Math.ceil((length - side) / (side * 0.6)) + 1);
    return Array.from({ length: count }, (_, i) =>
      count === 1 ? length / 2 : side / 2 + (i * (length - side)) / (count - 1),
    );
  };
  return along(height).flatMap((centreY) => along(width).map((centreX) => ({ centreX, centreY, side, angleRad: 0 })));
}
