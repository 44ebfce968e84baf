/** What the studio can do itself about a portrait's faults: another picture, made from the file's own pixels. */
import sharp, { type Sharp } from 'sharp';
import type { PortraitFix } from '../../app/contract/portraits.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import type { DetectedFace, Finding } from '../engine/ports/portrait.ts';
import { decodePicture, MAX_SIDE_PX, MIN_SIDE_PX } from '../portrait/decode.ts';
import { lookAtFace } from '../portrait/face-look.ts';
import { faceBox } from '../portrait/face-measures.ts';

/** Cropping a picture that was scaled down gives the face more pixels; one that was not has no more to give. */
const WORTH_CROPPING = 1.15;
/** Larger copies gain nothing: twice what is ever used leaves room for another crop. */
const MAX_COPY_PX = 2 * MAX_SIDE_PX;

export interface Repaired {
  bytes: Uint8Array;
  mediaType: 'image/jpeg' | 'image/png';
}

/** Pixels of the file for one of the upright picture's, 1 where the whole file is used. */
export async function sourceScale(bytes: Uint8Array): Promise<number> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
  return Math.max(1, Math.max(width, height) / MAX_SIDE_PX);
}

/** Which fix helps against a finding; null where only another picture does. */
export function fixFor({ code }: Finding, scale: number): PortraitFix | null {
  switch (code) {
    case 'face-too-small':
    case 'low-resolution':
      return scale > WORTH_CROPPING ? 'crop' : null;
    case 'too-dark':
      return 'brighten';
    case 'too-bright':
      return 'darken';
    case 'face-tilted':
      return 'level';
    default:
      return null;
  }
}

/** @throws StudioError of decoding, portrait.too-small */
export async function repairPortrait(
  bytes: Uint8Array,
  face: DetectedFace,
  fix: PortraitFix,
  signal: AbortSignal,
): Promise<Repaired> {
  switch (fix) {
    case 'crop':
      return await cutPortrait(bytes, headAndShoulders(face), 0, signal);
    case 'level': {
      const { eyes } = face.landmarks;
      const tilt = Math.atan2(eyes.right.iris.y - eyes.left.iris.y, eyes.right.iris.x - eyes.left.iris.x);
      const { width, height } = await decodePicture(bytes, signal);
      return await cutPortrait(bytes, afterTurning(width, height, -tilt, face), (-tilt * 180) / Math.PI, signal);
    }
    case 'brighten':
    case 'darken':
      return await relight(bytes, face, fix, signal);
  }
}

/** From above the hair to the chest, three faces wide. */
function headAndShoulders({ landmarks }: DetectedFace): Rect {
  const box = faceBox(landmarks);
  const side = Math.max(box.width, box.height);
  return {
    x: box.x + box.width / 2 - 1.5 * side,
    y: box.y - 0.85 * side,
    width: 3 * side,
    height: box.height + 2.2 * side,
  };
}

/**
 * The part of a picture turned by `angle` that has no empty corner in it: the largest upright rectangle of the picture's own shape
 * about its middle, as long as it still holds the head; else the whole, corners and all.
 */
function afterTurning(width: number, height: number, angle: number, { landmarks }: DetectedFace): Rect {
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const shrink = Math.min(width / (width * cos + height * sin), height / (width * sin + height * cos));
  const inner = {
    x: (width - width * shrink) / 2,
    y: (height - height * shrink) / 2,
    width: width * shrink,
    height: height * shrink,
  };
  const box = faceBox(landmarks);
  const [dx, dy] = [box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2];
  const x = width / 2 + dx * Math.cos(angle) - dy * Math.sin(angle);
  const y = height / 2 + dx * Math.sin(angle) + dy * Math.cos(angle);
  const reach = 0.75 * Math.max(box.width, box.height);
  const holds =
    x - reach >= inner.x &&
    y - reach >= inner.y &&
    x + reach <= inner.x + inner.width &&
    y + reach <= inner.y + inner.height;
  return holds ? inner : { x: 0, y: 0, width, height };
}

/** Upright, all its own pixels up to MAX_COPY_PX, with the factor from the upright picture's pixels to these. */
async function upright(
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<{ image: Sharp; factor: number; width: number; height: number; hasAlpha: boolean }> {
  // Refuses in words what cannot be decoded, before anything is done with it.
  const seen = await decodePicture(bytes, signal);
  const image = sharp(bytes, { limitInputPixels: false, pages: 1, failOn: 'error' })
    .autoOrient()
    .resize({ width: MAX_COPY_PX, height: MAX_COPY_PX, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  signal.throwIfAborted();
  const { width, height, channels } = info;
  return {
    image: sharp(data, { raw: { width, height, channels } }),
    factor: width / seen.width,
    width,
    height,
    hasAlpha: channels === 4 || channels === 2,
  };
}

/** Turned clockwise by `rotateDeg` about its middle, then cut to `rect`, in pixels of the upright picture. */
export async function cutPortrait(
  bytes: Uint8Array,
  rect: Rect,
  rotateDeg: number,
  signal: AbortSignal,
): Promise<Repaired> {
  const { image, factor, width, height, hasAlpha } = await upright(bytes, signal);
  let turned = image;
  let [across, down] = [width, height];
  if (rotateDeg !== 0) {
    const background = hasAlpha ? { r: 0, g: 0, b: 0, alpha: 0 } : await edgeColour(image.clone());
    const { data, info } = await image.rotate(rotateDeg, { background }).raw().toBuffer({ resolveWithObject: true });
    signal.throwIfAborted();
    turned = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
    [across, down] = [info.width, info.height];
  }
  // The middle stays where it was; the canvas may have grown round it.
  const [dx, dy] = [(across - width) / 2, (down - height) / 2];
  const left = clamp(Math.round(rect.x * factor + dx), 0, across - 1);
  const top = clamp(Math.round(rect.y * factor + dy), 0, down - 1);
  const right = clamp(Math.round((rect.x + rect.width) * factor + dx), left + 1, across);
  const bottom = clamp(Math.round((rect.y + rect.height) * factor + dy), top + 1, down);
  const cut = { left, top, width: right - left, height: bottom - top };
  if (Math.min(cut.width, cut.height) < MIN_SIDE_PX)
    throw new StudioError('portrait.too-small', { width: cut.width, height: cut.height, min: MIN_SIDE_PX });
  return await encode(turned.extract(cut), hasAlpha);
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** What the picture's border is on average. */
async function edgeColour(image: Sharp): Promise<{ r: number; g: number; b: number }> {
  const side = 16;
  const pixels = await image.resize(side, side, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const channels = pixels.length / side / side;
  const sum = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    if (x > 0 && y > 0 && x < side - 1 && y < side - 1) continue;
    count += 1;
    for (let c = 0; c < 3; c++) sum[c]! += pixels[i * channels + Math.min(c, channels - 1)]!;
  }
  const [r, g, b] = sum.map((value) => Math.round(value / count)) as [number, number, number];
  return { r, g, b };
}

/** Where the face's highlights should lie, of 255. */
const LIT = 165;

/** One curve for the whole picture: dark faces up to ordinary skin, glaring ones down with their highlights rolled off. */
async function relight(
  bytes: Uint8Array,
  { landmarks }: DetectedFace,
  fix: 'brighten' | 'darken',
  signal: AbortSignal,
): Promise<Repaired> {
  const { highlight } = lookAtFace(await decodePicture(bytes, signal), landmarks);
  const level = clamp(highlight, 8, 250) / 255;
  const exponent =
    fix === 'brighten'
      ? clamp(Math.log(LIT / 255) / Math.log(level), 0.3, 0.95)
      : clamp(Math.log(LIT / 255) / Math.log(Math.min(level, 0.93)), 1.3, 2.2);
  const ceiling = fix === 'darken' ? 235 : 255;
  const curve = Uint8Array.from({ length: 256 }, (_, value) => Math.round(ceiling * (value / 255) ** exponent));
  const { image, width, height, hasAlpha } = await upright(bytes, signal);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const channels = info.channels;
  const coloured = hasAlpha ? channels - 1 : channels;
  for (let i = 0; i < data.length; i += channels) for (let c = 0; c < coloured; c++) data[i + c] = curve[data[i + c]!]!;
  signal.throwIfAborted();
  return await encode(sharp(data, { raw: { width, height, channels } }), hasAlpha);
}

async function encode(image: Sharp, hasAlpha: boolean): Promise<Repaired> {
  return hasAlpha
    ? { bytes: await image.png().toBuffer(), mediaType: 'image/png' }
    : { bytes: await image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), mediaType: 'image/jpeg' };
}
