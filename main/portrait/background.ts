/** The picture with the person painted out. */
import { boxBlur, cellsOf, forEachUpscaled, type Plane, plane, smoothstep } from './planes.ts';

interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}
interface Level {
  width: number;
  height: number;
  /** r, g, b, and how much of the pixel is known, 0..1. */
  data: Float32Array;
}

/** What is filled in is smooth: it is worked out on a copy no larger than this. */
const FILL_SIDE = 512;

/**
 * RGBA8, opaque. Identical to the picture away from the person; behind and close round them filled from the surroundings
 * by push–pull (Gortler et al., "The Lumigraph", 1996, §3.4). `marginPx` is how far beyond the matte colours of hair may
 * have bled and are not trusted. A cut-out picture has no surroundings: its own transparent pixels stay as they are.
 */
export function backgroundWithoutPerson(
  picture: Picture,
  matte: Uint8Array,
  marginPx: number,
): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = picture;
  const scale = Math.min(1, FILL_SIDE / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const near = nearness(shrinkPerson(matte, width, height, w, h), marginPx * scale);
  const known = surroundings(picture, near);
  if (known === null) return withoutSurroundings(picture, near, matte);
  const filled = pushPull(known).data;
  const out = new Uint8Array(rgba);
  forEachUpscaled(near, width, height, (i, p00, p01, p10, p11, u, v) => {
    const take = matte[i]! > 4 ? 1 : smoothstep(0.01, 0.3, closeness(near.data, p00, p01, p10, p11, u, v));
    if (take === 0) return;
    const w00 = (1 - u) * (1 - v);
    const w01 = u * (1 - v);
    const w10 = (1 - u) * v;
    const w11 = u * v;
    const o = i * 4;
    for (let c = 0; c < 4; c++) {
      const value =
        filled[p00 * 4 + c]! * w00 +
        filled[p01 * 4 + c]! * w01 +
        filled[p10 * 4 + c]! * w10 +
        filled[p11 * 4 + c]! * w11;
      out[o + c] = Math.round(rgba[o + c]! * (1 - take) + (c < 3 ? value : 255 * Math.min(1, value)) * take);
    }
  });
  return out;
}

/** How near a pixel is to the person, read between four of {@link nearness}. */
function closeness(
  near: Float32Array,
  p00: number,
  p01: number,
  p10: number,
  p11: number,
  u: number,
  v: number,
): number {
  const [n00, n01, n10, n11] = [near[p00]!, near[p01]!, near[p10]!, near[p11]!];
  return n00 * ((1 - u) * (1 - v)) + n01 * (u * (1 - v)) + n10 * ((1 - u) * v) + n11 * (u * v);
}

/** Of a cut-out there is nothing to fill in from: what is left is clear where the person was. */
function withoutSurroundings(
  { width, height, rgba }: Picture,
  near: Plane,
  matte: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rgba);
  const pixels = new Uint32Array(out.buffer);
  forEachUpscaled(near, width, height, (i, p00, p01, p10, p11, u, v) => {
    if (pixels[i] === 0) return;
    if (matte[i]! > 4) {
      pixels[i] = 0;
      return;
    }
    const take = smoothstep(0.01, 0.3, closeness(near.data, p00, p01, p10, p11, u, v));
    for (let o = i * 4; o < i * 4 + 4; o++) out[o] = Math.round(rgba[o]! * (1 - take));
  });
  return out;
}

/** 1 wherever any of the person falls on the small pixel. */
function shrinkPerson(matte: Uint8Array, width: number, height: number, w: number, h: number): Plane {
  const person = plane(w, h);
  const columns = cellsOf(width, w);
  const rows = cellsOf(height, h);
  for (let y = 0, i = 0; y < height; y++) {
    const row = rows[y]! * w;
    for (let x = 0; x < width; x++, i++) if (matte[i]! > 4) person.data[row + columns[x]!] = 1;
  }
  return person;
}

/** The small picture where nothing of the person is near; colours times how much of the pixel is known. null: it is all clear. */
function surroundings({ width, height, rgba }: Picture, near: Plane): Level | null {
  const [w, h] = [near.width, near.height];
  const level: Level = { width: w, height: h, data: new Float32Array(w * h * 4) };
  const counts = new Float32Array(w * h);
  const columns = cellsOf(width, w);
  const rows = cellsOf(height, h);
  let isClear = true;
  for (let y = 0, p = 0; y < height; y++) {
    const row = rows[y]! * w;
    for (let x = 0; x < width; x++, p += 4) {
      const o = row + columns[x]!;
      counts[o]!++;
      if (rgba[p + 3] === 0 || near.data[o]! > 0.02) continue;
      isClear = false;
      const known = rgba[p + 3]! / 255;
      for (let c = 0; c < 3; c++) level.data[o * 4 + c]! += rgba[p + c]! * known;
      level.data[o * 4 + 3]! += known;
    }
  }
  if (isClear) return null;
  for (let o = 0; o < counts.length; o++) {
    for (let c = 0; c < 4; c++) level.data[o * 4 + c]! /= Math.max(1, counts[o]!);
  }
  return level;
}

/** 1 on the person, falling to 0 at `margin` pixels from them. Below 0.02 a pixel is far enough to be trusted. */
function nearness(person: Plane, margin: number): Plane {
  const half = Math.max(1, Math.round(margin / 2));
  const wide = boxBlur(person, half);
  for (let i = 0; i < wide.data.length; i++) wide.data[i] = wide.data[i]! > 1e-4 ? 1 : 0;
  const soft = boxBlur(wide, half);
  for (let i = 0; i < soft.data.length; i++) if (wide.data[i]! > 0) soft.data[i] = Math.max(soft.data[i]!, 0.3);
  return soft;
}

function pushPull(base: Level): Level {
  const levels = [base];
  for (let level = base; level.width > 1 || level.height > 1; ) {
    level = halve(level);
    levels.push(level);
  }
  for (let k = levels.length - 2; k >= 0; k--) fillFrom(levels[k]!, levels[k + 1]!);
  return base;
}

function halve(from: Level): Level {
  const [width, height] = [(from.width + 1) >> 1, (from.height + 1) >> 1];
  const to: Level = { width, height, data: new Float32Array(width * height * 4) };
  for (let y = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++) {
      const p = (y * from.width + x) * 4;
      const o = ((y >> 1) * width + (x >> 1)) * 4;
      for (let c = 0; c < 4; c++) to.data[o + c]! += from.data[p + c]!;
    }
  }
  // Colours are stored times their weight; a cell that knows more than one pixel is known, no more.
  for (let o = 0; o < to.data.length; o += 4) {
    const known = to.data[o + 3]!;
    if (known > 1) for (let c = 0; c < 4; c++) to.data[o + c]! /= known;
  }
  return to;
}

function fillFrom(to: Level, coarse: Level): void {
  for (let y = 0; y < to.height; y++) {
    const sy = Math.max(0, Math.min(coarse.height - 1, y / 2 - 0.25));
    const y0 = Math.floor(sy);
    const down = y0 + 1 < coarse.height ? coarse.width * 4 : 0;
    const v = sy - y0;
    for (let x = 0; x < to.width; x++) {
      const o = (y * to.width + x) * 4;
      const missing = 1 - to.data[o + 3]!;
      if (missing <= 0) continue;
      const sx = Math.max(0, Math.min(coarse.width - 1, x / 2 - 0.25));
      const x0 = Math.floor(sx);
      const u = sx - x0;
      const p = (y0 * coarse.width + x0) * 4;
      const right = x0 + 1 < coarse.width ? 4 : 0;
      for (let c = 0; c < 4; c++) {
        const top = coarse.data[p + c]! * (1 - u) + coarse.data[p + right + c]! * u;
        const bottom = coarse.data[p + down + c]! * (1 - u) + coarse.data[p + down + right + c]! * u;
        to.data[o + c]! += missing * (top * (1 - v) + bottom * v);
      }
    }
  }
}
