/**
 * Words that run across their place. The lettering is drawn once, in tiles made as they come into view, at four times its width: a
 * frame takes every pixel as the mean of the four columns it covers, so that words move by quarters of a pixel and are equally
 * sharp at each of them.
 */
import { createCanvas } from '@napi-rs/canvas';
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import { atomise } from '../../app/media/line-break.ts';
import { stageFont } from './font.ts';
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

/** How much of the lettering covers each pixel of a tile, for each quarter of a pixel it may be shifted by. */
type Tile = readonly Uint8Array[];

class Strip {
  readonly width: number;
  readonly height: number;
  readonly #letters: Lettering;
  readonly #atoms: { text: string; x: number; width: number }[] = [];
  readonly #tiles = new Map<number, Tile>();

  constructor(text: string, letters: Lettering, height: number) {
    this.#letters = letters;
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
    // A pixel more on the right: the last one is shifted into it.
    const columns = (TILE_PX + 1) * PHASES;
    const context = createCanvas(columns, height).getContext('2d');
    context.scale(PHASES, 1);
    context.font = stageFont(emPx, weight);
    context.fillStyle = '#ffffff';
    const baseline = centredBaseline(0, height, emPx);
    for (const { text, x, width } of this.#atoms) {
      // Ink may reach out of a letter's own room.
      if (x + width + emPx < left) continue;
      if (x - emPx > left + TILE_PX) break;
      context.fillText(text, x - left, baseline);
    }
    const { data } = context.getImageData(0, 0, columns, height);
    const ink = new Uint8Array(columns * height);
    for (let i = 0; i < ink.length; i++) {
      const p = i * 4;
      // Letters are white; what has colours of its own (emoji) is shaded by them.
      ink[i] = (data[p + 3]! * (data[p]! * 54 + data[p + 1]! * 183 + data[p + 2]! * 19)) / 65_280;
    }
    return Array.from({ length: PHASES }, (_, phase) => {
      const shifted = new Uint8Array(TILE_PX * height);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < TILE_PX; x++) {
          const i = y * columns + x * PHASES + phase;
          shifted[y * TILE_PX + x] = (ink[i]! + ink[i + 1]! + ink[i + 2]! + ink[i + 3]! + 2) >> 2;
        }
      }
      return shifted;
    });
  }
}

/** Between the words' end and their beginning, in ems. */
const GAP = 3;

export function drawTicker(ticker: Ticker, stage: LiveStage): DrawnOverlay {
  const em = sizedEm(ticker.size, stage);
  const width = px(ticker.place.width, stage.widthPx);
  const height = Math.round(em * 1.72);
  const strip = new Strip(oneLine(ticker.text), lettering(em, 'bold'), height);
  const period = strip.width + Math.round(em * GAP);
  const pixelsPerSecond = ticker.speed * stage.widthPx;
  const wholeWidth = ticker.place.x <= 0.001 && ticker.place.x + ticker.place.width >= 0.999;
  const box = { x: ticker.place.x * stage.widthPx, y: ticker.place.y * stage.heightPx, width, height };
  const sheet = (colour: (context: Parameters<Parameters<typeof paintSprite>[2]>[0]) => void): Sprite =>
    paintSprite(box, 0, (context) => {
      roundedBox(context, 0, 0, width, height, wholeWidth ? 0 : height * 0.26);
      colour(context);
    });
  const ground = sheet((context) => fillGround(context, ticker.ground, 0, height));
  const letters = sheet((context) => {
    context.fillStyle = ticker.textColour;
    context.fill();
  });
  const runner = new Runner(ground, letters, strip, Math.round(box.x) & 1, Math.round(box.y) & 1, width, em);
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
  readonly #top: number;
  readonly #right: number;
  /** How much of the lettering is let through in each column: it fades out at both ends. */
  readonly #edge: Uint8Array;
  readonly #ink: Uint8Array;

  constructor(ground: Sprite, letters: Sprite, strip: Strip, left: number, top: number, width: number, em: number) {
    this.#ground = ground;
    this.#letters = letters;
    this.#strip = strip;
    this.#left = left;
    this.#top = top;
    this.#right = left + width;
    this.#ink = new Uint8Array(ground.width * ground.height);
    const ramp = Math.min(em * 1.1, width / 4);
    this.#edge = Uint8Array.from({ length: ground.width }, (_, x) => {
      const inside = Math.min(x - left, this.#right - 1 - x);
      return Math.round(255 * Math.min(1, Math.max(0, inside / ramp)));
    });
  }

  /** First copy's left end at `x` of the place, the next ones `period` later. */
  draw(x: number, period: number): Sprite {
    const ground = this.#ground;
    const luma = ground.luma.slice();
    const u = ground.u.slice();
    const v = ground.v.slice();
    this.#cover(x, period);
    this.#mixLuma(luma);
    this.#mixChroma(u, v);
    return { ...ground, luma, u, v };
  }

  #cover(x: number, period: number): void {
    const ink = this.#ink;
    const { width } = this.#ground;
    const strip = this.#strip;
    ink.fill(0);
    for (let copy = x; copy < this.#right - this.#left; copy += period) {
      // The strip's left end in quarters of a pixel of the sprite.
      const at = Math.round((copy + this.#left) * PHASES);
      for (let index = 0; index < strip.tiles; index++) {
        const start = at + index * TILE_PX * PHASES;
        // Pixel `col` shows the strip's columns from 4·col − start on.
        const firstCol = Math.ceil(start / PHASES);
        const phase = firstCol * PHASES - start;
        const from = Math.max(this.#left, firstCol);
        const to = Math.min(this.#right, firstCol + TILE_PX);
        if (from >= to) continue;
        const tile = strip.tile(index)[phase]!;
        for (let row = 0; row < strip.height; row++) {
          const source = row * TILE_PX - firstCol;
          ink.set(tile.subarray(source + from, source + to), (row + this.#top) * width + from);
        }
      }
    }
    this.#fadeEnds();
  }

  #fadeEnds(): void {
    const { width, height } = this.#ground;
    for (let col = 0; col < width; col++) {
      const share = this.#edge[col]!;
      if (share === 255) continue;
      for (let i = col; i < width * height; i += width) this.#ink[i] = (this.#ink[i]! * share) >> 8;
    }
  }

  #mixLuma(luma: Uint8Array): void {
    const ink = this.#ink;
    const over = this.#letters.luma;
    for (let i = 0; i < ink.length; i++) {
      const share = ink[i]!;
      if (share !== 0) luma[i] = (luma[i]! * (255 - share) + over[i]! * share + 127) / 255;
    }
  }

  #mixChroma(u: Uint8Array, v: Uint8Array): void {
    const ink = this.#ink;
    const { width, height } = this.#ground;
    const half = width >> 1;
    const overU = this.#letters.u;
    const overV = this.#letters.v;
    for (let row = 0; row < height; row += 2) {
      let i = row * width;
      let c = (row >> 1) * half;
      for (const end = c + half; c < end; c++, i += 2) {
        const share = (ink[i]! + ink[i + 1]! + ink[i + width]! + ink[i + width + 1]!) >> 2;
        if (share === 0) continue;
        u[c] = (u[c]! * (255 - share) + overU[c]! * share + 127) / 255;
        v[c] = (v[c]! * (255 - share) + overV[c]! * share + 127) / 255;
      }
    }
  }
}
