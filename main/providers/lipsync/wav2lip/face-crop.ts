/**
 * The square picture of a face that a network redraws, and where it lies on the stage. As in the detector's boxes the networks were
 * trained on, it reaches from the forehead to just below the chin and from one side of the face to the other, stretched to a
 * square; here it also stands upright with the head.
 */
import type { FaceLandmarks } from '../../../../app/document/landmarks.ts';
import type { AvatarPlate } from '../../../engine/ports/lipsync.ts';
import type { Face } from '../rig/face-frame.ts';
import { clamp, type Point } from '../rig/math.ts';

/** Room below the chin, as a share of the face's height: an opening mouth needs it. */
const BELOW_CHIN = 0.06;

export class FaceCrop {
  readonly sizePx: number;
  readonly #face: Face;
  readonly #left: number;
  readonly #top: number;
  readonly #width: number;
  readonly #height: number;

  constructor(face: Face, landmarks: FaceLandmarks, sizePx: number) {
    this.sizePx = sizePx;
    this.#face = face;
    const oval = landmarks.oval.map((point) => face.frame.of(point));
    const xs = oval.map(([x]) => x);
    const ys = oval.map(([, y]) => y);
    this.#left = Math.min(...xs);
    this.#width = Math.max(...xs) - this.#left;
    this.#top = Math.min(...ys);
    this.#height = (Math.max(...ys) - this.#top) * (1 + BELOW_CHIN);
  }

  /** A place in the crop, 0..1 from its left and top, of a point in face units. */
  fromFace([x, y]: Point): Point {
    return [(x - this.#left) / this.#width, (y - this.#top) / this.#height];
  }

  toFace([u, v]: Point): Point {
    return [this.#left + u * this.#width, this.#top + v * this.#height];
  }

  /** The person before their background: RGB8, `sizePx` squared, each pixel the mean of what it covers. */
  cut({ person, background, width, height }: AvatarPlate): Uint8Array {
    const size = this.sizePx;
    const iod = this.#face.frame.iod;
    const finest = (span: number): number => clamp(Math.ceil((span * iod) / size), 1, 8);
    const [across, down] = [finest(this.#width), finest(this.#height)];
    const out = new Uint8Array(size * size * 3);
    const sum = [0, 0, 0];
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++) {
        sum.fill(0);
        for (let n = 0; n < across * down; n++) {
          const u = (i + ((n % across) + 0.5) / across) / size;
          const v = (j + (Math.floor(n / across) + 0.5) / down) / size;
          const [x, y] = this.#face.frame.toStage(...this.toFace([u, v]));
          addBilinear(person, background, width, height, x - 0.5, y - 0.5, sum);
        }
        for (let c = 0; c < 3; c++) out[(j * size + i) * 3 + c] = Math.round(sum[c]! / (across * down));
      }
    }
    return out;
  }
}

function addBilinear(
  person: Uint8Array,
  background: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  sum: number[],
): void {
  const u = clamp(x, 0, width - 1.001);
  const v = clamp(y, 0, height - 1.001);
  const [ix, iy] = [Math.floor(u), Math.floor(v)];
  const [fx, fy] = [u - ix, v - iy];
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const at = ((iy + dy) * width + ix + dx) * 4;
    const weight = (dx === 0 ? 1 - fx : fx) * (dy === 0 ? 1 - fy : fy);
    const alpha = person[at + 3]! / 255;
    for (let c = 0; c < 3; c++)
      sum[c]! += weight * (person[at + c]! * alpha + background[at + c]! * (1 - alpha) * (background[at + 3]! / 255));
  }
}
