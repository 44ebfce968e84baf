/**
 * Soft shading from sculpted relief: a surface is a height in portrait pixels towards the viewer; its normals are lit by a key,
 * a fill and a rim light, and the amount of light is looked up in a painter's ramp from shadow to highlight.
 */
import { type Canvas, createCanvas, type Path2D, type SKRSContext2D } from '@napi-rs/canvas';
import { type Box, rgb } from './brush.ts';
import { clamp01, type Pt } from './curves.ts';

export type Height = (x: number, y: number) => number;
type Vec = readonly [number, number, number];

export interface Lighting {
  ambient: number;
  key: { from: Vec; strength: number; wrap: number };
  fill: { from: Vec; strength: number };
  rim: { from: Vec; strength: number; colour: string };
}

export interface Material {
  /** From darkness (0) to full light (1). */
  ramp: readonly (readonly [number, string])[];
  gloss: { power: number; strength: number; colour: string };
  /** How much hollows darken. */
  cavity: number;
  /** Turns the amount of light into steps for a poster look; 0 leaves it smooth. */
  bands?: { count: number; softness: number; share: number };
}

/** A gaussian bump; negative amplitude is a hollow. */
export const bump = (x: number, y: number, cx: number, cy: number, sx: number, sy: number, amount: number): number => {
  const u = (x - cx) / sx;
  const v = (y - cy) / sy;
  const q = u * u + v * v;
  return q > 12 ? 0 : amount * Math.exp(-q);
};

/** Height of a closed, star-shaped outline blown up like a balloon: 1 at the middle, 0 at the outline. */
export function balloon(outline: readonly Pt[], middle: Pt, roundness: number, edge: number): Height {
  const N = 1440;
  const radius = new Float64Array(N);
  const counted = new Float64Array(N);
  const m = outline.length;
  for (let i = 0; i < m; i++) {
    const a = outline[i];
    const b = outline[(i + 1) % m];
    for (let k = 0; k < 12; k++) {
      const x = a[0] + ((b[0] - a[0]) * k) / 12 - middle[0];
      const y = a[1] + ((b[1] - a[1]) * k) / 12 - middle[1];
      const slot = Math.floor(((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1) * N);
      radius[slot] += Math.hypot(x, y);
      counted[slot]++;
    }
  }
  for (let i = 0; i < N; i++) if (counted[i]) radius[i] /= counted[i];
  for (let i = 0; i < N; i++) {
    if (counted[i]) continue;
    let [p, q] = [i, i];
    while (!counted[(p + N) % N]) p--;
    while (!counted[q % N]) q++;
    const t = (i - p) / (q - p);
    radius[i] = radius[(p + N) % N] * (1 - t) + radius[q % N] * t;
  }
  const smooth = radius.map((_, i) => {
    let s = 0;
    for (let k = -20; k <= 20; k++) s += radius[(i + k + N) % N];
    return s / 41;
  });
  return (x, y) => {
    const dx = x - middle[0];
    const dy = y - middle[1];
    const at = ((Math.atan2(dy, dx) / (2 * Math.PI) + 1) % 1) * N;
    const i = Math.floor(at);
    const r = smooth[i % N] + (smooth[(i + 1) % N] - smooth[i % N]) * (at - i);
    const d = Math.hypot(dx, dy) / r;
    return d >= 1.12 ? -(d - 1.12) : Math.max(0, 1.0001 - (d / 1.12) ** roundness) ** edge;
  };
}

/** What is painted in white on black becomes height 0..1, blurred: folds, seams, the rounding of an edge. */
export function paintedHeight(box: Box, blurPx: number, draw: (ctx: SKRSContext2D) => void): Height {
  const pad = Math.ceil(blurPx * 2);
  const [x0, y0] = [Math.floor(box[0]) - pad, Math.floor(box[1]) - pad];
  const [w, h] = [Math.ceil(box[2]) + 2 * pad, Math.ceil(box[3]) + 2 * pad];
  const canvas = createCanvas(w, h);
  const ctx = canvas.getContext('2d');
  ctx.fillStyle = '#000';
  ctx.fillRect(0, 0, w, h);
  ctx.translate(-x0, -y0);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.fillStyle = ctx.strokeStyle = '#fff';
  draw(ctx);
  const data = ctx.getImageData(0, 0, w, h).data;
  const field = new Float32Array(w * h);
  for (let i = 0; i < field.length; i++) field[i] = data[i * 4] / 255;
  for (let pass = 0; pass < 3; pass++) boxBlur(field, w, h, Math.max(1, Math.round(blurPx * 0.58)));
  return (x, y) => {
    const u = Math.min(w - 1.001, Math.max(0, x - x0));
    const v = Math.min(h - 1.001, Math.max(0, y - y0));
    const i = Math.floor(u);
    const j = Math.floor(v);
    const [a, b] = [u - i, v - j];
    const k = j * w + i;
    return (field[k] * (1 - a) + field[k + 1] * a) * (1 - b) + (field[k + w] * (1 - a) + field[k + w + 1] * a) * b;
  };
}

export const insideOf = (path: Path2D) => (ctx: SKRSContext2D) => ctx.fill(path);

function boxBlur(field: Float32Array, w: number, h: number, r: number): void {
  const line = new Float32Array(Math.max(w, h));
  const pass = (start: number, step: number, count: number): void => {
    let sum = 0;
    for (let i = -r; i <= r; i++) sum += field[start + Math.min(count - 1, Math.max(0, i)) * step];
    for (let i = 0; i < count; i++) {
      line[i] = sum / (2 * r + 1);
      sum += field[start + Math.min(count - 1, i + r + 1) * step] - field[start + Math.max(0, i - r) * step];
    }
    for (let i = 0; i < count; i++) field[start + i * step] = line[i];
  };
  for (let y = 0; y < h; y++) pass(y * w, 1, w);
  for (let x = 0; x < w; x++) pass(x, w, h);
}

const unit = ([x, y, z]: Vec): Vec => {
  const d = Math.hypot(x, y, z);
  return [x / d, y / d, z / d];
};

function rampTable(ramp: Material['ramp']): Float32Array {
  const table = new Float32Array(1025 * 3);
  for (let i = 0; i <= 1024; i++) {
    const t = i / 1024;
    let k = 1;
    while (k < ramp.length - 1 && ramp[k][0] < t) k++;
    const [t0, c0] = ramp[k - 1];
    const [t1, c1] = ramp[k];
    const s = clamp01((t - t0) / (t1 - t0));
    const [a, b] = [rgb(c0), rgb(c1)];
    for (let c = 0; c < 3; c++) table[i * 3 + c] = a[c] + (b[c] - a[c]) * s;
  }
  for (let c = 0; c < 3; c++) {
    const line = Float32Array.from({ length: 1025 }, (_, i) => table[i * 3 + c]);
    for (let i = 0; i <= 1024; i++) {
      let sum = 0;
      for (let k = -40; k <= 40; k++) sum += line[Math.min(1024, Math.max(0, i + k))];
      table[i * 3 + c] = sum / 81;
    }
  }
  return table;
}

/** The lit surface over `box` as an opaque picture, one pixel a portrait pixel. `shade` multiplies the light at a place. */
export function litSurface(
  box: Box,
  height: Height,
  light: Lighting,
  material: Material,
  shade: Height = () => 1,
): Canvas {
  const [x0, y0] = [Math.floor(box[0]), Math.floor(box[1])];
  const [w, h] = [Math.ceil(box[2]), Math.ceil(box[3])];
  const field = new Float32Array((w + 2) * (h + 2));
  for (let j = 0; j < h + 2; j++)
    for (let i = 0; i < w + 2; i++) field[j * (w + 2) + i] = height(x0 + i - 0.5, y0 + j - 0.5);
  const wide = Float32Array.from(field);
  for (let pass = 0; pass < 2; pass++) boxBlur(wide, w + 2, h + 2, 14);
  const ramp = rampTable(material.ramp);
  const key = unit(light.key.from);
  const fill = unit(light.fill.from);
  const rim = unit(light.rim.from);
  const half = unit([key[0], key[1], key[2] + 1]);
  const [gr, gg, gb] = rgb(material.gloss.colour);
  const [rr, rg, rb] = rgb(light.rim.colour);
  const canvas = createCanvas(w, h);
  const ctx = canvas.getContext('2d');
  const image = ctx.createImageData(w, h);
  for (let j = 0; j < h; j++)
    for (let i = 0; i < w; i++) {
      const k = (j + 1) * (w + 2) + i + 1;
      let nx = (field[k - 1] - field[k + 1]) / 2;
      let ny = (field[k - w - 2] - field[k + w + 2]) / 2;
      const inv = 1 / Math.hypot(nx, ny, 1);
      nx *= inv;
      ny *= inv;
      const nz = inv;
      const { wrap } = light.key;
      const lit = Math.max(0, (nx * key[0] + ny * key[1] + nz * key[2] + wrap) / (1 + wrap));
      const filled = Math.max(0, nx * fill[0] + ny * fill[1] + nz * fill[2]);
      const hollow = clamp01((wide[k] - field[k]) / 26);
      let t = light.ambient + light.key.strength * lit + light.fill.strength * filled - material.cavity * hollow;
      t = clamp01(t * shade(x0 + i + 0.5, y0 + j + 0.5));
      if (material.bands) t = banded(t, material.bands);
      const gloss =
        Math.max(0, nx * half[0] + ny * half[1] + nz * half[2]) ** material.gloss.power * material.gloss.strength * t;
      const edge = (1 - nz) ** 2.4 * Math.max(0, nx * rim[0] + ny * rim[1] + nz * rim[2]) * light.rim.strength;
      const at = Math.round(t * 1024) * 3;
      const o = (j * w + i) * 4;
      image.data[o] = screen(screen(ramp[at], gr, gloss), rr, edge);
      image.data[o + 1] = screen(screen(ramp[at + 1], gg, gloss), rg, edge);
      image.data[o + 2] = screen(screen(ramp[at + 2], gb, gloss), rb, edge);
      image.data[o + 3] = 255;
    }
  ctx.putImageData(image, 0, 0);
  return canvas;
}

const screen = (base: number, add: number, share: number): number => base + (255 - base) * clamp01(share) * (add / 255);

function banded(t: number, { count, softness, share }: NonNullable<Material['bands']>): number {
  const x = t * count;
  const step = Math.floor(x);
  const f = x - step;
  const s = clamp01((f - 0.5) / softness + 0.5);
  return t + ((step + s * s * (3 - 2 * s)) / count - t) * share;
}
