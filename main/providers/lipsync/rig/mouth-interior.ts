/**
 * What is seen between the lips: cavity, tongue, lower teeth (which move with the jaw), upper teeth (which move with the
 * skull), and the lips' shadow over them. Painted under the mesh, whose hole is the mouth's opening.
 */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import type { Rect } from '../../../engine/ports/lipsync.ts';
import type { Face } from './face-frame.ts';
import { clamp, Graph, mix, smoothstep } from './math.ts';
import { COLUMNS, featherPx, HALF } from './mesh.ts';
import { luma, type Palette, type Rgb, readTexture } from './texture.ts';

/** Widths of the upper teeth from the middle outwards, in face units (mesiodistal means of adult crowns over 63 mm IPD). */
const CROWNS = [0.132, 0.104, 0.118, 0.108, 0.104, 0.1];
const CAVITY: Rgb = [56, 19, 20];
const TONGUE: Rgb = [176, 86, 84];
/** Cosine of the head's roll below which the mouth is only dark inside: teeth and tongue are drawn for heads held upright. */
const UPRIGHT = 0.7;

export interface InteriorState {
  jaw: number;
  pucker: number;
  lowerDrop: number;
  tongue: number;
  /** Skull displacement at the teeth in region pixels, and its roll in radians. */
  shiftX: number;
  shiftY: number;
  roll: number;
}

export class MouthInterior {
  readonly #face: Face;
  readonly #region: Rect;
  readonly #palette: Palette;
  readonly #cavity: Rgb;
  readonly #tongue: Rgb;
  readonly #teeth: { left: number; top: number; width: number; height: number; rgba: Uint8Array };
  /** The opening's edges per pixel column. */
  #upperEdge = new Float32Array(0);
  #lowerEdge = new Float32Array(0);

  /** `area` is what `base` shows, `region` what `paint` draws into; both on the stage. */
  constructor(face: Face, region: Rect, area: Rect, base: Uint8Array, palette: Palette, teeth: RigSettings['teeth']) {
    this.#face = face;
    this.#region = region;
    this.#palette = {
      ...palette,
      lipShade: inPicture(palette.lipShade, palette),
      tooth: inPicture(palette.tooth, palette),
    };
    this.#cavity = inPicture(CAVITY, palette);
    this.#tongue = inPicture(TONGUE, palette);
    this.#teeth = drawUpperTeeth(face, region, area, base, this.#palette, teeth);
  }

  /** Paints into `target` (region-sized RGBA8) for the mesh at `px`, `py`. */
  paint(target: Uint8Array, px: Float32Array, py: Float32Array, state: InteriorState): void {
    const { width, height } = this.#region;
    const { iod, cos } = this.#face.frame;
    // What lies under the lips' soft edge shines through it.
    const under = Math.max(3, Math.ceil(featherPx(iod) + 1));
    if (cos < UPRIGHT) {
      this.#fillOpening(target, px, py, under);
      return;
    }
    let [left, right, top, bottom] = [width, 0, height, 0];
    for (let j = 0; j < COLUMNS; j++) {
      left = Math.min(left, px[j]!);
      right = Math.max(right, px[j]!);
      top = Math.min(top, py[j]!);
      bottom = Math.max(bottom, py[j]!);
    }
    const x0 = clamp(Math.floor(left - under), 0, width);
    const x1 = clamp(Math.ceil(right + under), x0, width);
    this.#traceOpening(px, py, x0, x1);
    const middle = (left + right) / 2;
    const halfWidth = Math.max(1, (right - left) / 2);
    const midUpper = py[HALF >> 1]!;
    const midLower = py[HALF + (HALF >> 1)]!;
    const opening = Math.max(1, midLower - midUpper);
    const { lipShade, tooth } = this.#palette;
    // A pursed mouth shows no teeth; a narrow slit shows only the lips' own shade.
    const teethSeen = 1 - 0.95 * smoothstep(0.55, 0.95, state.pucker);
    const depth = smoothstep(0.006 * iod, 0.045 * iod, opening);
    const lowerTop = midLower - (0.026 + 0.06 * state.lowerDrop) * iod;
    const lowerSeen = smoothstep(0.12, 0.36, state.jaw) * (1 - 0.85 * state.pucker) * 0.85;
    const tongueTop = midLower - (0.1 + 0.15 * state.tongue) * iod;
    const sprite = this.#teeth;
    const tex = [0, 0, 0, 0];
    for (let x = x0; x < x1; x++) {
      const up = this.#upperEdge[x - x0]!;
      const low = this.#lowerEdge[x - x0]!;
      const xn = (x + 0.5 - middle) / halfWidth;
      const side = Math.abs(xn);
      const y0 = clamp(Math.floor(up - under), 0, height);
      const y1 = clamp(Math.ceil(low + under), y0, height);
      const slit = Math.max(1 - depth, smoothstep(0.62, 1, side) * 0.9);
      // What only depends on the column.
      const x2 = xn * xn;
      const tongueWidth = (1 - smoothstep(0.55, 0.85, side)) * 0.9;
      const groove = 0.09 * Math.exp(-x2 * 60);
      const lowerWidth = smoothstep(0.72, 0.5, side) * lowerSeen;
      const across = (Math.abs(x + 0.5 - middle) / iod / 0.084) % 1;
      const rim = (across * 2 - 1) ** 2;
      const crown = (0.66 - 0.12 * rim * rim * rim) * (1 - 0.5 * x2);
      const sideShade = 1 - 0.35 * smoothstep(0.55, 1, side);
      for (let y = y0; y < y1; y++) {
        const down = clamp((y - up) / Math.max(1, low - up), 0, 1);
        const back = mix(1, 0.7, smoothstep(0.1, 0.5, down)) * (1 - 0.25 * x2);
        let r = this.#cavity[0] * back;
        let g = this.#cavity[1] * back;
        let b = this.#cavity[2] * back;
        const tongueY = y - tongueTop - x2 * 0.1 * iod;
        const tongue = smoothstep(-0.02 * iod, 0.05 * iod, tongueY) * tongueWidth;
        if (tongue > 0) {
          const lit = 0.52 + 0.34 * smoothstep(0, 0.1 * iod, tongueY) - groove;
          r = mix(r, this.#tongue[0] * lit, tongue);
          g = mix(g, this.#tongue[1] * lit, tongue);
          b = mix(b, this.#tongue[2] * lit, tongue);
        }
        const lowerTeeth = smoothstep(-1.2, 1.2, y - lowerTop - x2 * 0.05 * iod) * lowerWidth;
        if (lowerTeeth > 0) {
          r = mix(r, tooth[0] * crown, lowerTeeth);
          g = mix(g, tooth[1] * crown, lowerTeeth);
          b = mix(b, tooth[2] * crown * 0.97, lowerTeeth);
        }
        // The skull's own frame: undo its shift, then its roll about the upper lip.
        const rx = x - state.shiftX;
        const ry = y - state.shiftY;
        const tx = rx + state.roll * (ry - midUpper + state.shiftY) - sprite.left;
        const ty = ry - state.roll * (rx - middle + state.shiftX) - sprite.top;
        if (tx >= 0 && ty >= 0 && tx < sprite.width - 2 && ty < sprite.height - 2) {
          readTexture(sprite.rgba, sprite.width, sprite.height, tx, ty, tex);
          const a = (tex[3]! / 255) * teethSeen;
          if (a > 0) {
            r = mix(r, tex[0]!, a);
            g = mix(g, tex[1]!, a);
            b = mix(b, tex[2]!, a);
          }
        }
        const shade =
          (0.6 + 0.4 * smoothstep(-0.012 * iod, 0.055 * iod, y - up)) *
          (0.72 + 0.28 * smoothstep(0, 0.04 * iod, low - y)) *
          sideShade;
        const warm = mix(0.86, 1, shade);
        const o = (y * width + x) * 4;
        target[o] = mix(r * shade, lipShade[0], slit);
        target[o + 1] = mix(g * shade * warm, lipShade[1], slit);
        target[o + 2] = mix(b * shade * warm, lipShade[2], slit);
        target[o + 3] = 255;
      }
    }
  }

  /** The opening and `under` pixels round it in the lips' own shade, whichever way the head is turned. */
  #fillOpening(target: Uint8Array, px: Float32Array, py: Float32Array, under: number): void {
    const { width, height } = this.#region;
    const [r, g, b] = this.#palette.lipShade;
    for (let j = 0; j < HALF; j++) {
      // A strip from lip to lip between two columns.
      const strip = [j, j + 1, (COLUMNS - j) % COLUMNS, COLUMNS - j - 1];
      const range = (at: Float32Array, most: number): [number, number] => {
        const values = strip.map((v) => at[v]!);
        return [
          clamp(Math.floor(Math.min(...values) - under), 0, most),
          clamp(Math.ceil(Math.max(...values) + under), 0, most),
        ];
      };
      const [x0, x1] = range(px, width);
      const [y0, y1] = range(py, height);
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) target.set([r, g, b, 255], (y * width + x) * 4);
    }
  }

  #traceOpening(px: Float32Array, py: Float32Array, x0: number, x1: number): void {
    const columns = x1 - x0;
    if (this.#upperEdge.length < columns) {
      this.#upperEdge = new Float32Array(columns + 64);
      this.#lowerEdge = new Float32Array(columns + 64);
    }
    const up = this.#upperEdge.fill(1e9);
    const low = this.#lowerEdge.fill(-1e9);
    for (let j = 0; j < COLUMNS; j++) {
      const k = (j + 1) % COLUMNS;
      const upper = j < HALF;
      const [a, b] = px[j]! <= px[k]! ? [j, k] : [k, j];
      const span = px[b]! - px[a]!;
      const from = Math.max(x0, Math.floor(px[a]! - 1));
      const to = Math.min(x1 - 1, Math.ceil(px[b]! + 1));
      for (let x = from; x <= to; x++) {
        const f = span > 1e-6 ? clamp((x + 0.5 - px[a]!) / span, 0, 1) : 0;
        const y = mix(py[a]!, py[b]!, f);
        if (upper) up[x - x0] = Math.min(up[x - x0]!, y);
        else low[x - x0] = Math.max(low[x - x0]!, y);
      }
    }
  }
}

/** A colour as this picture would show it: in a grey or faded one the mouth's inside is grey or faded too. */
function inPicture(colour: Rgb, { skin }: Palette): Rgb {
  const strength = (Math.max(...skin) - Math.min(...skin)) / Math.max(1, ...skin);
  const grey = luma(...colour);
  return colour.map((value) => mix(grey, value, smoothstep(0.02, 0.18, strength))) as Rgb;
}

/**
 * The upper row as a sprite in region pixels at rest. The picture's own teeth are used where it shows them: enough bright,
 * unsaturated pixels between the inner lip edges. Otherwise they are drawn, in the picture's light.
 */
function drawUpperTeeth(
  face: Face,
  region: Rect,
  area: Rect,
  base: Uint8Array,
  palette: Palette,
  choice: RigSettings['teeth'],
): { left: number; top: number; width: number; height: number; rgba: Uint8Array } {
  const { frame, lips, mouth } = face;
  const { iod } = frame;
  const upper = new Graph(lips.innerUpper);
  const lower = new Graph(lips.innerLower);
  const seam = upper.at(mouth.centreX);
  const gap = Math.max(0, lower.at(mouth.centreX) - seam);
  const showsTeeth =
    choice === 'picture' || (choice === 'auto' && gap > 0.03 && brightShare(face, area, base, palette) > 0.45);
  const edgeY = showsTeeth ? Math.min(seam + 0.135, seam + gap - 0.008) : seam + 0.42 * gap + 0.05;
  const scale = clamp(mouth.width / 0.8, 0.75, 1.15);
  const edges: number[] = [0];
  for (const crown of CROWNS) edges.push(edges.at(-1)! + crown * scale);
  const [cx, cy] = frame.toStage(mouth.centreX, edgeY);
  const left = Math.floor(cx - 0.62 * iod - region.x);
  const top = Math.floor(cy - 0.3 * iod - region.y);
  const width = Math.ceil(1.24 * iod) + 2;
  const height = Math.ceil(0.42 * iod) + 2;
  const rgba = new Uint8Array(width * height * 4);
  const own = [0, 0, 0, 0];
  const soft = Math.max(0.012, 0.7 / iod);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [X, Y] = frame.toFace(x + 0.5 + left + region.x, y + 0.5 + top + region.y);
      const off = Math.abs(X - mouth.centreX);
      let k = 0;
      while (k < CROWNS.length - 1 && off > edges[k + 1]!) k++;
      const c = clamp(((off - edges[k]!) / (edges[k + 1]! - edges[k]!)) * 2 - 1, -1, 1);
      // The row curves up towards the corners; laterals are a little shorter, edges are rounded.
      const bottom = edgeY - 0.3 * off * off - (k === 1 ? 0.006 : k > 2 ? 0.005 : 0) - 0.007 * Math.abs(c) ** 3;
      const form = (1 - 0.13 * Math.abs(c) ** 10) * (1 - 0.45 * smoothstep(0.12, 0.42, off)) * (1 + 0.04 * (1 - c * c));
      const toEdge = 1 - 0.1 * smoothstep(edgeY - 0.02, edgeY, Y);
      const gum = smoothstep(edgeY - 0.155, edgeY - 0.185, Y);
      const o = (y * width + x) * 4;
      const colour = palette.tooth.map((value, i) => mix(value * form * toEdge, value * [0.72, 0.42, 0.42][i]!, gum));
      if (showsTeeth) {
        const up = upper.at(X) + 0.022;
        const low = lower.at(X) - 0.016;
        if (low > up) {
          const [sx, sy] = frame.toStage(X, clamp(Y, up, low));
          readTexture(base, area.width + 2, area.height + 2, sx - area.x, sy - area.y, own);
          const bright = smoothstep(
            0.38,
            0.66,
            luma(own[0]!, own[1]!, own[2]!) / luma(palette.tooth[0], palette.tooth[1], palette.tooth[2]),
          );
          const use =
            bright * smoothstep(mouth.width / 2 - 0.05, mouth.width / 2 - 0.2, off) * smoothstep(low + 0.02, low, Y);
          const above = 1 - 0.35 * smoothstep(up - 0.02, up - 0.09, Y);
          for (let i = 0; i < 3; i++) colour[i] = mix(colour[i]!, own[i]! * above, use);
        }
      }
      for (let i = 0; i < 3; i++) rgba[o + i] = clamp(colour[i]!, 0, 255);
      rgba[o + 3] = 255 * smoothstep(bottom + soft, bottom - soft * 0.7, Y) * smoothstep(0.5, 0.42, off);
    }
  }
  return { left, top, width, height, rgba };
}

/** How much of the open mouth of the picture is tooth-like: bright for this light, and nearly without colour. */
function brightShare(face: Face, area: Rect, base: Uint8Array, palette: Palette): number {
  const { lips, frame, mouth } = face;
  const upper = new Graph(lips.innerUpper);
  const lower = new Graph(lips.innerLower);
  const reference = luma(palette.tooth[0], palette.tooth[1], palette.tooth[2]);
  const pixel = [0, 0, 0, 0];
  let seen = 0;
  let bright = 0;
  for (let i = 0; i <= 24; i++) {
    const X = mouth.centreX + mouth.width * mix(-0.3, 0.3, i / 24);
    for (let k = 0; k < 8; k++) {
      const [sx, sy] = frame.toStage(X, mix(upper.at(X), lower.at(X), (k + 0.5) / 8));
      readTexture(base, area.width + 2, area.height + 2, sx - area.x, sy - area.y, pixel);
      const [r, g, b] = pixel as [number, number, number, number];
      seen++;
      if (luma(r, g, b) > 0.6 * reference && Math.max(r, g, b) - Math.min(r, g, b) < 0.35 * Math.max(r, g, b)) bright++;
    }
  }
  return bright / seen;
}
