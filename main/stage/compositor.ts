/**
 * Draws the stage's frames. Everything that stands still is converted once; a frame is that base, the face region over it,
 * and whatever stands in front of the region. Away from the region, the live overlays and the subtitles no byte ever changes,
 * and nothing that comes and goes ever lies where the mark is.
 */
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
import type { Pixels } from '../pixels/pixels.ts';
import { blendSprite, copyRect, I420Canvas, rgbaRegionToI420a, type Sprite } from './i420.ts';
import type { SpriteSource } from './live-layer.ts';
import { overPlane } from './picture.ts';
import type { SubtitleSource } from './subtitle-sprites.ts';

export interface CompositorOptions {
  plate: AvatarPlate;
  /** The face engine's region: even position and size, inside the stage. */
  region: Rect;
  /** Frames with an alpha plane (yuva420p); the plate's background may then be clear. */
  alpha: boolean;
  /** Front overlays, rearmost first. */
  front: readonly Sprite[];
  /** What comes and goes over the front overlays, under the subtitles, and leaves the mark's place free. */
  live?: SpriteSource | undefined;
  subtitles: SubtitleSource | null;
  /** Always frontmost. */
  aiMark: Sprite | null;
  /** Kernel memory to work in, when the face is drawn there too. */
  pixels?: Pixels | undefined;
}

export interface Compositor {
  /** I420, or I420 with alpha. */
  readonly frameBytes: number;
  /** The stage at rest: no face frame, no subtitle. Borrowed; not to be written. */
  readonly still: Uint8Array;
  /** A frame to render into without a copy; between two renders it must stay as it was left. */
  newFrame(): Uint8Array;
  /**
   * Draws a frame into `into` (exactly frameBytes): the face region's RGBA (region.width × 4 bytes a row) at a time of the
   * programme.
   */
  render(faceRegion: Uint8Array, timeMs: number, into: Uint8Array): void;
}

export function createCompositor(options: CompositorOptions): Compositor {
  const { plate, region, alpha, front, live, subtitles, aiMark } = options;
  const { width, height } = plate;
  const frameBytes = alpha ? i420aBytes(width, height) : i420Bytes(width, height);
  const canvas = alpha ? null : new I420Canvas(width, height, options.pixels);
  const newFrame = (): Uint8Array => canvas?.newFrame() ?? new Uint8Array(frameBytes);
  const draw = (rgba: Uint8Array, rect: Rect, frame: Uint8Array): void => {
    if (canvas) canvas.draw(rgba, rect, frame);
    else rgbaRegionToI420a(rgba, rect, frame, width, height);
  };
  const whole: Rect = { x: 0, y: 0, width, height };
  const work = newFrame();

  /** Person over background alone: what lies under every sprite. */
  draw(overPlane(plate.person, plate.background), whole, work);
  const bare = work.slice();
  /** Live overlays, rearmost first, and the subtitle. */
  let shown: Shown = NOTHING_SHOWN;

  const blendAll = (clip: Rect, frame: Uint8Array) => {
    for (const sprite of front) blendSprite(sprite, clip, frame, width, height, alpha);
    if (shown.overlays.length > 0) {
      const parts = aiMark === null ? [clip] : without(clip, aiMark);
      for (const sprite of shown.overlays)
        for (const part of parts) blendSprite(sprite, part, frame, width, height, alpha);
    }
    if (shown.subtitle) blendSprite(shown.subtitle, clip, frame, width, height, alpha);
    if (aiMark) blendSprite(aiMark, clip, frame, width, height, alpha);
  };
  const still = bare.slice();
  blendAll(whole, still);
  /** The still stage with what is shown on it now. */
  const base = still.slice();

  const show = (overlays: readonly Sprite[], subtitle: Sprite | null) => {
    if (overlays === shown.overlays && subtitle === shown.subtitle) return;
    const before = shown;
    shown = { overlays, subtitle };
    for (const sprite of differing(before, shown)) {
      const part = inside(sprite, whole);
      if (part === null) continue;
      copyRect(bare, base, part, width, height, alpha);
      blendAll(part, base);
    }
  };

  /** What a frame of ours was left with: only what changed since is brought up to date. */
  const held = new WeakMap<Uint8Array, Shown>();
  const bringUpToDate = (frame: Uint8Array) => {
    const before = held.get(frame);
    if (before === undefined) frame.set(base);
    else if (before !== shown)
      for (const sprite of differing(before, shown)) copyRect(base, frame, sprite, width, height, alpha);
    held.set(frame, shown);
  };

  return {
    frameBytes,
    still,
    newFrame,
    render(faceRegion, timeMs, into) {
      show(live?.at(timeMs) ?? NONE, subtitles?.at(timeMs) ?? null);
      const frame = canvas?.owns(into) ? into : work;
      bringUpToDate(frame);
      draw(faceRegion, region, frame);
      blendAll(region, frame);
      if (frame !== into) into.set(frame);
    },
  };
}

const NONE: readonly Sprite[] = [];

/** What comes and goes. */
interface Shown {
  overlays: readonly Sprite[];
  subtitle: Sprite | null;
}
const NOTHING_SHOWN: Shown = { overlays: NONE, subtitle: null };

/** Sprites that are in one and not in the other. */
function differing(one: Shown, other: Shown): Sprite[] {
  const sprites: Sprite[] = [];
  if (one.overlays !== other.overlays) {
    for (const sprite of one.overlays) if (!other.overlays.includes(sprite)) sprites.push(sprite);
    for (const sprite of other.overlays) if (!one.overlays.includes(sprite)) sprites.push(sprite);
  }
  if (one.subtitle !== other.subtitle)
    for (const sprite of [one.subtitle, other.subtitle]) if (sprite) sprites.push(sprite);
  return sprites;
}

/** The part of a rectangle that lies in another; null where there is none. */
function inside(rect: Rect, frame: Rect): Rect | null {
  const x = Math.max(frame.x, rect.x);
  const y = Math.max(frame.y, rect.y);
  const width = Math.min(frame.x + frame.width, rect.x + rect.width) - x;
  const height = Math.min(frame.y + frame.height, rect.y + rect.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/** What of a rectangle lies beside another: above, below, left and right of it. */
function without(rect: Rect, hole: Rect): Rect[] {
  const cut = inside(hole, rect);
  if (cut === null) return [rect];
  const right = cut.x + cut.width;
  const bottom = cut.y + cut.height;
  return [
    { x: rect.x, y: rect.y, width: rect.width, height: cut.y - rect.y },
    { x: rect.x, y: bottom, width: rect.width, height: rect.y + rect.height - bottom },
    { x: rect.x, y: cut.y, width: cut.x - rect.x, height: cut.height },
    { x: right, y: cut.y, width: rect.x + rect.width - right, height: cut.height },
  ].filter(({ width, height }) => width > 0 && height > 0);
}
