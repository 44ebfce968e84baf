/**
 * Eyes are redrawn in the texture: the lids slide over the eyeball, the iris turns, and the skin a closing lid unrolls is
 * painted, since no still picture shows it.
 */
import type { Rect } from '../../../engine/ports/lipsync.ts';
import type { Face } from './face-frame.ts';
import { LidSkin } from './lid-skin.ts';
import { clamp, Graph, mix, type Point, smoothstep } from './math.ts';
import { luma, readTexture } from './texture.ts';

export interface EyeState {
  /** 0 as in the picture, 1 closed, negative opened wider. */
  blink: number;
  /** Iris displacement in face units. */
  gazeX: number;
  gazeY: number;
  /** 0..1: the lower lid rises, as in a smile. */
  lowerLid: number;
}

/** The lids over one column of pixels, in face units: written for each pixel, so it is one record and not a new one. */
interface Lids {
  /** Edges of the open eye in the picture, the upper and the lower. */
  U: number;
  D: number;
  /** Height between them. */
  h: number;
  /** Where the upper lid's skin begins. */
  top: number;
  /** The lids' edges now; `edge` includes the lashes. */
  floor: number;
  lidEdge: number;
  edge: number;
  blink: number;
  closing: number;
  gazeX: number;
  gazeY: number;
  raise: number;
}

/** Height of the lash band above and below the lid's edge, in face units. */
const LASH_ABOVE = 0.03;
const LASH_BELOW = 0.014;
/** How far a turning iris draws the white along, in its radii. */
const IRIS_REACH = 2.3;
/** Lashes and liner run on past the corners this far, as a share of the eye's width. */
const WING = 0.2;

export class EyePatch {
  readonly #face: Face;
  readonly #region: Rect;
  readonly #base: Uint8Array;
  /** The same, a pixel a word. */
  readonly #baseWords: Uint32Array;
  readonly #upper: Graph;
  readonly #lower: Graph;
  readonly #inner: Point;
  readonly #outer: Point;
  readonly #iris: { x: number; y: number; radius: number };
  /** How deep the closed eye's line hangs between the corners. */
  readonly #sag: number;
  readonly #span: number;
  readonly #lid: LidSkin;
  readonly #box: { left: number; top: number; right: number; bottom: number };
  /** Of every pixel of the box: face coordinates, and the open lids' edges in its column. */
  readonly #grid: { x: Float32Array; y: Float32Array; upper: Float32Array; lower: Float32Array };
  readonly #painted = [0, 0, 0];
  readonly #lids: Lids = {
    U: 0,
    D: 0,
    h: 0,
    top: 0,
    floor: 0,
    lidEdge: 0,
    edge: 0,
    blink: 0,
    closing: 0,
    gazeX: 0,
    gazeY: 0,
    raise: 0,
  };
  #drawn: EyeState = { blink: 0, gazeX: 0, gazeY: 0, lowerLid: 0 };

  constructor(face: Face, which: 'left' | 'right', base: Uint8Array, region: Rect) {
    this.#face = face;
    this.#region = region;
    this.#base = base;
    this.#baseWords = new Uint32Array(base.buffer, base.byteOffset, base.length >> 2);
    const { frame, landmarks } = face;
    const { upper, lower, iris } = landmarks.eyes[which];
    const up = upper.map((p) => frame.of(p));
    const low = lower.map((p) => frame.of(p));
    this.#upper = new Graph(up);
    this.#lower = new Graph(low);
    this.#inner = up[0]!;
    this.#outer = up[8]!;
    const [ix, iy] = frame.toFace(iris.x, iris.y);
    this.#iris = { x: ix, y: iy, radius: Math.max(0.06, iris.radius / frame.iod) };
    this.#sag = Math.max(
      0.01,
      this.#lower.at((this.#inner[0] + this.#outer[0]) / 2) - (this.#inner[1] + this.#outer[1]) / 2,
    );
    const eyeWidth = Math.max(0.1, this.#outer[0] - this.#inner[0]);
    // The lid's skin ends below the brow.
    const browY = Math.max(...landmarks.brows[which].lower.map((p) => frame.of(p)[1]));
    const room = Math.max(0.06, (Math.min(...up.map(([, y]) => y)) - browY) * 0.85);
    this.#span = Math.min(Math.max(0.13, 0.24 * eyeWidth + 0.02), room + LASH_ABOVE);
    const corners = [
      frame.toStage(this.#inner[0] - WING * eyeWidth, this.#inner[1]),
      frame.toStage(this.#outer[0] + WING * eyeWidth, this.#outer[1]),
      ...[...up, ...low].map(([x, y]) => frame.toStage(x, y)),
      ...up.map(([x, y]) => frame.toStage(x, y - this.#span - 0.02)),
      ...low.map(([x, y]) => frame.toStage(x, y + 0.2)),
    ];
    const xs = corners.map(([x]) => x - region.x);
    const ys = corners.map(([, y]) => y - region.y);
    this.#box = {
      left: clamp(Math.floor(Math.min(...xs)), 0, region.width),
      top: clamp(Math.floor(Math.min(...ys)), 0, region.height),
      right: clamp(Math.ceil(Math.max(...xs)), 0, region.width),
      bottom: clamp(Math.ceil(Math.max(...ys)), 0, region.height),
    };
    this.#grid = this.#buildGrid();
    this.#lid = new LidSkin(
      {
        left: this.#inner[0],
        right: this.#outer[0],
        upperAt: (x) => this.#upper.at(x),
        lowerAt: (x) => this.#lower.at(x),
        span: this.#span,
      },
      (x, y, out) => this.#read(x, y, out),
    );
  }

  #read(X: number, Y: number, out: number[]): void {
    const [x, y] = this.#face.frame.toStage(X, Y);
    readTexture(
      this.#base,
      this.#region.width + 2,
      this.#region.height + 2,
      x - this.#region.x,
      y - this.#region.y,
      out,
    );
  }

  #buildGrid(): { x: Float32Array; y: Float32Array; upper: Float32Array; lower: Float32Array } {
    const { left, top, right, bottom } = this.#box;
    const width = right - left;
    const size = width * (bottom - top);
    const grid = {
      x: new Float32Array(size),
      y: new Float32Array(size),
      upper: new Float32Array(size),
      lower: new Float32Array(size),
    };
    for (let i = 0; i < size; i++) {
      const [px, py] = [left + (i % width), top + Math.floor(i / width)];
      const [x, y] = this.#face.frame.toFace(px + 0.5 + this.#region.x, py + 0.5 + this.#region.y);
      grid.x[i] = x;
      grid.y[i] = y;
      grid.upper[i] = this.#upper.at(x);
      grid.lower[i] = Math.max(this.#lower.at(x), grid.upper[i]!);
    }
    return grid;
  }

  /** Redraws the eye into `texture` when its state differs visibly from what is there. */
  draw(texture: Uint8Array, state: EyeState): void {
    const q = (value: number, steps: number): number => Math.round(value * steps) / steps;
    // A third of a pixel is the least movement that shows.
    const steps = this.#face.frame.iod * 3;
    const next = {
      blink: q(clamp(state.blink, -1, 1), 60),
      gazeX: q(state.gazeX, steps),
      gazeY: q(state.gazeY, steps),
      lowerLid: q(clamp(state.lowerLid, 0, 1), 60),
    };
    const last = this.#drawn;
    if (
      next.blink === last.blink &&
      next.gazeX === last.gazeX &&
      next.gazeY === last.gazeY &&
      next.lowerLid === last.lowerLid
    )
      return;
    this.#drawn = next;
    if (next.blink === 0 && next.gazeX === 0 && next.gazeY === 0 && next.lowerLid === 0) this.#restore(texture);
    else this.#redraw(texture, next, last.blink > 0 || last.blink < 0, last.lowerLid > 0);
  }

  #restore(texture: Uint8Array): void {
    const width = this.#region.width + 2;
    const { left, top, right, bottom } = this.#box;
    for (let y = top; y < bottom; y++) {
      const from = ((y + 1) * width + left + 1) * 4;
      const to = ((y + 1) * width + right + 1) * 4;
      texture.set(this.#base.subarray(from, to), from);
    }
  }

  /** `lidsMoved`, `lowMoved`: what is in the texture now has them displaced, so their skin must be redrawn too. */
  #redraw(
    texture: Uint8Array,
    { blink, gazeX, gazeY, lowerLid }: EyeState,
    lidsMoved: boolean,
    lowMoved: boolean,
  ): void {
    const { iod } = this.#face.frame;
    const width = this.#region.width + 2;
    const closing = Math.max(0, blink);
    const raise = Math.max(lowerLid * 0.16, closing * 0.2);
    const lids = lidsMoved || blink !== 0;
    const cheek = lidsMoved || lowMoved || raise > 0;
    const pixel = [0, 0, 0, 0];
    const lash = [0, 0, 0, 0];
    const over = Object.assign(this.#lids, { blink, closing, gazeX, gazeY, raise });
    const span = this.#span;
    const { left, top: boxTop, right } = this.#box;
    const boxWidth = right - left;
    const { x: xs, y: ys, upper, lower } = this.#grid;
    const eyeWidth = this.#outer[0] - this.#inner[0];
    // Beyond this from the iris a glance moves nothing.
    const reach = (IRIS_REACH * this.#iris.radius) ** 2;
    const [irisX, irisY] = [this.#iris.x + gazeX, this.#iris.y + gazeY];
    const words = new Uint32Array(texture.buffer, texture.byteOffset, texture.length >> 2);
    for (let i = 0; i < xs.length; i++) {
      const Y = ys[i]!;
      const U = upper[i]!;
      const D = lower[i]!;
      // A glance alone leaves the skin as it is.
      if ((!lids && Y < U - 0.02) || (!cheek && Y > D + 0.02)) continue;
      const X = xs[i]!;
      const pixelAt = (boxTop + Math.floor(i / boxWidth) + 1) * width + left + (i % boxWidth) + 1;
      if (!lids && !cheek && (X - irisX) ** 2 + (Y - irisY) ** 2 > reach) {
        words[pixelAt] = this.#baseWords[pixelAt]!;
        continue;
      }
      const at = pixelAt * 4;
      const t = (X - this.#inner[0]) / eyeWidth;
      const top = U - span;
      if (t <= 0 || t >= 1 || Y <= top) {
        const drawn = Y > top && this.#wing(X, Y, t, closing, pixel);
        for (let c = 0; c < 4; c++) texture[at + c] = drawn ? pixel[c]! : this.#base[at + c]!;
        continue;
      }
      const h = D - U;
      // Closed lids meet in one smooth arc, however steep the open eye's corners are; the lower lid comes up to it.
      const arc = mix(this.#inner[1], this.#outer[1], t) + this.#sag * (4 * t * (1 - t)) ** 0.8;
      const floor = mix(D, Math.min(D, arc), closing) - raise * h;
      const overlap = 0.026 * closing * Math.min(1, h * 10);
      const lidEdge = blink >= 0 ? U + blink * (Math.max(floor, U) + overlap - U) : U + blink * h * 0.16;
      const edge = lidEdge + LASH_BELOW * Math.min(1, h * 14);
      const cover = clamp((edge - Y) * iod * 0.8 + 0.5, 0, 1);
      over.U = U;
      over.D = D;
      over.h = h;
      over.top = top;
      over.floor = floor;
      over.lidEdge = lidEdge;
      over.edge = edge;
      if (cover < 1) this.#eyeball(X, Y, pixel);
      if (cover > 0) {
        this.#lidSkin(X, Y, t, lash);
        for (let c = 0; c < 3; c++) pixel[c] = cover >= 1 ? lash[c]! : mix(pixel[c]!, lash[c]!, cover);
        if (cover >= 1) pixel[3] = lash[3]!;
      }
      for (let c = 0; c < 4; c++) texture[at + c] = pixel[c]!;
    }
  }

  #lidSkin(X: number, Y: number, t: number, out: number[]): void {
    const { U, top, edge, h, closing } = this.#lids;
    const band = LASH_ABOVE + LASH_BELOW;
    const restEdge = U + LASH_BELOW * Math.min(1, h * 14);
    const above = Math.max(0, edge - Y);
    if (above < band) this.#read(X, restEdge - above, out);
    else this.#read(X, mix(top, restEdge - band, (Y - top) / Math.max(1e-6, edge - band - top)), out);
    if (closing <= 0.02) return;
    const painted = this.#painted;
    this.#lid.read(t, clamp((Y - top) / Math.max(1e-6, edge - top), 0, 1), painted);
    const dark = luma(out[0]!, out[1]!, out[2]!) / Math.max(1, luma(painted[0]!, painted[1]!, painted[2]!));
    // The lash line itself stays; everything above it gives way to skin, dark lines first.
    const line = smoothstep(0.9, 0.62, dark) * smoothstep(band * 0.85, band * 0.35, above) * smoothstep(0, 0.04, h);
    const from = top + (1 - Math.min(1, closing * 1.4)) * (edge - band - top) * 0.9;
    const lines = smoothstep(0.95, 0.8, dark) * smoothstep(top, mix(top, U, 0.3), Y) * smoothstep(0.1, 0.7, closing);
    // A lid that only droops shows its own skin, stretched; one that closes shows skin that was folded away.
    const unfolded = smoothstep(0.22, 0.6, closing) * smoothstep(0, 0.1, t) * smoothstep(1, 0.9, t);
    const skin = smoothstep(from, Math.min(edge - band * 0.6, U - this.#span * 0.32), Y) * unfolded;
    const amount = Math.max(skin * smoothstep(0, 0.012, h), lines) * (1 - line);
    for (let c = 0; c < 3; c++) out[c] = mix(out[c]!, painted[c]!, amount);
  }

  /** Beside the corners the open eye's lashes and liner give way to skin as it closes. `true` when it drew. */
  #wing(X: number, Y: number, t: number, closing: number, out: number[]): boolean {
    const beyond = t < 0 ? -t : t - 1;
    const corner = t < 0 ? this.#inner[1] : this.#outer[1];
    if (closing < 0.05 || beyond > WING || Y > corner + 0.012 || Y < corner - this.#span) return false;
    this.#read(X, Y, out);
    const painted = this.#painted;
    this.#lid.read(t, clamp((Y - corner + this.#span) / this.#span, 0, 1), painted);
    const dark = luma(out[0]!, out[1]!, out[2]!) / Math.max(1, luma(painted[0]!, painted[1]!, painted[2]!));
    const near =
      smoothstep(corner + 0.012, corner - 0.006, Y) * smoothstep(corner - this.#span, corner - this.#span * 0.7, Y);
    const amount = smoothstep(0.95, 0.8, dark) * smoothstep(WING, WING * 0.5, beyond) * near * closing;
    for (let c = 0; c < 3; c++) out[c] = mix(out[c]!, painted[c]!, amount);
    return true;
  }

  #eyeball(X: number, Y: number, out: number[]): void {
    const { U, D, floor, lidEdge, edge, blink, gazeX, gazeY, raise } = this.#lids;
    if (Y > floor) {
      // Below the lid: the cheek's skin is pulled up with it.
      const end = D + 0.17;
      const sy = raise > 0 && Y < end ? mix(D, end, (Y - floor) / Math.max(1e-6, end - floor)) : Y;
      this.#read(X, sy, out);
      return;
    }
    let sy = blink < 0 ? Y - (lidEdge - U) * smoothstep(0.8, 0, (Y - lidEdge) / Math.max(1e-6, D - lidEdge)) * 0.6 : Y;
    if (raise > 0) sy = Math.min(sy, D);
    const away = Math.hypot(X - this.#iris.x - gazeX, sy - this.#iris.y - gazeY) / this.#iris.radius;
    // The iris turns as a disc; the white stretches and shrinks beside it, and stays put at the lids.
    const turn = smoothstep(IRIS_REACH, 1.2, away);
    const rim = smoothstep(-0.002, 0.012, sy - U) * smoothstep(-0.002, 0.01, D - sy);
    const corner =
      smoothstep(this.#inner[0], this.#inner[0] + 0.04, X) * smoothstep(this.#outer[0], this.#outer[0] - 0.04, X);
    this.#read(X - gazeX * turn * rim * corner, clamp(sy - gazeY * turn * rim, U, D), out);
    const shadow = blink > 0.02 ? 1 - 0.35 * blink * smoothstep(0.06, 0, Y - edge) : 1;
    for (let c = 0; c < 3; c++) out[c] = out[c]! * shadow;
  }
}
