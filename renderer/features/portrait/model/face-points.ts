/** The points of a face as a person drags them: which there are, which belong together, which mirror which. Pure. */
import type { FaceLandmarks } from '../../../../app/document/landmarks.ts';

export interface Point {
  x: number;
  y: number;
}

/** In the order of the list. */
export const GROUPS = [
  'lipsOuter',
  'lipsInner',
  'eyeLeft',
  'eyeRight',
  'browLeft',
  'browRight',
  'oval',
  'nose',
  'face',
] as const;
/** `face`: all of them, moved, turned and scaled as one. */
export type Group = (typeof GROUPS)[number];

/** Names one point of the landmarks: its path, joined by dots. */
export type PointRef = string;

interface Contour {
  id: string;
  group: Group;
  length: number;
  /** Of the contour on the other side, itself where it crosses the middle. */
  mirror: string;
  /** How its points are counted on the other side. */
  turned: (index: number) => number;
  /** Its points are passed backwards when one goes round the group. */
  backwards?: boolean;
}

const across = (length: number) => (index: number) => length - 1 - index;
const lip = (part: string, group: Group, backwards = false): Contour => {
  const id = `lips.${part}`;
  return { id, group, length: 11, mirror: id, turned: across(11), backwards };
};
const sided = (of: 'eyes' | 'brows', side: 'left' | 'right', part: string, length: number): Contour => ({
  id: `${of}.${side}.${part}`,
  group: `${of === 'eyes' ? 'eye' : 'brow'}${side === 'left' ? 'Left' : 'Right'}`,
  length,
  mirror: `${of}.${side === 'left' ? 'right' : 'left'}.${part}`,
  turned: across(length),
  backwards: part === 'lower',
});

export const CONTOURS: readonly Contour[] = [
  lip('outerUpper', 'lipsOuter'),
  lip('outerLower', 'lipsOuter', true),
  lip('innerUpper', 'lipsInner'),
  lip('innerLower', 'lipsInner', true),
  sided('eyes', 'left', 'upper', 9),
  sided('eyes', 'left', 'lower', 9),
  sided('eyes', 'right', 'upper', 9),
  sided('eyes', 'right', 'lower', 9),
  sided('brows', 'left', 'upper', 5),
  sided('brows', 'left', 'lower', 5),
  sided('brows', 'right', 'upper', 5),
  sided('brows', 'right', 'lower', 5),
  { id: 'oval', group: 'oval', length: 36, mirror: 'oval', turned: (index) => (36 - index) % 36 },
];

const SINGLES: readonly { ref: PointRef; group: Group; mirror: PointRef }[] = [
  { ref: 'eyes.left.iris', group: 'eyeLeft', mirror: 'eyes.right.iris' },
  { ref: 'eyes.right.iris', group: 'eyeRight', mirror: 'eyes.left.iris' },
  { ref: 'nose.bridge', group: 'nose', mirror: 'nose.bridge' },
  { ref: 'nose.tip', group: 'nose', mirror: 'nose.tip' },
  { ref: 'nose.base', group: 'nose', mirror: 'nose.base' },
  { ref: 'cheeks.left', group: 'nose', mirror: 'cheeks.right' },
  { ref: 'cheeks.right', group: 'nose', mirror: 'cheeks.left' },
];

const MIRROR: ReadonlyMap<PointRef, PointRef> = new Map([
  ...CONTOURS.flatMap(({ id, length, mirror, turned }) =>
    Array.from({ length }, (_, index) => [`${id}.${index}`, `${mirror}.${turned(index)}`] as const),
  ),
  ...SINGLES.map(({ ref, mirror }) => [ref, mirror] as const),
]);

type Place = [number, number, number] | { x: number; y: number; radius: number };

function placeAt(face: FaceLandmarks, ref: PointRef): Place {
  let value: unknown = face;
  for (const key of ref.split('.')) value = (value as Record<string, unknown>)[key];
  return value as Place;
}

export function pointAt(face: FaceLandmarks, ref: PointRef): Point {
  const place = placeAt(face, ref);
  return Array.isArray(place) ? { x: place[0], y: place[1] } : { x: place.x, y: place.y };
}
function put(face: FaceLandmarks, ref: PointRef, { x, y }: Point): void {
  const place = placeAt(face, ref);
  if (Array.isArray(place)) [place[0], place[1]] = [x, y];
  else Object.assign(place, { x, y });
}

/** What a person takes hold of: one point, or those that lie on one another (a corner of the mouth ends two lips). */
export interface Handle extends Point {
  /** Its first point. */
  id: PointRef;
  group: Group;
  refs: readonly PointRef[];
  /** Which contour it is counted in, from 1. Singles are `of: ref, index: 1, count: 1`. */
  of: string;
  index: number;
  count: number;
}

/** Closer than this (in pixels of the picture) is the same place. */
const SAME_PLACE = 0.02;

/** All handles, group by group, each group in the order in which one goes round it. */
export function handlesOf(face: FaceLandmarks): Handle[] {
  const handles: Handle[] = [];
  const add = (handle: Omit<Handle, 'refs' | 'x' | 'y'>): void => {
    const { x, y } = pointAt(face, handle.id);
    const feature = handle.id
      .split('.')
      .slice(0, -1)
      .join('.')
      .replace(/\.(upper|lower)$/, '')
      .replace(/^lips.*/, 'lips');
    const met = handles.findIndex(
      (other) =>
        other.id.startsWith(`${feature}.`) &&
        Math.hypot(other.x - x, other.y - y) < SAME_PLACE &&
        !/iris/.test(other.id),
    );
    if (met < 0 || feature === '' || /^(oval|nose|cheeks)/.test(handle.id) || /iris/.test(handle.id))
      handles.push({ ...handle, refs: [handle.id], x, y });
    else handles[met] = { ...handles[met]!, refs: [...handles[met]!.refs, handle.id] };
  };
  for (const { id, group, length, backwards } of CONTOURS)
    for (let step = 0; step < length; step++) {
      const index = backwards ? length - 1 - step : step;
      add({ id: `${id}.${index}`, group, of: id, index: index + 1, count: length });
    }
  for (const { ref, group } of SINGLES) add({ id: ref, group, of: ref, index: 1, count: 1 });
  return handles;
}

/** Every point of a group. Lids take the iris with them, the outer lips the inner. */
export function refsOfGroup(group: Group): PointRef[] {
  const groups: readonly Group[] = group === 'lipsOuter' ? ['lipsOuter', 'lipsInner'] : [group];
  const isIn = (own: Group): boolean => group === 'face' || groups.includes(own);
  return [
    ...CONTOURS.filter((contour) => isIn(contour.group)).flatMap(({ id, length }) =>
      Array.from({ length }, (_, index) => `${id}.${index}`),
    ),
    ...SINGLES.filter((single) => isIn(single.group)).map(({ ref }) => ref),
  ];
}

/** Across the face, from the picture's left to its right, one pixel long. */
export function acrossFace(face: FaceLandmarks): Point {
  let [x, y] = [0, 0];
  for (const [left, right] of [
    ['eyes.left.iris', 'eyes.right.iris'],
    ['eyes.left.upper.0', 'eyes.right.upper.8'],
    ['lips.outerUpper.0', 'lips.outerUpper.10'],
    ['cheeks.left', 'cheeks.right'],
    ['oval.27', 'oval.9'],
  ] as const) {
    const [a, b] = [pointAt(face, left), pointAt(face, right)];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    [x, y] = [x + (b.x - a.x) / length, y + (b.y - a.y) / length];
  }
  const length = Math.hypot(x, y);
  return length < 1e-9 ? { x: 1, y: 0 } : { x: x / length, y: y / length };
}

export type Moves = ReadonlyMap<PointRef, Point>;

export interface MoveOptions {
  /** The other side moves as in a mirror; what lies in the middle stays there. */
  symmetric: boolean;
  /** How many neighbours on either side follow, less and less. */
  reach: number;
}

/** How far each point goes when one handle is moved by `by`. */
export function movesOfHandle(face: FaceLandmarks, handle: Handle, by: Point, options: MoveOptions): Moves {
  const moves = new Map<PointRef, Point>();
  const round = handlesOf(face).filter((other) => other.group === handle.group && other.count > 1);
  const at = round.findIndex(({ id }) => id === handle.id);
  const closed = !handle.group.startsWith('brow');
  if (at < 0) for (const ref of handle.refs) moves.set(ref, by);
  else
    for (let step = -options.reach; step <= options.reach; step++) {
      const place = closed ? (at + step + round.length) % round.length : at + step;
      const share = 0.5 + 0.5 * Math.cos((Math.PI * step) / (options.reach + 1));
      for (const ref of round[place]?.refs ?? []) moves.set(ref, { x: by.x * share, y: by.y * share });
    }
  return options.symmetric ? mirrored(face, moves) : moves;
}

export function movesOfGroup(face: FaceLandmarks, group: Group, by: Point, symmetric: boolean): Moves {
  const moves = new Map(refsOfGroup(group).map((ref) => [ref, by]));
  return symmetric && group !== 'face' ? mirrored(face, moves) : moves;
}

/** With the other side's moves. What both sides ask of a point is met half way, so that the middle stays in the middle. */
function mirrored(face: FaceLandmarks, moves: Moves): Moves {
  const n = acrossFace(face);
  const all = new Map(moves);
  for (const [ref, by] of moves) {
    const other = MIRROR.get(ref)!;
    const along = by.x * n.x + by.y * n.y;
    const image = { x: by.x - 2 * along * n.x, y: by.y - 2 * along * n.y };
    const own = moves.get(other);
    all.set(other, own === undefined ? image : { x: (own.x + image.x) / 2, y: (own.y + image.y) / 2 });
  }
  return all;
}

/** The face with its points moved, kept within the picture. */
export function moved(
  face: FaceLandmarks,
  moves: Moves,
  picture: { widthPx: number; heightPx: number },
): FaceLandmarks {
  const next = structuredClone(face);
  for (const [ref, by] of moves) {
    const { x, y } = pointAt(face, ref);
    put(next, ref, {
      x: Math.min(picture.widthPx, Math.max(0, round(x + by.x))),
      y: Math.min(picture.heightPx, Math.max(0, round(y + by.y))),
    });
  }
  return next;
}
const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Turned and scaled about a point; depth and irises grow with it. */
export function transformed(face: FaceLandmarks, about: Point, scale: number, angle: number): FaceLandmarks {
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const next = structuredClone(face);
  for (const ref of refsOfGroup('face')) {
    const { x, y } = pointAt(face, ref);
    const [dx, dy] = [x - about.x, y - about.y];
    put(next, ref, { x: round(about.x + dx * cos - dy * sin), y: round(about.y + dx * sin + dy * cos) });
    const place = placeAt(next, ref);
    if (Array.isArray(place)) place[2] = round(place[2] * scale);
    else place.radius = round(place.radius * scale);
  }
  return next;
}

export function withIrisRadius(
  face: FaceLandmarks,
  side: 'left' | 'right',
  radius: number,
  symmetric: boolean,
): FaceLandmarks {
  const next = structuredClone(face);
  for (const of of symmetric ? (['left', 'right'] as const) : [side])
    next.eyes[of].iris.radius = Math.max(1, round(radius));
  return next;
}

/** The group's points as they were found, everything else as it is. */
export function withGroupFrom(face: FaceLandmarks, found: FaceLandmarks, group: Group): FaceLandmarks {
  const next = structuredClone(face);
  const own = group === 'lipsOuter' ? refsOfGroup(group).filter((ref) => ref.includes('outer')) : refsOfGroup(group);
  for (const ref of own) {
    put(next, ref, pointAt(found, ref));
    const [to, from] = [placeAt(next, ref), placeAt(found, ref)];
    if (!Array.isArray(to) && !Array.isArray(from)) to.radius = from.radius;
  }
  return next;
}

/** Whether any of its points is not where it was found. */
export function isGroupMoved(face: FaceLandmarks, found: FaceLandmarks, group: Group): boolean {
  const own = group === 'lipsOuter' ? refsOfGroup(group).filter((ref) => ref.includes('outer')) : refsOfGroup(group);
  return own.some((ref) => {
    const [a, b] = [placeAt(face, ref), placeAt(found, ref)];
    if (Array.isArray(a) && Array.isArray(b)) return a[0] !== b[0] || a[1] !== b[1];
    return !Array.isArray(a) && !Array.isArray(b) && (a.x !== b.x || a.y !== b.y || a.radius !== b.radius);
  });
}

export interface Box extends Point {
  width: number;
  height: number;
}
export function boxOf(face: FaceLandmarks, group: Group): Box {
  const points = refsOfGroup(group).map((ref) => pointAt(face, ref));
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** A face of usual proportions in the middle of a picture, for one in which none is found: a start to drag from. */
export function fittedTo(face: FaceLandmarks, picture: { widthPx: number; heightPx: number }): FaceLandmarks {
  const box = boxOf(face, 'face');
  const scale = (0.5 * Math.min(picture.widthPx, picture.heightPx)) / Math.max(box.width, box.height);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const by = { x: picture.widthPx / 2 - middle.x, y: picture.heightPx / 2 - middle.y };
  return moved(transformed(face, middle, scale, 0), movesOfGroup(face, 'face', by, false), picture);
}
