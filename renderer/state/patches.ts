/** Arithmetic on immer patches: making lists of them shorter, and telling which parts of a document they touch. */
import type { Patch } from '../../app/contract/projects.ts';

type Path = readonly (string | number)[];

const samePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((key, index) => key === b[index]);
const isWithin = (outer: Path, inner: Path): boolean =>
  outer.length <= inner.length && outer.every((key, index) => key === inner[index]);

/**
 * The same change in fewer patches: of two replacements of one place only the later is kept, as long as nothing between them
 * moved what the path names. A dragged slider or a typed line thus stays one patch.
 */
export function compactPatches(patches: readonly Patch[]): Patch[] {
  const kept: Patch[] = [];
  for (const patch of patches) {
    const at = patch.op === 'replace' ? earlierReplacement(kept, patch.path) : -1;
    if (at < 0) kept.push(patch);
    else kept[at] = patch;
  }
  return kept;
}

function earlierReplacement(kept: readonly Patch[], path: Path): number {
  for (let index = kept.length - 1; index >= 0; index--) {
    const { op, path: other } = kept[index]!;
    if (op === 'replace' && samePath(other, path)) return index;
    const related = op !== 'replace' || other.at(-1) === 'length' || isWithin(other, path) || isWithin(path, other);
    if (related) return -1;
  }
  return -1;
}

/** Two keys deep (`script/lines`, `avatar/rig`): changes of different sections cannot get in each other's way. */
const sectionOf = (path: Path): string => path.slice(0, 2).join('/');

export const sectionsOf = (patches: readonly Patch[]): Set<string> =>
  new Set(patches.map(({ path }) => sectionOf(path)));

/** Whether two sets of sections have one in common; `avatar` holds `avatar/rig`. */
export function sectionsMeet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const one of a)
    for (const other of b)
      if (one === other || one === '' || other === '' || one.startsWith(`${other}/`) || other.startsWith(`${one}/`))
        return true;
  return false;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deep equality of JSON; what is shared is not looked into. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}

/** Patches that make `from` into `to`, a section at a time. */
export function sectionDiff(from: object, to: object): Patch[] {
  const patches: Patch[] = [];
  const compare = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, path: string[]) => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [before, after] = [a[key], b[key]];
      if (sameJson(before, after)) continue;
      const place = [...path, key];
      if (!(key in b)) patches.push({ op: 'remove', path: place });
      else if (!(key in a)) patches.push({ op: 'add', path: place, value: after });
      else if (path.length === 0 && isRecord(before) && isRecord(after)) compare(before, after, place);
      else patches.push({ op: 'replace', path: place, value: after });
    }
  };
  compare(from as Readonly<Record<string, unknown>>, to as Readonly<Record<string, unknown>>, []);
  return patches;
}
