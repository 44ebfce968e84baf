/** The order of the open project's lines. The list of ids is the same object for as long as no line comes, goes or moves. */
import type { Project } from '../../../app/document/project.ts';
import type { ScriptLine } from '../../../app/document/script.ts';
import { openDocument } from '../../state/project.ts';

const NONE: readonly string[] = [];
let lastLines: readonly ScriptLine[] = [];
let ids: readonly string[] = NONE;
let places: ReadonlyMap<string, number> = new Map();

/** Comparing ids is all that a keystroke costs here: microseconds for thousands of lines. */
export function lineIds({ script: { lines } }: Project): readonly string[] {
  if (lines === lastLines) return ids;
  lastLines = lines;
  if (lines.length !== ids.length || lines.some(({ id }, index) => id !== ids[index])) {
    ids = lines.map(({ id }) => id);
    places = new Map(ids.map((id, index) => [id, index]));
  }
  return ids;
}

/** −1 where there is no such line (any more). */
export function lineIndex(document: Project, id: string): number {
  lineIds(document);
  return places.get(id) ?? -1;
}
export const lineOf = (document: Project, id: string): ScriptLine | undefined =>
  document.script.lines[lineIndex(document, id)];

export const linesNow = (): readonly ScriptLine[] => openDocument()?.script.lines ?? [];
