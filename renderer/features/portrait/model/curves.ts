/** Smooth lines through points. */
import type { FaceLandmarks } from '../../../../app/document/landmarks.ts';
import { CONTOURS, type Group, type Point, pointAt } from './face-points.ts';

const number = (value: number): string => value.toFixed(1);

/** A Catmull-Rom spline through the points, as an SVG path. */
export function smoothPath(points: readonly Point[], closed: boolean): string {
  if (points.length < 2) return '';
  const count = points.length;
  const at = (index: number): Point =>
    closed ? points[(index + count) % count]! : points[Math.min(count - 1, Math.max(0, index))]!;
  let path = `M${number(points[0]!.x)} ${number(points[0]!.y)}`;
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const first = [b.x + (c.x - a.x) / 6, b.y + (c.y - a.y) / 6];
    const second = [c.x - (d.x - b.x) / 6, c.y - (d.y - b.y) / 6];
    path += `C${[...first, ...second, c.x, c.y].map(number).join(' ')}`;
  }
  return closed ? `${path}Z` : path;
}

/** The lines of a group, each a path, with its points placed by `place`. */
export function linesOf(face: FaceLandmarks, group: Group, place: (point: Point) => Point): string[] {
  const lines = CONTOURS.filter((contour) => contour.group === group).map(({ id, length }) =>
    smoothPath(
      Array.from({ length }, (_, index) => place(pointAt(face, `${id}.${index}`))),
      id === 'oval',
    ),
  );
  if (group === 'browLeft' || group === 'browRight') {
    const side = group === 'browLeft' ? 'left' : 'right';
    for (const end of [0, 4])
      lines.push(
        smoothPath(
          ['upper', 'lower'].map((part) => place(pointAt(face, `brows.${side}.${part}.${end}`))),
          false,
        ),
      );
  }
  if (group === 'nose')
    lines.push(
      smoothPath(
        ['bridge', 'tip', 'base'].map((part) => place(pointAt(face, `nose.${part}`))),
        false,
      ),
    );
  return lines;
}
