/** An insert over finished stage frames: over everything but the AI mark, which lies on it as it lies on the stage. */
import type { Transition } from '../../app/document/live-overlays.ts';
import { i420Bytes } from '../../app/media/i420.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { blendSprite, copyRect, type Sprite } from './i420.ts';
import { crossFade, eased } from './live-cross-fade.ts';

/** How far an insert has come in (0 to 1) at its frame `n` of `frames` (null: for ever); it comes and goes within its own time. */
export function insertLevel(n: number, frames: number | null, fps: number, { kind, ms }: Transition): number {
  if (n < 0 || (frames !== null && n >= frames)) return 0;
  const turn = kind === 'none' ? 0 : Math.floor((ms * fps) / 1000);
  if (turn === 0) return 1;
  const left = frames === null ? Number.POSITIVE_INFINITY : frames - n;
  return Math.min(1, (n + 1) / turn, left / turn);
}

export interface InsertLayer {
  /**
   * Draws into `into` the stage's frame with the insert's picture (I420 of its place's size) over it. `into` may be `stage` where that
   * may be written. All are of the stage's size but the picture.
   */
  draw(stage: Uint8Array, picture: Uint8Array, level: number, into: Uint8Array): void;
}

/** `rect`: even position and size, inside the stage. `mark`: the sprite the stage's own frames carry. */
export function createInsertLayer(
  { widthPx: width, heightPx: height }: StageSize,
  rect: Rect,
  mark: Sprite | null,
  { kind }: Transition,
): InsertLayer {
  /** The stage as it would be with the insert fully there; only what the insert covers is kept up. */
  const full = new Uint8Array(i420Bytes(width, height));
  return {
    draw(stage, picture, level, into) {
      if (into !== stage) into.set(stage);
      if (level <= 0) return;
      const there = eased(Math.min(1, level));
      const moved = slid(rect, kind, there, width, height);
      const shown = clipped(moved, width, height);
      if (shown === null) return;
      putPlanes(picture, rect, moved, shown, full, width, height);
      if (mark) blendSprite(mark, shown, full, width, height);
      if (kind === 'fade' && there < 1) fadeRect(full, into, shown, there, width, height);
      else copyRect(full, into, shown, width, height, false);
    },
  };
}

function slid(rect: Rect, kind: Transition['kind'], there: number, width: number, height: number): Rect {
  const away = (distance: number): number => Math.round((distance * (1 - there)) / 2) * 2;
  switch (kind) {
    case 'slide-left':
      return { ...rect, x: rect.x + away(width - rect.x) };
    case 'slide-right':
      return { ...rect, x: rect.x - away(rect.x + rect.width) };
    case 'slide-up':
      return { ...rect, y: rect.y + away(height - rect.y) };
    case 'slide-down':
      return { ...rect, y: rect.y - away(rect.y + rect.height) };
    default:
      return rect;
  }
}

function clipped(rect: Rect, width: number, height: number): Rect | null {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const w = Math.min(width, rect.x + rect.width) - x;
  const h = Math.min(height, rect.y + rect.height) - y;
  return w > 0 && h > 0 ? { x, y, width: w, height: h } : null;
}

/** Calls `row` for each row of each plane: where it begins in the stage's frame, in the picture, and how long it is. */
function eachRow(
  size: Rect,
  at: Rect,
  shown: Rect,
  width: number,
  height: number,
  row: (stageAt: number, pictureAt: number, length: number) => void,
): void {
  const plane = (stageStart: number, pictureStart: number, half: 0 | 1): void => {
    const stride = width >> half;
    const pictureStride = size.width >> half;
    for (let y = shown.y >> half; y < (shown.y + shown.height) >> half; y++) {
      const pictureRow = y - (at.y >> half);
      const pictureCol = (shown.x - at.x) >> half;
      row(
        stageStart + y * stride + (shown.x >> half),
        pictureStart + pictureRow * pictureStride + pictureCol,
        shown.width >> half,
      );
    }
  };
  const stageLuma = width * height;
  const luma = size.width * size.height;
  plane(0, 0, 0);
  plane(stageLuma, luma, 1);
  plane(stageLuma + stageLuma / 4, luma + luma / 4, 1);
}

function putPlanes(
  picture: Uint8Array,
  size: Rect,
  at: Rect,
  shown: Rect,
  into: Uint8Array,
  width: number,
  height: number,
): void {
  eachRow(size, at, shown, width, height, (stageAt, pictureAt, length) => {
    into.set(picture.subarray(pictureAt, pictureAt + length), stageAt);
  });
}

function fadeRect(full: Uint8Array, into: Uint8Array, rect: Rect, share: number, width: number, height: number): void {
  if (rect.width === width && rect.height === height) {
    crossFade(into, full, share, into);
    return;
  }
  eachRow(rect, rect, rect, width, height, (at, _pictureAt, length) => {
    const row = into.subarray(at, at + length);
    crossFade(row, full.subarray(at, at + length), share, row);
  });
}
