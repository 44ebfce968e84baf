/**
 * Draws the stage's frames. Everything that stands still is converted once; a frame is that base, the face region over it,
 * and whatever stands in front of the region. Away from the region, the subtitles and the mark no byte ever changes.
 */
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
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
}

export interface Compositor {
  /** I420, or I420 with alpha. */
  readonly frameBytes: number;
  /** The stage at rest: no face frame, no subtitle. Borrowed; not to be written. */
  readonly still: Uint8Array;
  /**
   * Draws a frame into `into` (exactly frameBytes): the face region's RGBA (region.width × 4 bytes a row) at a time of the
   * programme. Every byte of `into` is written.
   */
  render(faceRegion: Uint8Array, timeMs: number, into: Uint8Array): void;
}

export function createCompositor(options: CompositorOptions): Compositor {
  const { plate, region, alpha, front, subtitles, aiMark } = options;
  const { width, height } = plate;
  const frameBytes = alpha ? i420aBytes(width, height) : i420Bytes(width, height);
  const canvas = alpha ? null : new I420Canvas(width, height);
  const frame = canvas?.frame ?? new Uint8Array(frameBytes);
  const draw = (rgba: Uint8Array, rect: Rect): void => {
    if (canvas) canvas.draw(rgba, rect);
    else rgbaRegionToI420a(rgba, rect, frame, width, height);
  };
  const whole: Rect = { x: 0, y: 0, width, height };

  /** Person over background alone: what lies under every sprite. */
  draw(overPlane(plate.person, plate.background), whole);
  const bare = frame.slice();
  let shown: Sprite | null = null;

  const blendAll = (clip: Rect) => {
    for (const sprite of front) blendSprite(sprite, clip, frame, width, height, alpha);
    if (shown) blendSprite(shown, clip, frame, width, height, alpha);
    if (aiMark) blendSprite(aiMark, clip, frame, width, height, alpha);
  };
  blendAll(whole);
  const still = frame.slice();

  const showSubtitle = (sprite: Sprite | null) => {
    if (sprite === shown) return;
    if (shown) copyRect(still, frame, shown, width, height, alpha);
    shown = sprite;
    if (sprite) {
      copyRect(bare, frame, sprite, width, height, alpha);
      blendAll(sprite);
    }
  };

  return {
    frameBytes,
    still,
    render(faceRegion, timeMs, into) {
      showSubtitle(subtitles?.at(timeMs) ?? null);
      draw(faceRegion, region);
      blendAll(region);
      into.set(frame);
    },
  };
}
