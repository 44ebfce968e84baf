/** Whether I420 frames are the same outside the places that may change. */
import type { Rect } from '../main/engine/ports/lipsync.ts';

/**
 * How many bytes of two I420 frames differ outside the rectangles. A rectangle covers every chroma sample that any of its
 * pixels has a share in.
 */
export function differingBytes(
  a: Uint8Array,
  b: Uint8Array,
  width: number,
  height: number,
  except: readonly Rect[],
): number {
  const half = { width: width >> 1, height: height >> 1 };
  const quarter = half.width * half.height;
  const chroma = except.map(({ x, y, width, height }) => {
    const [left, top] = [x >> 1, y >> 1];
    return { x: left, y: top, width: ((x + width + 1) >> 1) - left, height: ((y + height + 1) >> 1) - top };
  });
  return (
    differingInPlane(a, b, 0, width, height, except) +
    differingInPlane(a, b, width * height, half.width, half.height, chroma) +
    differingInPlane(a, b, width * height + quarter, half.width, half.height, chroma)
  );
}

function differingInPlane(
  a: Uint8Array,
  b: Uint8Array,
  offset: number,
  width: number,
  height: number,
  except: readonly Rect[],
): number {
  let count = 0;
  for (let y = 0; y < height; y++) {
    const holes = except.filter((rect) => y >= rect.y && y < rect.y + rect.height).toSorted((p, q) => p.x - q.x);
    let from = 0;
    for (const [left, right] of [
      ...holes.map((rect) => [rect.x, rect.x + rect.width] as const),
      [width, width] as const,
    ]) {
      const row = offset + y * width;
      if (left > from) count += differing(a.subarray(row + from, row + left), b.subarray(row + from, row + left));
      from = Math.min(width, Math.max(from, right));
    }
  }
  return count;
}

function differing(a: Uint8Array, b: Uint8Array): number {
  // The comparison of whole stretches is native, and nearly always the answer.
  if (Buffer.compare(a, b) === 0) return 0;
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}
