/** A picture file's bytes as upright sRGB RGBA8, small enough to work on. */
import { readFile } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import { StudioError } from '../../app/errors/index.ts';
import { sniffFormat } from './picture-format.ts';

export interface DecodedPicture {
  width: number;
  height: number;
  /** RGBA8, sRGB, straight alpha; 255 everywhere for pictures without transparency. */
  rgba: Uint8Array;
  /** Size of the file's own picture, upright. */
  sourceWidth: number;
  sourceHeight: number;
  /** The file moves; only its first frame was taken. */
  animated: boolean;
  hasAlpha: boolean;
}

export const MAX_SIDE_PX = 2048;
/** Below this no face can be 64 pixels high. */
export const MIN_SIDE_PX = 64;
/**
 * Most pixels a decoder may be given, by what it holds in memory: 100 megapixels peak at 140 MB where rows are handed over
 * as they come or shrunk while decoding (baseline JPEG, WebP, PNG), at 420 MB in a progressive JPEG; an interlaced PNG takes about
 * 6 bytes a pixel and an AVIF 19, as they are held whole.
 */
const MAX_PIXELS = { streamed: 130_000_000, interlaced: 60_000_000, avif: 26_000_000 } as const;
/** WebP's own limit is 16,383 pixels a side; no portrait needs more bytes than this either. */
const MAX_FILE_BYTES = 400_000_000;

// libvips would keep decoded pictures and open files from one import to the next.
sharp.cache(false);

/** The bytes of a picture file. @throws StudioError portrait.file-missing, portrait.file-unreadable, portrait.too-large */
export async function readPictureFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StudioError('portrait.file-missing', { path }, { cause });
    throw new StudioError('portrait.file-unreadable', { path, detail: code ?? String(cause) }, { cause });
  }
}

/**
 * @throws StudioError portrait.{empty, heic, svg, unsupported-format, not-a-picture, truncated, too-small, too-large}
 */
export async function decodePicture(bytes: Uint8Array, signal?: AbortSignal): Promise<DecodedPicture> {
  signal?.throwIfAborted();
  if (bytes.length === 0) throw new StudioError('portrait.empty');
  const sniffed = sniffFormat(bytes);
  if (sniffed.kind === 'unknown') throw new StudioError('portrait.not-a-picture');
  if (sniffed.kind === 'refused') {
    if (sniffed.format === 'HEIC') throw new StudioError('portrait.heic');
    if (sniffed.format === 'SVG') throw new StudioError('portrait.svg');
    throw new StudioError('portrait.unsupported-format', { format: sniffed.format });
  }
  const { format } = sniffed;
  if (bytes.length > MAX_FILE_BYTES) {
    throw new StudioError('portrait.too-large', { size: `${Math.round(bytes.length / 1e6)} MB` });
  }
  const input = { failOn: 'error', limitInputPixels: false, sequentialRead: true, pages: 1 } as const;
  let meta: Metadata;
  try {
    meta = await sharp(bytes, input).metadata();
  } catch (cause) {
    throw new StudioError('portrait.truncated', { format }, { cause });
  }
  signal?.throwIfAborted();
  const { width, height } = meta;
  const limit = MAX_PIXELS[format === 'AVIF' ? 'avif' : sniffed.interlaced ? 'interlaced' : 'streamed'];
  if (width * height > limit) {
    const size = `${width}×${height} (${Math.round((width * height) / 1e6)} MP)`;
    throw new StudioError('portrait.too-large', { size });
  }
  if (Math.min(width, height) < MIN_SIDE_PX)
    throw new StudioError('portrait.too-small', { width, height, min: MIN_SIDE_PX });

  try {
    const { data, info } = await sharp(bytes, input)
      .resize({ width: MAX_SIDE_PX, height: MAX_SIDE_PX, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    signal?.throwIfAborted();
    const orientation = meta.orientation ?? 1;
    const upright = turnUpright(data, info.width, info.height, orientation);
    const swapped = orientation >= 5;
    return {
      ...upright,
      sourceWidth: swapped ? height : width,
      sourceHeight: swapped ? width : height,
      animated: sniffed.animated,
      hasAlpha: meta.hasAlpha === true,
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new StudioError('portrait.truncated', { format }, { cause });
  }
}

/**
 * Undoes an EXIF orientation (1…8, CIPA DC-008 §4.6.4). Done on the scaled picture: libvips would hold the whole
 * unscaled one in memory to turn it.
 */
export function turnUpright(
  data: Uint8Array,
  width: number,
  height: number,
  orientation: number,
): { width: number; height: number; rgba: Uint8Array } {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  if (orientation < 2 || orientation > 8) return { width, height, rgba: new Uint8Array(data) };
  const from = new Uint32Array(aligned.buffer, aligned.byteOffset, width * height);
  const [outWidth, outHeight] = orientation >= 5 ? [height, width] : [width, height];
  const to = new Uint32Array(width * height);
  for (let y = 0, o = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, o++) {
      const [a, b] = orientation >= 5 ? [y, x] : [x, y];
      const flipX = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
      const flipY = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
      to[o] = from[(flipY ? height - 1 - b : b) * width + (flipX ? width - 1 - a : a)]!;
    }
  }
  return { width: outWidth, height: outHeight, rgba: new Uint8Array(to.buffer) };
}
