/**
 * Eyes are redrawn in the texture: the lids slide over the eyeball, the iris turns, and the skin a closing lid unrolls is
 * painted, since no still picture shows it. Shapes are found here, pixels drawn by `pixels/assembly/eye.ts`.
 */
import type { Rect } from '../../../engine/ports/lipsync.ts';
import type { Block, Pixels } from '../../../pixels/pixels.ts';
import type { Face } from './face-frame.ts';
import { LidSkin, type ReadPixel } from './lid-skin.ts';
import { clamp, Graph, mix, type Point } from './math.ts';
import { luma, type Rgb, readTexture } from './texture.ts';

export interface EyeState {
  /** 0 as in the picture, 1 closed, negative opened wider. */
  blink: number;
  /** Iris displacement in face units. */
  gazeX: number;
  gazeY: number;
  /** 0..1: the lower lid rises, as in a smile. */
  lowerLid: number;
}

/** Height of the lash band above and below the lid's edge, in face units. */
const LASH_ABOVE = 0.03;
const LASH_BELOW = 0.014;
/** How far a turning iris draws the white along, in its radii. */
const IRIS_REACH = 2.3;
/** Lashes and liner run on past the corners this far, as a share of the eye's width. */
const WING = 0.2;

export class EyePatch {
  readonly #pixels: Pixels;
  /** What `drawEye` works on, but for the state. */
  readonly #eye: Omit<Parameters<Pixels['drawEye']>[0], 'blink' | 'gaze' | 'raise' | 'moved' | 'lastGaze'>;
  readonly #iod: number;
  #drawn: EyeState = { blink: 0, gazeX: 0, gazeY: 0, lowerLid: 0 };

  /** `texture` and `picture` show `area` with a border of one texel; the first is drawn into, the second read. */
  constructor(
    face: Face,
    which: 'left' | 'right',
    { pixels, texture, picture, area }: { pixels: Pixels; texture: Block; picture: Block; area: Rect },
  ) {
    this.#pixels = pixels;
    const { frame, landmarks } = face;
    this.#iod = frame.iod;
    const { upper, lower, iris } = landmarks.eyes[which];
    const up = upper.map((p) => frame.of(p));
    const low = lower.map((p) => frame.of(p));
    const [upperLid, lowerLid] = [new Graph(up), new Graph(low)];
    const [inner, outer] = [up[0]!, up[8]!];
    const [irisX, irisY] = frame.toFace(iris.x, iris.y);
    const irisRadius = Math.max(0.06, iris.radius / frame.iod);
    // How deep the closed eye's line hangs between the corners.
    const sag = Math.max(0.01, lowerLid.at((inner[0] + outer[0]) / 2) - (inner[1] + outer[1]) / 2);
    const eyeWidth = Math.max(0.1, outer[0] - inner[0]);
    // The lid's skin ends below the brow.
    const browY = Math.max(...landmarks.brows[which].lower.map((p) => frame.of(p)[1]));
    const room = Math.max(0.06, (Math.min(...up.map(([, y]) => y)) - browY) * 0.85);
    const span = Math.min(Math.max(0.13, 0.24 * eyeWidth + 0.02), room + LASH_ABOVE);
    const box = boxOf(
      [
        frame.toStage(inner[0] - WING * eyeWidth, inner[1]),
        frame.toStage(outer[0] + WING * eyeWidth, outer[1]),
        ...[...up, ...low].map(([x, y]) => frame.toStage(x, y)),
        ...up.map(([x, y]) => frame.toStage(x, y - span - 0.02)),
        ...low.map(([x, y]) => frame.toStage(x, y + 0.2)),
      ],
      area,
    );

    const size = box.width * box.height;
    const plane = (): Float32Array => new Float32Array(size);
    const [xs, ys, uppers, lowers, shut, bow] = [plane(), plane(), plane(), plane(), plane(), plane()];
    for (let i = 0; i < size; i++) {
      const [px, py] = [box.x + (i % box.width), box.y + Math.floor(i / box.width)];
      const [x, y] = frame.toFace(px + 0.5 + area.x, py + 0.5 + area.y);
      xs[i] = x;
      ys[i] = y;
      uppers[i] = upperLid.at(x);
      lowers[i] = Math.max(lowerLid.at(x), uppers[i]!);
      // Closed lids meet in one smooth arc, however steep the open eye's corners are.
      const t = clamp((x - inner[0]) / (outer[0] - inner[0]), 0, 1);
      shut[i] = mix(inner[1], outer[1], t) + sag * (4 * t * (1 - t)) ** 0.8;
      bow[i] = Math.sin(Math.PI * t);
    }

    const [textureWidth, textureHeight] = [area.width + 2, area.height + 2];
    const base = pixels.u8(picture);
    const readPicture: ReadPixel = (X, Y, out) => {
      const [x, y] = frame.toStage(X, Y);
      readTexture(base, textureWidth, textureHeight, x - area.x, y - area.y, out);
    };
    const lid = new LidSkin(
      { left: inner[0], right: outer[0], upperAt: (x) => upperLid.at(x), lowerAt: (x) => lowerLid.at(x), span },
      readPicture,
    );
    const lash = lashColour(
      Array.from({ length: 24 }, (_, k) => mix(inner[0], outer[0], mix(0.12, 0.88, k / 23))),
      (x) => upperLid.at(x),
      readPicture,
    );
    const { iod, cos, sin, originX, originY } = frame;
    // In the order of `pixels/assembly/eye.ts`.
    const shape = [
      ...[...inner, ...outer, irisX, irisY, irisRadius, span, iod],
      ...[cos * iod, -sin * iod, originX - area.x + 0.5, sin * iod, cos * iod, originY - area.y + 0.5],
      ...[textureWidth - 1.001, textureHeight - 1.001, IRIS_REACH, LASH_ABOVE, LASH_BELOW, WING],
      ...[...lash, 255],
    ];
    const keep = (...parts: ArrayLike<number>[]): Block => {
      const values = parts.flatMap((part) => Array.from(part));
      const block = pixels.reserve(values.length * 4);
      pixels.f32(block).set(values);
      return block;
    };
    this.#eye = {
      ...{ texture, picture, textureWidth, box: { ...box, x: box.x + 1, y: box.y + 1 } },
      ...{ shape: keep(shape), skin: keep(lid.table), planes: keep(xs, ys, uppers, lowers, shut, bow) },
    };
  }

  /** Redraws the eye when its state differs visibly from what is there. */
  draw(state: EyeState): void {
    const q = (value: number, steps: number): number => Math.round(value * steps) / steps;
    // A third of a pixel is the least movement that shows.
    const steps = this.#iod * 3;
    const next = {
      blink: q(clamp(state.blink, -1, 1), 60),
      gazeX: q(state.gazeX, steps),
      gazeY: q(state.gazeY, steps),
      lowerLid: q(clamp(state.lowerLid, 0, 1), 60),
    };
    const last = this.#drawn;
    const sameLids = next.blink === last.blink && next.lowerLid === last.lowerLid;
    if (sameLids && next.gazeX === last.gazeX && next.gazeY === last.gazeY) return;
    this.#drawn = next;
    const raise = Math.max(next.lowerLid * 0.16, next.blink * 0.2);
    this.#pixels.drawEye({
      ...this.#eye,
      ...{ blink: next.blink, gaze: [next.gazeX, next.gazeY], raise, lastGaze: [last.gazeX, last.gazeY] },
      moved: {
        skin: next.blink !== 0 || last.blink !== 0,
        cheek: raise > 0 || last.blink !== 0 || last.lowerLid > 0,
        // A wide eye's ball is drawn off its place.
        gazeAlone: sameLids && next.blink >= 0,
        home: next.blink === 0 && next.lowerLid === 0 && next.gazeX === 0 && next.gazeY === 0,
      },
    });
  }
}

const byLuma = (a: Rgb, b: Rgb): number => luma(...a) - luma(...b);

/** Of the darkest places of the upper lid's edge, column by column: dark for one who has lashes, pale for one who has none. */
function lashColour(columns: readonly number[], upperAt: (x: number) => number, read: ReadPixel): Rgb {
  const out = [0, 0, 0, 0];
  const darkest = columns.map((x): Rgb => {
    const across = Array.from({ length: 9 }, (_, k): Rgb => {
      read(x, upperAt(x) + mix(-LASH_ABOVE, LASH_BELOW, k / 8), out);
      return [out[0]!, out[1]!, out[2]!];
    });
    return across.sort(byLuma)[0]!;
  });
  return darkest.sort(byLuma)[darkest.length >> 2]!;
}

/** What holds all `points` of the stage, in whole pixels of `area`. */
function boxOf(points: readonly Point[], area: Rect): Rect {
  const xs = points.map(([x]) => x - area.x);
  const ys = points.map(([, y]) => y - area.y);
  const x = clamp(Math.floor(Math.min(...xs)), 0, area.width);
  const y = clamp(Math.floor(Math.min(...ys)), 0, area.height);
  return {
    x,
    y,
    width: clamp(Math.ceil(Math.max(...xs)), x, area.width) - x,
    height: clamp(Math.ceil(Math.max(...ys)), y, area.height) - y,
  };
}
