/** Pictures for the stage: decoding, scaling and blurring RGBA8 planes (straight alpha, packed). */
import sharp from 'sharp';
import { StudioError } from '../../app/errors/index.ts';

export interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const MAX_PIXELS = 100_000_000;
/** No stage is larger: more pixels than this would only cost memory. */
const MAX_SIDE = 4096;

/** Decodes a background or overlay picture, upright, sRGB. `name` is for people. Throws `stage.bad-picture`. */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
      .rotate()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: plain(data) };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StudioError('stage.bad-picture', { name, detail: detail.split('\n')[0].slice(0, 200) }, { cause });
  }
}

const plain = (data: Buffer): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Enlarging softens; this gives back a little of the edges. */
const MILD_SHARPEN = { width: 3, height: 3, kernel: [0, -1, 0, -1, 12, -1, 0, -1, 0], scale: 8 };

export interface Cut {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Scales a plane of 1, 3 or 4 channels to width × height (lanczos; alpha handled premultiplied) and cuts `cut` out of the
 * result. Enlarged pictures get a mild sharpening when `sharpen` is set.
 */
export async function scalePlane(
  data: Uint8Array,
  from: { width: number; height: number; channels: 1 | 3 | 4 },
  to: { width: number; height: number },
  cut: Cut,
  sharpen = false,
): Promise<Uint8Array> {
  let image = sharp(data, { raw: from, limitInputPixels: false });
  if (from.width !== to.width || from.height !== to.height) {
    image = image.resize(to.width, to.height, { fit: 'fill', kernel: 'lanczos3' });
  }
  image = image.extract(cut);
  if (sharpen && to.width > from.width * 1.15) image = image.convolve(MILD_SHARPEN);
  // A single band comes back as three unless told.
  if (from.channels === 1) image = image.extractChannel(0).toColourspace('b-w');
  return plain(await image.raw().toBuffer());
}

/** Scales a picture so that it covers width × height, middle kept. */
export async function coverPicture(picture: Picture, width: number, height: number): Promise<Uint8Array> {
  const raw = { width: picture.width, height: picture.height, channels: 4 as const };
  const data = await sharp(picture.rgba, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'cover', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return plain(data);
}

/** Gaussian blur of an RGBA plane (straight alpha, blurred premultiplied), `sigma` in pixels. Wide blurs are done on a smaller copy: they carry no detail. */
export async function blurPlane(rgba: Uint8Array, width: number, height: number, sigma: number): Promise<Uint8Array> {
  const raw = { width, height, channels: 4 as const };
  const shrink = Math.max(1, Math.min(8, Math.floor(sigma / 3)));
  const small = { width: Math.max(1, Math.ceil(width / shrink)), height: Math.max(1, Math.ceil(height / shrink)) };
  const blurred = await sharp(rgba, { raw })
    .resize(small.width, small.height, { fit: 'fill', kernel: 'linear' })
    .blur(Math.max(0.3, sigma / shrink))
    .raw()
    .toBuffer();
  const full = await sharp(blurred, { raw: { ...small, channels: 4 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return plain(full);
}

/** n / 255 rounded to nearest, for 0 ≤ n ≤ 255². */
export const div255 = (n: number): number => {
  const m = n + 128;
  return (m + (m >> 8)) >> 8;
};

/** Person over background, both straight alpha; the result's alpha is straight too. */
export function overPlane(person: Uint8Array, background: Uint8Array): Uint8Array {
  const out = new Uint8Array(person.length);
  for (let i = 0; i < person.length; i += 4) {
    const a = person[i + 3];
    const b = background[i + 3];
    if (b === 255) {
      const rest = 255 - a;
      out[i] = div255(a * person[i] + rest * background[i]);
      out[i + 1] = div255(a * person[i + 1] + rest * background[i + 1]);
      out[i + 2] = div255(a * person[i + 2] + rest * background[i + 2]);
      out[i + 3] = 255;
      continue;
    }
    const kept = (b * (255 - a)) / 255;
    const sum = a + kept;
    if (sum === 0) continue;
    for (let c = 0; c < 3; c++) out[i + c] = Math.round((a * person[i + c] + kept * background[i + c]) / sum);
    out[i + 3] = Math.round(sum);
  }
  return out;
}
