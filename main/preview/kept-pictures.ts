/** The decoded pictures of a stage, kept between one change of it and the next, no larger than a small stage needs them. */
import sharp from 'sharp';
import type { AssetRef } from '../../app/document/asset.ts';
import { picturesFrom, type StagePictures } from '../export/set-stage.ts';
import type { Picture } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';

const MOST = 8;
/** The longer side kept, as a multiple of the stage's: what is cut from or drawn larger keeps its detail. */
const ROOM = 2;

export class KeptPictures implements StagePictures {
  readonly #fresh: StagePictures;
  readonly #sidePx: number;
  /** The last used last. */
  readonly #kept = new Map<unknown, Promise<Picture>>();

  constructor(assets: AssetSource, maxSidePx: number) {
    this.#fresh = picturesFrom(assets);
    this.#sidePx = maxSidePx * ROOM;
  }

  of(ref: AssetRef, signal: AbortSignal): Promise<Picture> {
    return this.#keep(ref.sha256, () => this.#fresh.of(ref, signal));
  }

  behindSample(encoded: Uint8Array): Promise<Picture> {
    return this.#keep(encoded, () => this.#fresh.behindSample(encoded));
  }

  #keep(key: unknown, decode: () => Promise<Picture>): Promise<Picture> {
    const kept = this.#kept.get(key) ?? decode().then((picture) => shrink(picture, this.#sidePx));
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    // What failed, or was stopped, is tried again when next asked for.
    kept.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

async function shrink(picture: Picture, sidePx: number): Promise<Picture> {
  const { width, height, rgba } = picture;
  if (Math.max(width, height) <= sidePx) return picture;
  const { data, info } = await sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .resize({ width: sidePx, height: sidePx, fit: 'inside', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}
