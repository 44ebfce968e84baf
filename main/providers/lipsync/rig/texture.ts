/**
 * The person's picture as the rig's texture: premultiplied, one texel of border, and retouched where a still picture
 * would betray itself once it moves.
 */
import type { AvatarPlate, Rect } from '../../../engine/ports/lipsync.ts';
import type { Face } from './face-frame.ts';
import { clamp, Graph, mix, smoothstep } from './math.ts';

export type Rgb = [number, number, number];
export const luma = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

/** Texture pixels of the region with a border of one texel: (width + 2) × (height + 2), premultiplied RGBA8. */
export function cutTexture(plate: AvatarPlate, region: Rect): Uint8Array {
  const width = region.width + 2;
  const height = region.height + 2;
  const texture = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const sy = clamp(region.y + y - 1, 0, plate.height - 1);
    for (let x = 0; x < width; x++) {
      const sx = clamp(region.x + x - 1, 0, plate.width - 1);
      const from = (sy * plate.width + sx) * 4;
      const to = (y * width + x) * 4;
      const alpha = plate.person[from + 3]!;
      for (let c = 0; c < 3; c++) texture[to + c] = Math.round((plate.person[from + c]! * alpha) / 255);
      texture[to + 3] = alpha;
    }
  }
  return texture;
}

/** Bilinear reads of a region-sized texture with border, at region pixels. Writes RGBA into `out`. */
export function readTexture(
  texture: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  out: number[],
): void {
  const u = clamp(x + 0.5, 0, width - 1.001);
  const v = clamp(y + 0.5, 0, height - 1.001);
  const ix = Math.floor(u);
  const iy = Math.floor(v);
  const [fx, fy] = [u - ix, v - iy];
  const a = (iy * width + ix) * 4;
  const b = a + width * 4;
  for (let c = 0; c < 4; c++) {
    out[c] = mix(mix(texture[a + c]!, texture[a + 4 + c]!, fx), mix(texture[b + c]!, texture[b + 4 + c]!, fx), fy);
  }
}

/**
 * Takes the dark line between closed lips out of the lips themselves: it would stay glued to them when they part.
 * Texels close to the seam take the colour of the same lip further in, kept a little darker.
 */
export function retouchSeam(texture: Uint8Array, region: Rect, face: Face): void {
  const { frame, lips, mouth } = face;
  const width = region.width + 2;
  const height = region.height + 2;
  const original = texture.slice();
  const graphs = {
    innerUpper: new Graph(lips.innerUpper),
    innerLower: new Graph(lips.innerLower),
    outerUpper: new Graph(lips.outerUpper),
    outerLower: new Graph(lips.outerLower),
  };
  const box = boundsOf(face, region, 0.12);
  const sample: number[] = [0, 0, 0, 0];
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const [X, Y] = frame.toFace(x + 0.5 + region.x, y + 0.5 + region.y);
      const t = (X - mouth.left) / mouth.width;
      if (t <= 0.02 || t >= 0.98) continue;
      const up = graphs.innerUpper.at(X);
      const low = graphs.innerLower.at(X);
      const upper = Y < (up + low) / 2;
      const thick = upper ? up - graphs.outerUpper.at(X) : graphs.outerLower.at(X) - low;
      const band = clamp(0.34 * thick, 0.012, 0.03);
      // Shadow under an upper lip a little open, with teeth in it, reaches far up: there only what is very dark counts.
      const reach = upper ? Math.max(band, 0.62 * thick) : band;
      const away = upper ? up - Y : Y - low;
      if (away > reach) continue;
      const at = ((y + 1) * width + x + 1) * 4;
      const here = luma(original[at]!, original[at + 1]!, original[at + 2]!);
      const shade = upper ? 0.93 : 0.97;
      const ends = smoothstep(0.02, 0.14, t) * smoothstep(0.98, 0.86, t);
      const lift = (depth: number, from: number, dark: number, within: number): void => {
        const [sx, sy] = frame.toStage(X, upper ? up - depth : low + depth);
        readTexture(original, width, height, sx - region.x, sy - region.y, sample);
        const ratio = here / Math.max(1, luma(sample[0]!, sample[1]!, sample[2]!) * shade);
        const amount = within * ends * smoothstep(from, dark, ratio);
        for (let c = 0; c < 3; c++) texture[at + c] = Math.round(mix(texture[at + c]!, sample[c]! * shade, amount));
      };
      if (away <= band) {
        const depth = Math.max(band * 1.15, (upper ? 0.42 : 0.4) * thick);
        lift(depth, 0.98, 0.8, smoothstep(band, band * 0.45, away));
      }
      if (upper) lift(0.78 * thick, 0.75, 0.5, smoothstep(reach, 0.7 * reach, away));
    }
  }
}

/** Farther from its middle than this a line between lips is none, but shade. */
const LINE_REACH = 0.036;

/**
 * The dark line runs into the corners of many mouths and on past them, where it would stick out like a whisker once they
 * move inwards. What is darker there than both what is a little above and a little below it is lifted most of the way to
 * them; right at the corner some of its shade stays.
 */
export function retouchCorners(texture: Uint8Array, region: Rect, face: Face): void {
  const { frame, lips } = face;
  const width = region.width + 2;
  const height = region.height + 2;
  const original = texture.slice();
  const box = boundsOf(face, region, 0.2);
  const above: number[] = [0, 0, 0, 0];
  const below: number[] = [0, 0, 0, 0];
  const innerUpper = new Graph(lips.innerUpper);
  const innerLower = new Graph(lips.innerLower);
  const corners = [
    { at: lips.innerUpper[0]!, out: -1 },
    { at: lips.innerUpper[10]!, out: 1 },
  ];
  const [across, down] = [box.right - box.left, box.bottom - box.top];
  const lineness = new Float32Array(across * down);
  const beside = (X: number, Y: number): number => {
    const read = (y: number, into: number[]): number => {
      const [sx, sy] = frame.toStage(X, y);
      readTexture(original, width, height, sx - region.x, sy - region.y, into);
      return luma(into[0]!, into[1]!, into[2]!);
    };
    return Math.min(read(Y - LINE_REACH, above), read(Y + LINE_REACH, below));
  };
  const texel = (x: number, y: number): number => (y * width + x + width + 1) * 4;
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const [X, Y] = frame.toFace(x + 0.5 + region.x, y + 0.5 + region.y);
      for (const { at, out } of corners) {
        const beyond = (X - at[0]) * out;
        if (beyond < -0.13 || beyond > 0.13) continue;
        const off = Math.max(0, innerUpper.at(X) - Y, Y - innerLower.at(X));
        if (off > 0.05) continue;
        const o = texel(x, y);
        const here = luma(original[o]!, original[o + 1]!, original[o + 2]!);
        lineness[(y - box.top) * across + x - box.left] =
          (0.9 - 0.3 * smoothstep(0.03, 0, Math.abs(beyond))) *
          smoothstep(0.8, 0.5, here / Math.max(1, beside(X, Y))) *
          smoothstep(-0.13, -0.07, beyond) *
          smoothstep(0.13, 0.09, beyond) *
          smoothstep(0.05, 0.036, off);
      }
    }
  }
  // The line's soft edges go with it, or they would stay as its outline.
  const edge = Math.max(1, Math.round(0.009 * frame.iod));
  const wide = spreadMost(lineness, across, down, edge);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const amount = wide[y * across + x]!;
      if (amount === 0) continue;
      beside(...frame.toFace(x + box.left + 0.5 + region.x, y + box.top + 0.5 + region.y));
      const o = texel(x + box.left, y + box.top);
      for (let c = 0; c < 3; c++)
        texture[o + c] = Math.round(mix(original[o + c]!, (above[c]! + below[c]!) / 2, amount));
    }
  }
}

/** The greatest value within `radius` of each place, its own outline softened. */
function spreadMost(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const along = (from: Float32Array, step: number, count: number, other: number, otherStep: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let j = 0; j < other; j++) {
      for (let i = 0; i < count; i++) {
        let most = 0;
        for (let k = Math.max(0, i - radius); k <= Math.min(count - 1, i + radius); k++) {
          const near = 1 - (0.5 * Math.abs(k - i)) / (radius + 1);
          most = Math.max(most, near * from[j * otherStep + k * step]!);
        }
        to[j * otherStep + i * step] = most;
      }
    }
    return to;
  };
  return along(along(values, 1, width, height, width), width, height, width, 1);
}

/** The mouth's box in region pixels, with a margin in face units. */
export function boundsOf(
  face: Face,
  region: Rect,
  margin: number,
): { left: number; top: number; right: number; bottom: number } {
  const { lips, frame } = face;
  const points = [...lips.outerUpper, ...lips.outerLower].map(([x, y]) => frame.toStage(x, y));
  const pad = margin * frame.iod;
  const xs = points.map(([x]) => x - region.x);
  const ys = points.map(([, y]) => y - region.y);
  return {
    left: clamp(Math.floor(Math.min(...xs) - pad), 0, region.width),
    top: clamp(Math.floor(Math.min(...ys) - pad), 0, region.height),
    right: clamp(Math.ceil(Math.max(...xs) + pad), 0, region.width),
    bottom: clamp(Math.ceil(Math.max(...ys) + pad), 0, region.height),
  };
}

/** Colours that what is drawn anew must match: skin, lips in shade, and how bright white is in this picture. */
export interface Palette {
  skin: Rgb;
  lipShade: Rgb;
  /** Colour of a clean tooth under this picture's light. */
  tooth: Rgb;
}

export function readPalette(plate: AvatarPlate, face: Face): Palette {
  const { frame, lips, landmarks } = face;
  const at = (X: number, Y: number): Rgb => {
    const [x, y] = frame.toStage(X, Y);
    const o = (clamp(Math.round(y), 0, plate.height - 1) * plate.width + clamp(Math.round(x), 0, plate.width - 1)) * 4;
    return [plate.person[o]!, plate.person[o + 1]!, plate.person[o + 2]!];
  };
  const median = (colours: Rgb[]): Rgb => {
    const sorted = colours.toSorted((a, b) => luma(...a) - luma(...b));
    return sorted[sorted.length >> 1]!;
  };
  const around = ([cx, cy]: readonly [number, number], r: number): Rgb[] =>
    Array.from({ length: 25 }, (_, i) => at(cx + ((i % 5) - 2) * r, cy + (Math.floor(i / 5) - 2) * r));
  const cheeks = [...around(frame.of(landmarks.cheeks.left), 0.03), ...around(frame.of(landmarks.cheeks.right), 0.03)];
  const skin = median(cheeks);
  const lower = [3, 4, 5, 6, 7].map((i): Rgb => {
    const [a, b] = [lips.innerLower[i]!, lips.outerLower[i]!];
    return at(mix(a[0], b[0], 0.45), mix(a[1], b[1], 0.45));
  });
  const lip = median(lower);
  // White of the eyes and the brightest skin tell the light's level and tint.
  const lit = cheeks.toSorted((a, b) => luma(...b) - luma(...a))[4]!;
  const level = clamp(luma(...lit) / 205, 0.62, 1);
  const tint: Rgb = [
    1,
    clamp((lit[1] / Math.max(1, lit[0])) * 1.18, 0.88, 1.02),
    clamp((lit[2] / Math.max(1, lit[0])) * 1.3, 0.8, 1.04),
  ];
  return {
    skin,
    lipShade: [lip[0] * 0.5, lip[1] * 0.34, lip[2] * 0.36],
    tooth: [238 * level * tint[0], 232 * level * tint[1], 222 * level * tint[2]],
  };
}
