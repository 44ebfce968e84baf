/**
 * Draws the stage's frames. Everything that stands still is converted once; a frame is that base, the face region over it,
 * and whatever stands in front of the region. Away from the region, the subtitles and the mark no byte ever changes.
 */
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
import type { Pixels } from '../pixels/pixels.ts';
import { blendSprite, copyRect, I420Canvas, rgbaRegionToI420a, type Sprite } from './i420.ts';
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
  const { plate, region, alpha, front, subtitles, aiMark } = options;
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
  let shown: Sprite | null = null;

  const blendAll = (clip: Rect, frame: Uint8Array) => {
    for (const sprite of front) blendSprite(sprite, clip, frame, width, height, alpha);
    if (shown) blendSprite(shown, clip, frame, width, height, alpha);
    if (aiMark) blendSprite(aiMark, clip, frame, width, height, alpha);
  };
  const still = bare.slice();
  blendAll(whole, still);
  /** The still stage with the current subtitle. */
  const base = still.slice();

  const showSubtitle = (sprite: Sprite | null) => {
    if (sprite === shown) return;
    if (shown) copyRect(still, base, shown, width, height, alpha);
    shown = sprite;
    if (sprite) {
      copyRect(bare, base, sprite, width, height, alpha);
      blendAll(sprite, base);
    }
  };

  /** Which subtitle a frame of ours was left with: only what changed since is brought up to date. */
  const held = new WeakMap<Uint8Array, Sprite | null>();
  const bringUpToDate = (frame: Uint8Array) => {
    const before = held.get(frame);
    if (before === undefined) frame.set(base);
    else if (before !== shown) {
      for (const sprite of [before, shown]) if (sprite) copyRect(base, frame, sprite, width, height, alpha);
    }
    held.set(frame, shown);
  };

  return {
    frameBytes,
    still,
    newFrame,
    render(faceRegion, timeMs, into) {
      showSubtitle(subtitles?.at(timeMs) ?? null);
      const frame = canvas?.owns(into) ? into : work;
      bringUpToDate(frame);
      draw(faceRegion, region, frame);
      blendAll(region, frame);
      if (frame !== into) into.set(frame);
    },
  };
}
