import type { StageSize } from '../../app/media/stage-size.ts';

const even = (px: number): number => Math.max(2, 2 * Math.round(px / 2));

/** The stage's shape, its longer side at most `maxSidePx`; never larger than the stage itself. */
export function previewSize({ widthPx, heightPx }: StageSize, maxSidePx: number): StageSize {
  const scale = Math.min(1, maxSidePx / Math.max(widthPx, heightPx));
  return { widthPx: even(widthPx * scale), heightPx: even(heightPx * scale) };
}
