/** A prepared portrait at half or a quarter of its size: what a small stage shows of it is the same, and is laid out in a fraction of the time. */
import sharp from 'sharp';
import { mapLandmarks } from '../../app/document/landmarks.ts';
import type { DetectedFace, PreparedPortrait } from '../engine/ports/portrait.ts';

const SHRINKS = [4, 2] as const;

/** The smallest reduction that is still at least `widthPx` wide; the portrait itself where none is. */
export class ReducedPortraits {
  readonly #whole: PreparedPortrait;
  readonly #known = new Map<number, Promise<PreparedPortrait>>();

  constructor(whole: PreparedPortrait) {
    this.#whole = whole;
  }

  async atLeast(widthPx: number): Promise<PreparedPortrait> {
    const shrink = SHRINKS.find((times) => this.#whole.width / times >= widthPx && this.#whole.height / times >= 64);
    if (shrink === undefined) return this.#whole;
    let reduced = this.#known.get(shrink);
    if (reduced === undefined) {
      reduced = reduce(this.#whole, shrink);
      this.#known.set(shrink, reduced);
    }
    const planes = await reduced;
    // Landmarks may have been moved since.
    const { face, faces } = scaledFaces(this.#whole, planes.width / this.#whole.width);
    return { ...planes, face, faces };
  }

  /** The same pixels with another face shape. */
  withFace(face: DetectedFace): ReducedPortraits {
    const moved = new ReducedPortraits({ ...this.#whole, face });
    for (const [shrink, planes] of this.#known) moved.#known.set(shrink, planes);
    return moved;
  }

  get whole(): PreparedPortrait {
    return this.#whole;
  }
}

async function reduce(whole: PreparedPortrait, shrink: number): Promise<PreparedPortrait> {
  const from = { width: whole.width, height: whole.height };
  const to = { width: Math.round(from.width / shrink), height: Math.round(from.height / shrink) };
  const plane = async (data: Uint8Array, channels: 1 | 4): Promise<Uint8Array> => {
    const image = sharp(data, { raw: { ...from, channels }, limitInputPixels: false }).resize(to.width, to.height, {
      fit: 'fill',
      kernel: 'lanczos3',
    });
    // A single band comes back as three unless told.
    const bytes = await (channels === 1 ? image.extractChannel(0).toColourspace('b-w') : image).raw().toBuffer();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const [rgba, matte, background] = await Promise.all([
    plane(whole.rgba, 4),
    plane(whole.matte, 1),
    plane(whole.background, 4),
  ]);
  return { ...whole, ...to, rgba, matte, background };
}

function scaledFaces({ face, faces }: PreparedPortrait, scale: number): Pick<PreparedPortrait, 'face' | 'faces'> {
  const scaled = (one: DetectedFace): DetectedFace => ({ ...one, landmarks: mapLandmarks(one.landmarks, scale, 0, 0) });
  return { face: scaled(face), faces: faces.map(scaled) };
}
