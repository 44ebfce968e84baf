/** The stage where a finished film takes the place of face and background: what stands in front of the person, over each of its frames. */
import { i420Bytes } from '../../app/media/i420.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { blendSprite, type Sprite } from './i420.ts';
import type { SubtitleSource } from './subtitle-sprites.ts';

export interface FilmCompositorOptions {
  size: StageSize;
  /** Front overlays, rearmost first. */
  front: readonly Sprite[];
  subtitles: SubtitleSource | null;
  /** Always frontmost. */
  aiMark: Sprite | null;
}

export interface FilmCompositor {
  readonly frameBytes: number;
  /** `film`: I420 of the stage's size; `into`: exactly frameBytes. Times ascend. */
  render(film: Uint8Array, timeMs: number, into: Uint8Array): void;
}

export function createFilmCompositor({ size, front, subtitles, aiMark }: FilmCompositorOptions): FilmCompositor {
  const { widthPx: width, heightPx: height } = size;
  const whole = { x: 0, y: 0, width, height };
  return {
    frameBytes: i420Bytes(width, height),
    render(film, timeMs, into) {
      into.set(film);
      for (const sprite of front) blendSprite(sprite, whole, into, width, height);
      const subtitle = subtitles?.at(timeMs) ?? null;
      if (subtitle) blendSprite(subtitle, whole, into, width, height);
      if (aiMark) blendSprite(aiMark, whole, into, width, height);
    },
  };
}
