/** The rectangle that is cut out, in pixels of the picture; always inside it and never too small. */
import type { ExaminedFace } from '../../../../app/contract/portraits.ts';
import type { Box, Point } from '../model/face-points.ts';
import type { Size } from './viewport.ts';

export const MIN_CROP_PX = 64;
export const SIDES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Side = (typeof SIDES)[number];

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(low, high), Math.max(low, value));

export function movedBox(box: Box, by: Point, picture: Size): Box {
  return {
    ...box,
    x: clamp(box.x + by.x, 0, picture.width - box.width),
    y: clamp(box.y + by.y, 0, picture.height - box.height),
  };
}

/** One side or corner dragged; with an aspect (width / height) the other length follows, from the opposite side on. */
export function resizedBox(box: Box, side: Side, by: Point, aspect: number | null, picture: Size): Box {
  const least = Math.min(MIN_CROP_PX, picture.width, picture.height);
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
  if (side.includes('w')) left = clamp(left + by.x, 0, right - least);
  if (side.includes('e')) right = clamp(right + by.x, left + least, picture.width);
  if (side.includes('n')) top = clamp(top + by.y, 0, bottom - least);
  if (side.includes('s')) bottom = clamp(bottom + by.y, top + least, picture.height);
  if (aspect !== null) {
    const roomX = side.includes('w') ? right : picture.width - left;
    const roomY = side.includes('n') ? bottom : picture.height - top;
    const wanted = side === 'n' || side === 's' ? (bottom - top) * aspect : right - left;
    const width = Math.max(
      Math.min(wanted, roomX, roomY * aspect),
      Math.min(least * Math.max(1, aspect), roomX, roomY * aspect),
    );
    if (side.includes('w')) left = right - width;
    else right = left + width;
    if (side.includes('n')) top = bottom - width / aspect;
    else bottom = top + width / aspect;
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The largest of that shape within the box's longer reach, about its middle. */
export function fitToAspect(box: Box, aspect: number, picture: Size): Box {
  const longest = Math.max(box.width, box.height * aspect);
  const width = Math.min(longest, picture.width, picture.height * aspect);
  const height = width / aspect;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return movedBox({ x: middle.x - width / 2, y: middle.y - height / 2, width, height }, { x: 0, y: 0 }, picture);
}

/** Head and shoulders. */
export function aroundHead({ box }: ExaminedFace, picture: Size): Box {
  const side = Math.max(box.width, box.height);
  const [left, top] = [Math.max(0, box.x + box.width / 2 - 1.4 * side), Math.max(0, box.y - 0.75 * side)];
  return {
    x: left,
    y: top,
    width: Math.min(picture.width, box.x + box.width / 2 + 1.4 * side) - left,
    height: Math.min(picture.height, box.y + box.height + 1.1 * side) - top,
  };
}
