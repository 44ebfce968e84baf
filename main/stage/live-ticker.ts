/**
 * Words that run across their place. The lettering is drawn once, in tiles made as they come into view, at four times its width: a
 * frame takes every pixel as the mean of the four columns it covers, so that words move by quarters of a pixel and are equally
 * sharp at each of them.
 */
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import { atomise } from '../../app/media/line-break.ts';
import { drawn, stageFont } from './font.ts';
import type { Sprite } from './i420.ts';
import {
  centredBaseline,
  type DrawnOverlay,
  fillGround,
  type Lettering,
  type LiveStage,
  lettering,
  oneLine,
  paintSprite,
  px,
  roundedBox,
} from './live-paint.ts';
import { sizedEm } from './live-sign.ts';

type Ticker = Extract<LiveOverlay, { kind: 'ticker' }>;

const PHASES = 4;
const TILE_PX = 512;
/** In view are a few; those just passed are needed again by frames drawn again. */
const TILES_KEPT = 12;

/** How much of the lettering covers a tile's pixels, for each quarter of a pixel it may be shifted by. */
interface Tile {
  /** By phase 0..3: TILE_PX × height. */
  luma: Uint8Array[];
  /** By phase 0..7: of two by two pixels each, TILE_PX / 2 × height / 2. */
  chroma: Uint8Array[];
  /** Rows with any lettering, even: first and past the last. */
  rows: [from: number, to: number];
}

class Strip {
  readonly width: number;
  readonly height: number;
  readonly #letters: Lettering;
  readonly #baseline: number;
  readonly #atoms: { text: string; x: number; width: number }[] = [];
  readonly #tiles = new Map<number, Tile>();

  /** `height` is even. */
  constructor(text: string, letters: Lettering, height: number, baseline: number) {
    this.#letters = letters;
    this.#baseline = baseline;
    this.height = height;
    let x = 0;
    for (const atom of atomise(text)) {
      const width = letters.measure(atom.text);
      this.#atoms.push({ text: atom.text, x, width });
      x += width;
    }
    this.width = Math.ceil(x);
  }

  get tiles(): number {
    return Math.ceil(this.width / TILE_PX);
  }

  tile(index: number): Tile {
    let tile = this.#tiles.get(index);
    if (tile === undefined) {
      tile = this.#draw(index * TILE_PX);
      const oldest = this.#tiles.keys().next();
      if (this.#tiles.size >= TILES_KEPT && !oldest.done) this.#tiles.delete(oldest.value);
    } else this.#tiles.delete(index);
    this.#tiles.set(index, tile);
    return tile;
  }

  #draw(left: number): Tile {
    const { height } = this;
    const { emPx, weight } = this.#letters;
    // Room for the last pixels to be shifted into.
    const columns = (TILE_PX + 2) * PHASES;
    const context = createCanvas(columns, height).getContext('2d');
    context.scale(PHASES, 1);
    context.font = stageFont(emPx, weight);
    context.fillStyle = '#ffffff';
    for (const { text, x, width } of this.#atoms) {
      // Ink may reach out of a letter's own room.
      if (x + width + emPx < left) continue;
      if (x - emPx > left + TILE_PX) break;
      context.fillText(drawn(text), x - left, this.#baseline);
    }
    const { data } = context.getImageData(0, 0, columns, height);
    const ink = new Uint8Array(columns * height);
    for (let i = 0; i < ink.length; i++) {
      const p = i * 4;
      // Letters are white; what has colours of its own (emoji) is shaded by them.
      ink[i] = (data[p + 3] * (data[p] * 54 + data[p + 1] * 183 + data[p + 2] * 19)) / 65_280;
    }
    const first = Math.floor(ink.findIndex((covered) => covered > 0) / columns);
    const last = Math.floor(ink.findLastIndex((covered) => covered > 0) / columns);
    return {
      rows: first < 0 ? [0, 0] : [first & ~1, (last + 2) & ~1],
      luma: Array.from({ length: PHASES }, (_, phase) => means(ink, columns, height, phase, TILE_PX, PHASES, 1)),
      chroma: Array.from({ length: PHASES * 2 }, (_, phase) =>
        means(ink, columns, height, phase, TILE_PX / 2, PHASES * 2, 2),
      ),
    };
  }
}

/** Means of blocks of `wide` × `high`, `across` of them beside each other, the first one beginning at column `phase`. */
function means(
  ink: Uint8Array,
  columns: number,
  height: number,
  phase: number,
  across: number,
  wide: number,
  high: number,
): Uint8Array {
  const out = new Uint8Array((across * height) / high);
  for (let y = 0, o = 0; y < height; y += high) {
    for (let x = 0; x < across; x++, o++) {
      let sum = 0;
      for (let row = y; row < y + high; row++) {
        const from = row * columns + x * wide + phase;
        for (let i = from; i < from + wide; i++) sum += ink[i];
      }
      out[o] = Math.round(sum / (wide * high));
    }
  }
  return out;
}

/** Between the words' end and their beginning, in ems. */
const GAP = 3;

export function drawTicker(ticker: Ticker, stage: LiveStage): DrawnOverlay {
  const em = sizedEm(ticker.size, stage);
  const width = px(ticker.place.width, stage.widthPx);
  const height = Math.round(em * 1.72);
  const box = { x: ticker.place.x * stage.widthPx, y: ticker.place.y * stage.heightPx, width, height };
  const wholeWidth = ticker.place.x <= 0.001 && ticker.place.x + ticker.place.width >= 0.999;
  const radius = wholeWidth ? 0 : height * 0.26;
  const sheet = (colour: (context: SKRSContext2D) => void): Sprite =>
    paintSprite(box, 0, (context) => {
      roundedBox(context, 0, 0, width, height, radius);
      colour(context);
    });
  const ground = sheet((context) => fillGround(context, ticker.ground, 0, height));
  const letters = sheet((context) => {
    context.fillStyle = ticker.textColour;
    context.fill();
  });
  const left = Math.round(box.x) & 1;
  const top = Math.round(box.y) & 1;
  const baseline = top + centredBaseline(0, height, em);
  const strip = new Strip(oneLine(ticker.text), lettering(em, 'bold'), ground.height, baseline);
  const runner = new Runner(ground, letters, strip, { left, right: left + width, top, radius, em });
  const period = strip.width + Math.round(em * GAP);
  const pixelsPerSecond = ticker.speed * stage.widthPx;
  return {
    at: ({ shownMs }) => {
      const run = (Math.max(0, shownMs) * pixelsPerSecond) / 1000;
      // Enters on the right; from then on there is always a next one behind it.
      const first = Math.max(0, Math.floor((run - strip.width) / period));
      return runner.draw(width - run + first * period, period);
    },
  };
}

/** Draws the band of a frame: ground and letters are sprites of one shape, mixed by how much lettering covers a pixel. */
class Runner {
  readonly #ground: Sprite;
  readonly #letters: Sprite;
  readonly #strip: Strip;
  readonly #left: number;
  readonly #right: number;
  /** The band as it is drawn, over and over. */
  readonly #band: Sprite;
  /** How much of the lettering is let through in each column, 0..256: it fades out at both ends. */
  readonly #edge: Uint16Array;
  /** The columns in which all of it is. */
  readonly #clearFrom: number;
  readonly #clearTo: number;

  constructor(
    ground: Sprite,
    letters: Sprite,
    strip: Strip,
    { left, right, top, radius, em }: { left: number; right: number; top: number; radius: number; em: number },
  ) {
    this.#ground = ground;
    this.#letters = letters;
    this.#strip = strip;
    this.#left = left;
    this.#right = right;
    const ramp = Math.ceil(Math.min(em * 1.1, (right - left) / 4));
    this.#clearFrom = left + ramp;
    this.#clearTo = Math.max(this.#clearFrom, right - ramp);
    this.#edge = Uint16Array.from({ length: ground.width }, (_, x) =>
      Math.round(256 * Math.min(1, Math.max(0, Math.min(x - left, right - 1 - x) / ramp))),
    );
    const solidFrom = (Math.ceil(left + radius) + 1) & ~1;
    const solidTo = Math.floor(right - radius) & ~1;
    const solidHeight = (ground.height - top) & ~1;
    this.#band = {
      ...ground,
      ...{ luma: ground.luma.slice(), u: ground.u.slice(), v: ground.v.slice() },
      // Even rows that are wholly of the band: the first and the last may be half of it.
      opaque: {
        x: solidFrom,
        y: top * 2,
        width: Math.max(0, solidTo - solidFrom),
        height: Math.max(0, solidHeight - 2),
      },
    };
  }

  /** First copy's left end at `x` of the place, the next ones `period` later. What was drawn before is drawn over. */
  draw(x: number, period: number): Sprite {
    const ground = this.#ground;
    const { luma, u, v } = this.#band;
    luma.set(ground.luma);
    u.set(ground.u);
    v.set(ground.v);
    for (let copy = x; copy < this.#right - this.#left; copy += period) {
      // The strip's left end in quarters of a pixel of the sprite.
      const at = Math.round((copy + this.#left) * PHASES);
      for (let index = 0; index < this.#strip.tiles; index++) this.#lay(index, at + index * TILE_PX * PHASES);
    }
    return { ...this.#band };
  }

  /** Lays a tile whose left end is at `start`, in quarters of a pixel. */
  #lay(index: number, start: number): void {
    const { width } = this.#ground;
    // Pixel `col` shows the tile's columns from 4·col − start on.
    // Whole numbers to the compiler too: the loops below index by them.
    const first = Math.ceil(start / PHASES) | 0;
    const from = Math.max(this.#left, first);
    const to = Math.min(this.#right, first + TILE_PX);
    if (from >= to) return;
    const { luma, chroma, rows } = this.#strip.tile(index);
    const { luma: overLuma, u: overU, v: overV } = this.#letters;
    const { luma: bandLuma, u: bandU, v: bandV } = this.#band;
    const mask = luma[first * PHASES - start];
    this.#mix(mask, TILE_PX, first, bandLuma, overLuma, width, from, to, 1, rows);
    const firstPair = Math.ceil(start / (PHASES * 2)) | 0;
    const pairs = chroma[firstPair * PHASES * 2 - start];
    const [pairFrom, pairTo] = [Math.max(0, firstPair), Math.min(width >> 1, firstPair + TILE_PX / 2)];
    this.#mix(pairs, TILE_PX / 2, firstPair, bandU, overU, width >> 1, pairFrom, pairTo, 2, rows);
    this.#mix(pairs, TILE_PX / 2, firstPair, bandV, overV, width >> 1, pairFrom, pairTo, 2, rows);
  }

  /** band += (over − band) × mask, in columns [from, to) of the rows of lettering; a column of the plane is `step` pixels wide. */
  #mix(
    mask: Uint8Array,
    maskStride: number,
    maskLeft: number,
    band: Uint8Array,
    over: Uint8Array,
    stride: number,
    from: number,
    to: number,
    step: number,
    [rowFrom, rowTo]: readonly [number, number],
  ): void {
    const clearFrom = Math.min(to, Math.max(from, Math.ceil(this.#clearFrom / step))) | 0;
    const clearTo = Math.max(clearFrom, Math.min(to, Math.floor(this.#clearTo / step))) | 0;
    for (let row = rowFrom / step; row < rowTo / step; row++) {
      const m = (row * maskStride - maskLeft) | 0;
      const d = (row * stride) | 0;
      for (let col = from; col < clearFrom; col++) {
        const share = (mask[m + col] * this.#edge[col * step]) >> 8;
        band[d + col] += ((over[d + col] - band[d + col]) * (share + (share >> 7))) >> 8;
      }
      for (let col = clearFrom; col < clearTo; col++) {
        const share = mask[m + col];
        if (share !== 0) band[d + col] += ((over[d + col] - band[d + col]) * (share + (share >> 7))) >> 8;
      }
      for (let col = clearTo; col < to; col++) {
        const share = (mask[m + col] * this.#edge[col * step]) >> 8;
        band[d + col] += ((over[d + col] - band[d + col]) * (share + (share >> 7))) >> 8;
      }
    }
  }
}
