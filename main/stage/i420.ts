/**
 * The stage's pixel kernels: RGBA to planar 4:2:0 (BT.709, limited range; see app/media/i420.ts) and sprite blending.
 * ITU-R BT.709-6, 3.3–3.5: Y = 16 + 219·(0.2126 R + 0.7152 G + 0.0722 B), Cb/Cr = 128 + 224·(B−Y)/1.8556, 128 + 224·(R−Y)/1.5748.
 */
import { i420Bytes } from '../../app/media/i420.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { type Block, Pixels } from '../pixels/pixels.ts';

/** 16-bit fixed point; each row of chroma factors sums to zero so that greys stay grey. */
const Y_R = 11966;
const Y_G = 40254;
const Y_B = 4064;
const Y_BIAS = (16 << 16) + 32768;
const U_R = -6596;
const U_G = -22189;
const U_B = 28785;
const V_R = 28785;
const V_G = -26145;
const V_B = -2640;
/** For sums of four pixels. */
const C_BIAS = (128 << 18) + (1 << 17);

/** Little-endian pixels as words where the buffer allows it, else a copy. */
export function asWords(rgba: Uint8Array): Uint32Array {
  const whole = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  return new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength >> 2);
}

/** Draws opaque RGBA into I420 frames of one size, by SIMD. */
export class I420Canvas {
  readonly #pixels: Pixels;
  readonly #size: { width: number; height: number };
  readonly #bytes: number;
  #scratch: Block | undefined;

  /** Even. */
  constructor(width: number, height: number, pixels: Pixels = new Pixels()) {
    this.#pixels = pixels;
    this.#size = { width, height };
    this.#bytes = i420Bytes(width, height);
  }

  /** A frame to draw into, for the life of the canvas. */
  newFrame(): Uint8Array {
    return this.#pixels.u8(this.#pixels.reserve(this.#bytes));
  }

  /** Whether `frame` was made by {@link newFrame} of a canvas on the same pixels. */
  owns(frame: Uint8Array): boolean {
    return this.#pixels.blockOf(frame) !== null;
  }

  /**
   * Converts `rect`-sized RGBA (tightly packed, alpha ignored) into `frame` (of {@link newFrame}) at `rect`, whose position
   * and size are even and inside the frame. Chroma is the mean of its 2×2 pixels.
   */
  draw(rgba: Uint8Array, rect: Rect, frame: Uint8Array): void {
    const target = this.#pixels.blockOf(frame);
    if (target === null) throw new RangeError('not a frame of this canvas');
    this.#pixels.rgbaToI420(this.#pixels.blockOf(rgba) ?? this.#copyIn(rgba), rect, target, this.#size);
  }

  #copyIn(rgba: Uint8Array): Block {
    this.#scratch ??= this.#pixels.reserve(this.#size.width * this.#size.height * 4);
    this.#pixels.u8(this.#scratch).set(rgba);
    return this.#scratch;
  }
}

/**
 * As {@link rgbaRegionToI420} for straight-alpha RGBA into a frame with an alpha plane after V.
 * Fully clear pixels become black; chroma is weighted by alpha so that edges keep the picture's own colour.
 */
export function rgbaRegionToI420a(src: Uint8Array, rect: Rect, dst: Uint8Array, width: number, height: number): void {
  const words = asWords(src);
  const { x, y, width: w, height: h } = rect;
  const half = width >> 1;
  const uPlane = width * height;
  const vPlane = uPlane + half * (height >> 1);
  const aPlane = vPlane + half * (height >> 1);
  for (let row = 0; row < h; row += 2) {
    for (let col = 0; col < w; col += 2) {
      let r = 0;
      let g = 0;
      let b = 0;
      let alpha = 0;
      for (let k = 0; k < 4; k++) {
        const dy = k >> 1;
        const dx = k & 1;
        const v = words[(row + dy) * w + col + dx];
        const a = v >>> 24;
        const pr = v & 255;
        const pg = (v >>> 8) & 255;
        const pb = (v >>> 16) & 255;
        const d = (y + row + dy) * width + x + col + dx;
        dst[d] = a === 0 ? 16 : (pr * Y_R + pg * Y_G + pb * Y_B + Y_BIAS) >> 16;
        dst[aPlane + d] = a;
        r += pr * a;
        g += pg * a;
        b += pb * a;
        alpha += a;
      }
      const c = ((y + row) >> 1) * half + ((x + col) >> 1);
      const scale = alpha === 0 ? 0 : 4 / alpha;
      dst[uPlane + c] = (((r * U_R + g * U_G + b * U_B) * scale + C_BIAS) | 0) >> 18;
      dst[vPlane + c] = (((r * V_R + g * V_G + b * V_B) * scale + C_BIAS) | 0) >> 18;
    }
  }
}

/** A picture ready to be laid over I420: colours premultiplied by alpha. Position and size are even; it may stand partly outside. */
export interface Sprite {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Luma × alpha and alpha, one byte a pixel. */
  luma: Uint8Array;
  alpha: Uint8Array;
  /** Chroma × alpha and mean alpha, one byte per 2×2 pixels. */
  u: Uint8Array;
  v: Uint8Array;
  chromaAlpha: Uint8Array;
  /** Where a plane is not clear: triples of row, first and past-the-last column, in reading order. */
  lumaRuns: Int32Array;
  chromaRuns: Int32Array;
  /** A part of it (even position and size, from its own corner) that lets nothing through: it is copied, not blended. */
  opaque?: Rect;
}

/** Gaps up to this long are bridged: blending nothing is cheaper than another run. */
const RUN_GAP = 6;

function findRuns(alpha: Uint8Array, width: number, height: number): Int32Array {
  const runs: number[] = [];
  for (let row = 0; row < height; row++) {
    let open = -1;
    let last = -1;
    for (let col = 0; col < width; col++) {
      if (alpha[row * width + col] === 0) continue;
      if (open >= 0 && col - last > RUN_GAP) {
        runs.push(row, open, last + 1);
        open = col;
      }
      if (open < 0) open = col;
      last = col;
    }
    if (open >= 0) runs.push(row, open, last + 1);
  }
  return Int32Array.from(runs);
}

/** Straight-alpha RGBA (even width and height, packed) → sprite at even (x, y). */
export function makeSprite(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  x: number,
  y: number,
): Sprite {
  const half = width >> 1;
  const quarter = half * (height >> 1);
  const sprite = {
    x,
    y,
    width,
    height,
    luma: new Uint8Array(width * height),
    alpha: new Uint8Array(width * height),
    u: new Uint8Array(quarter),
    v: new Uint8Array(quarter),
    chromaAlpha: new Uint8Array(quarter),
  };
  for (let row = 0; row < height; row += 2) {
    for (let col = 0; col < width; col += 2) {
      let u = 0;
      let v = 0;
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        const p = (row + (k >> 1)) * width + col + (k & 1);
        const r = rgba[p * 4];
        const g = rgba[p * 4 + 1];
        const b = rgba[p * 4 + 2];
        const a = rgba[p * 4 + 3];
        sprite.alpha[p] = a;
        sprite.luma[p] = Math.round((((r * Y_R + g * Y_G + b * Y_B + (16 << 16)) / 65536) * a) / 255);
        u += ((r * U_R + g * U_G + b * U_B) / 65536 + 128) * a;
        v += ((r * V_R + g * V_G + b * V_B) / 65536 + 128) * a;
        sum += a;
      }
      const c = (row >> 1) * half + (col >> 1);
      sprite.chromaAlpha[c] = Math.round(sum / 4);
      sprite.u[c] = Math.round(u / 1020);
      sprite.v[c] = Math.round(v / 1020);
    }
  }
  return {
    ...sprite,
    lumaRuns: findRuns(sprite.alpha, width, height),
    chromaRuns: findRuns(sprite.chromaAlpha, half, height >> 1),
  };
}

/** dst = over + dst·(255 − alpha)/255 on one plane (limited range never overflows), inside [left, right) × [top, bottom) of the sprite's own grid. */
function blendPlane(
  over: Uint8Array,
  alpha: Uint8Array,
  runs: Int32Array,
  stride: number,
  dst: Uint8Array,
  dstStart: number,
  dstStride: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  for (let i = 0; i < runs.length; i += 3) {
    const row = runs[i];
    if (row < top) continue;
    if (row >= bottom) return;
    const from = Math.max(left, runs[i + 1]);
    const to = Math.min(right, runs[i + 2]);
    let s = row * stride + from;
    let d = dstStart + row * dstStride + from;
    for (const end = s + to - from; s < end; s++, d++) {
      // (n + (n >> 8)) >> 8 with n = m + 128 is m / 255 rounded to nearest for m up to 255².
      const n = dst[d] * (255 - alpha[s]) + 128;
      dst[d] = over[s] + ((n + (n >> 8)) >> 8);
    }
  }
}

/**
 * Lays a sprite over an I420 frame, only where `clip` (even position and size) and the frame allow.
 * With `withAlpha` the frame carries straight alpha after V, and colours are weighted accordingly.
 */
export function blendSprite(
  sprite: Sprite,
  clip: Rect,
  dst: Uint8Array,
  width: number,
  height: number,
  withAlpha = false,
): void {
  const left = Math.max(0, clip.x, sprite.x) - sprite.x;
  const top = Math.max(0, clip.y, sprite.y) - sprite.y;
  const right = Math.min(width, clip.x + clip.width, sprite.x + sprite.width) - sprite.x;
  const bottom = Math.min(height, clip.y + clip.height, sprite.y + sprite.height) - sprite.y;
  if (left >= right || top >= bottom) return;
  const half = width >> 1;
  const quarter = half * (height >> 1);
  const luma = sprite.y * width + sprite.x;
  const chroma = width * height + (sprite.y >> 1) * half + (sprite.x >> 1);
  if (withAlpha) {
    blendOverAlpha(sprite, dst, width, height, left, top, right, bottom);
    return;
  }
  const { u, v, chromaAlpha, opaque } = sprite;
  const w = sprite.width;
  const blend = (left: number, top: number, right: number, bottom: number): void => {
    if (left >= right || top >= bottom) return;
    blendPlane(sprite.luma, sprite.alpha, sprite.lumaRuns, w, dst, luma, width, left, top, right, bottom);
    const [l, t, r, b] = [left >> 1, top >> 1, right >> 1, bottom >> 1];
    blendPlane(u, chromaAlpha, sprite.chromaRuns, w >> 1, dst, chroma, half, l, t, r, b);
    blendPlane(v, chromaAlpha, sprite.chromaRuns, w >> 1, dst, chroma + quarter, half, l, t, r, b);
  };
  if (opaque === undefined) {
    blend(left, top, right, bottom);
    return;
  }
  const x0 = Math.min(right, Math.max(left, opaque.x));
  const y0 = Math.min(bottom, Math.max(top, opaque.y));
  const x1 = Math.max(x0, Math.min(right, opaque.x + opaque.width));
  const y1 = Math.max(y0, Math.min(bottom, opaque.y + opaque.height));
  blend(left, top, right, y0);
  blend(left, y1, right, bottom);
  blend(left, y0, x0, y1);
  blend(x1, y0, right, y1);
  copyPlane(sprite.luma, w, dst, luma, width, x0, y0, x1, y1);
  copyPlane(u, w >> 1, dst, chroma, half, x0 >> 1, y0 >> 1, x1 >> 1, y1 >> 1);
  copyPlane(v, w >> 1, dst, chroma + quarter, half, x0 >> 1, y0 >> 1, x1 >> 1, y1 >> 1);
}

/** [left, right) × [top, bottom) of a sprite's plane, as it is. */
function copyPlane(
  over: Uint8Array,
  stride: number,
  dst: Uint8Array,
  dstStart: number,
  dstStride: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  if (left >= right) return;
  for (let row = top; row < bottom; row++)
    dst.set(over.subarray(row * stride + left, row * stride + right), dstStart + row * dstStride + left);
}

/** Porter–Duff "over" on straight alpha: out alpha = a + A(1 − a), colour = (a·c + A(1 − a)·C) / out alpha. */
function blendOverAlpha(
  sprite: Sprite,
  dst: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  const half = width >> 1;
  const quarter = half * (height >> 1);
  const uPlane = width * height;
  const aPlane = uPlane + 2 * quarter;
  const spriteHalf = sprite.width >> 1;
  for (let row = top; row < bottom; row += 2) {
    for (let col = left; col < right; col += 2) {
      const c = uPlane + ((sprite.y + row) >> 1) * half + ((sprite.x + col) >> 1);
      const s = (row >> 1) * spriteHalf + (col >> 1);
      const under = aPlane + (sprite.y + row) * width + sprite.x + col;
      const rest = (dst[under] + dst[under + 1] + dst[under + width] + dst[under + width + 1]) / 4;
      const kept = rest * (1 - sprite.chromaAlpha[s] / 255);
      const sum = sprite.chromaAlpha[s] + kept;
      if (sprite.chromaAlpha[s] > 0) {
        dst[c] = Math.round((sprite.u[s] * 255 + dst[c] * kept) / sum);
        dst[c + quarter] = Math.round((sprite.v[s] * 255 + dst[c + quarter] * kept) / sum);
      }
      for (let k = 0; k < 4; k++) {
        const p = (row + (k >> 1)) * sprite.width + col + (k & 1);
        const a = sprite.alpha[p];
        if (a === 0) continue;
        const d = under + (k >> 1) * width + (k & 1);
        const below = dst[d] * (1 - a / 255);
        const y = d - aPlane;
        dst[y] = Math.round((sprite.luma[p] * 255 + dst[y] * below) / (a + below));
        dst[d] = Math.round(a + below);
      }
    }
  }
}

/** Copies a rectangle (even position and size) from one frame to another of the same shape. */
export function copyRect(
  from: Uint8Array,
  to: Uint8Array,
  rect: Rect,
  width: number,
  height: number,
  withAlpha: boolean,
): void {
  const x0 = Math.max(0, rect.x);
  const x1 = Math.min(width, rect.x + rect.width);
  const y0 = Math.max(0, rect.y);
  const y1 = Math.min(height, rect.y + rect.height);
  if (x0 >= x1) return;
  const plane = (start: number, stride: number, left: number, top: number, right: number, bottom: number) => {
    for (let row = top; row < bottom; row++) {
      const at = start + row * stride;
      to.set(from.subarray(at + left, at + right), at + left);
    }
  };
  const half = width >> 1;
  const quarter = half * (height >> 1);
  plane(0, width, x0, y0, x1, y1);
  plane(width * height, half, x0 >> 1, y0 >> 1, x1 >> 1, y1 >> 1);
  plane(width * height + quarter, half, x0 >> 1, y0 >> 1, x1 >> 1, y1 >> 1);
  if (withAlpha) plane(width * height + 2 * quarter, width, x0, y0, x1, y1);
}
