/** Sizes of the stage by shape: the shorter side says how fine it is. */
import type { Stage } from '../../../app/document/stage.ts';

export type Size = NonNullable<Stage['size']>;

export const SHAPES = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;
export type Shape = (typeof SHAPES)[number];
export const LINES = [480, 720, 1080] as const;
export type LineCount = (typeof LINES)[number];

const even = (value: number): number => 2 * Math.round(value / 2);

/** `16:9` at 480 is 854×480, as everywhere. */
export function sizeOf(shape: Shape, lines: number): Size {
  const [across = 1, down = 1] = shape.split(':').map(Number);
  const shorter = Math.min(across, down);
  return { widthPx: even((lines * across) / shorter), heightPx: even((lines * down) / shorter) };
}

/** The shape and fineness that a size is; null for one of the person's own. */
export function presetOf({ widthPx, heightPx }: Size): { shape: Shape; lines: LineCount } | null {
  for (const shape of SHAPES)
    for (const lines of LINES) {
      const size = sizeOf(shape, lines);
      if (size.widthPx === widthPx && size.heightPx === heightPx) return { shape, lines };
    }
  return null;
}
