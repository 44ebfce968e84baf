/** The picture with the person painted out. */
import { boxBlur, type Plane, plane, smoothstep } from './planes.ts';

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

/**
 * RGBA8, opaque. Identical to the picture away from the person; behind and close round them filled from the surroundings
 * by push–pull (Gortler et al., "The Lumigraph", 1996, §3.4). `marginPx` is how far beyond the matte colours of hair may
 * have bled and are not trusted. A cut-out picture has no surroundings: its own transparent pixels stay as they are.
 */
export function backgroundWithoutPerson(picture: Picture, matte: Uint8Array, marginPx: number): Uint8Array {
  const { width, height, rgba } = picture;
  const near = nearness(matte, width, height, marginPx);
  const base: Level = { width, height, data: new Float32Array(width * height * 4) };
  for (let i = 0; i < matte.length; i++) {
    const known = near.data[i]! <= 0.02 ? rgba[i * 4 + 3]! / 255 : 0;
    for (let c = 0; c < 3; c++) base.data[i * 4 + c] = rgba[i * 4 + c]! * known;
    base.data[i * 4 + 3] = known;
  }
  const filled = pushPull(base);
  const out = new Uint8Array(rgba);
  for (let i = 0; i < matte.length; i++) {
    const take = smoothstep(0.01, 0.3, near.data[i]!);
    if (take === 0) continue;
    for (let c = 0; c < 3; c++) {
      out[i * 4 + c] = Math.round(rgba[i * 4 + c]! * (1 - take) + filled.data[i * 4 + c]! * take);
    }
    out[i * 4 + 3] = Math.round(rgba[i * 4 + 3]! * (1 - take) + 255 * Math.min(1, filled.data[i * 4 + 3]!) * take);
  }
  return out;
}

/** 1 on the person, falling to 0 at `margin` pixels from them. */
function nearness(matte: Uint8Array, width: number, height: number, margin: number): Plane {
  const person = plane(width, height);
  for (let i = 0; i < matte.length; i++) person.data[i] = matte[i]! > 4 ? 1 : 0;
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
