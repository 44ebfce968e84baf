/** Find and replace in the whole script. Matches are found a moment after the typing, never per keystroke. */
import { createStore } from 'zustand/vanilla';
import { type FoundInLine, findInLines, replaceInLines } from '../../../app/document/script-find.ts';
import { compileQuery, type FindQuery, replaceInText } from '../../../app/speech/script/find.ts';
import { openDocument, projectStore } from '../../state/project.ts';
import { putCaret } from './caret.ts';
import { changeText, replaceLines } from './line-edits.ts';
import type { FoundPlace } from './line-tokens.ts';
import { linesNow } from './lines-index.ts';

export interface FindState {
  open: boolean;
  query: FindQuery;
  replacement: string;
  matches: readonly FoundInLine[];
  /** By the line they are in. */
  byLine: ReadonlyMap<string, readonly FoundPlace[]>;
  /** Which match is the present one; −1: none. */
  at: number;
  /** A pattern that is none. */
  error: unknown;
}
const NO_MATCHES = { matches: [], byLine: new Map<string, FoundPlace[]>(), at: -1, error: null };
export const findStore = createStore<FindState>(() => ({
  ...{ open: false, query: { find: '', regex: false, caseSensitive: false }, replacement: '' },
  ...NO_MATCHES,
}));

const QUIET_MS = 120;
let timer: ReturnType<typeof setTimeout> | undefined;
const ownNames = (): string[] => openDocument()?.emotions.map(({ name }) => name) ?? [];

export function openFind(find?: string): void {
  findStore.setState(({ query }) => ({ open: true, query: find === undefined ? query : { ...query, find } }));
  search();
}
export const closeFind = (): void => findStore.setState({ open: false, ...NO_MATCHES });
export function setQuery(change: Partial<FindQuery>): void {
  findStore.setState(({ query }) => ({ query: { ...query, ...change } }));
  scheduleSearch();
}

export function scheduleSearch(): void {
  clearTimeout(timer);
  if (findStore.getState().open) timer = setTimeout(search, QUIET_MS);
}

function search(): void {
  clearTimeout(timer);
  const { query, matches: before, at, open } = findStore.getState();
  if (!open) return;
  try {
    const matches = findInLines(linesNow(), query, ownNames());
    // The present match stays the present one where it still is.
    const now = before[at];
    const same =
      now === undefined ? -1 : matches.findIndex(({ lineId, from }) => lineId === now.lineId && from === now.from);
    setMatches(matches, same >= 0 ? same : Math.min(at, matches.length - 1));
  } catch (error) {
    findStore.setState({ ...NO_MATCHES, error });
  }
}

function setMatches(matches: readonly FoundInLine[], at: number): void {
  const byLine = new Map<string, FoundPlace[]>();
  for (const [index, { lineId, from, to }] of matches.entries()) {
    const places = byLine.get(lineId) ?? [];
    places.push({ from, to, now: index === at });
    byLine.set(lineId, places);
  }
  findStore.setState({ matches, byLine, at, error: null });
}

/** Once, while the panel is there. */
export const followDocument = (): (() => void) =>
  projectStore().subscribe((state, before) => {
    if (state.document?.script.lines !== before.document?.script.lines) scheduleSearch();
  });

export interface Showing {
  show(lineId: string): void;
}

/** The next match, around the end; shown, and selected in its line without taking the focus away. */
export function stepMatch(by: 1 | -1, { show }: Showing): void {
  if (timer !== undefined) search();
  const { matches, at } = findStore.getState();
  if (matches.length === 0) return;
  const next = at < 0 ? (by > 0 ? 0 : matches.length - 1) : (at + by + matches.length) % matches.length;
  setMatches(matches, next);
  show(matches[next]!.lineId);
}

export function replacePresent(showing: Showing): void {
  search();
  const { matches, at, query, replacement } = findStore.getState();
  const match = matches[at];
  if (match === undefined) {
    stepMatch(1, showing);
    return;
  }
  const line = linesNow().find(({ id }) => id === match.lineId);
  const pattern = compileQuery(query);
  if (line === undefined || pattern === null) return;
  const which = matches.slice(0, at).filter(({ lineId }) => lineId === match.lineId).length;
  const { text } = replaceInText(line.text, pattern, replacement, query.regex, ownNames(), which);
  changeText('script.stepReplace', line.id, text);
  search();
  const { matches: left } = findStore.getState();
  if (left.length === 0) return;
  // What was put in is not searched again, even where it holds what was looked for.
  const after = match.to + text.length - line.text.length;
  const index = linesNow().findIndex(({ id }) => id === line.id);
  const places = new Map(linesNow().map(({ id }, place) => [id, place]));
  const next = left.findIndex(({ lineId, from }) => (lineId === line.id ? from >= after : places.get(lineId)! > index));
  setMatches(left, Math.max(0, next));
  showing.show(left[Math.max(0, next)]!.lineId);
}

/** How many were replaced; one step of undo. */
export function replaceAll(): number {
  const { query, replacement } = findStore.getState();
  const { lines, count } = replaceInLines(linesNow(), { ...query, replacement }, ownNames());
  if (count > 0) replaceLines(lines);
  search();
  return count;
}

/** Leaves the search and puts the caret on the present match. */
export function leaveFind(): void {
  const { matches, at } = findStore.getState();
  const match = matches[at];
  closeFind();
  if (match !== undefined) putCaret(match.lineId, { from: match.from, to: match.to });
}
