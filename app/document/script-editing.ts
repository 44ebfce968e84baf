/**
 * What an editor does to whole lines: split, merge, move, duplicate. Pure: lines in, lines out, ids given by the caller. `own` are
 * the names of the project's own emotions.
 */
import type { ScriptNode } from '../speech/script/ast.ts';
import type { Mood } from '../speech/script/keyframes.ts';
import { listKeyframes, moodAt, removeKeyframe, sameMood, writeMood } from '../speech/script/keyframes.ts';
import { parseLine } from '../speech/script/parse.ts';
import { explicitLine, LineMap, outlineOf, type Places, placesOf, snap } from '../speech/script/positions.ts';
import { DEFAULT_PAUSE_MS, type ScriptLine } from './script.ts';

const moodOf = ({ emotion, intensity }: ScriptLine): Mood => ({ emotion, intensity });

/**
 * `line` in two at `offset` of its text, or the nearest place that tears no cue. A span goes on in both, the mood that holds at the
 * place is the second line's, and so is the pause after; the first takes the usual one.
 */
export function splitLine(
  line: ScriptLine,
  offset: number,
  newId: string,
  own: readonly string[],
): [ScriptLine, ScriptLine] {
  const [left, right] = splitText(line.text, offset, own);
  // A mood at the very end has nothing left to act on: it is the next line's.
  const first = { ...line, text: withoutLastMood(left, own), pauseAfterMs: DEFAULT_PAUSE_MS };
  return [first, { ...line, ...moodAt(left, left.length, moodOf(line), own), id: newId, text: right }];
}

function splitText(text: string, offset: number, own: readonly string[]): [left: string, right: string] {
  const nodes = nodesOf(text, own);
  if (nodes !== null) {
    const explicit = explicitLine(nodes, offset);
    for (const { text: source, offset: at } of [{ text, offset }, explicit]) {
      const halves = halvesAt(source, at, placesOf(nodesOf(source, own) ?? nodes));
      if (sameWords(halves, [text], own)) return halves;
    }
  }
  // With an error in it, a line is parted as any text.
  const at = Math.min(text.length, Math.max(0, offset));
  const whole = /[\ud800-\udbff]$/.test(text.slice(0, at)) && /^[\udc00-\udfff]/.test(text.slice(at)) ? at - 1 : at;
  return [text.slice(0, whole).trimEnd(), text.slice(whole).trimStart()];
}

const nodesOf = (text: string, own: readonly string[]): ScriptNode[] | null => {
  const parsed = parseLine(text, 1, own);
  return parsed.ok ? parsed.nodes : null;
};

/** Whether two rows of texts have the same words and cues, whatever their spaces and however often a span is written anew. */
function sameWords(some: readonly string[], others: readonly string[], own: readonly string[]): boolean {
  const bared = [some, others].map((texts) => {
    const trees = texts.map((text) => nodesOf(text, own));
    return trees.includes(null) ? null : bare(trees.flatMap((tree) => outlineOf(tree!)).join(''));
  });
  return bared[0] !== null && bared[0] === bared[1];
}

/** An outline without the spans' edges and spaces, which a split may double or drop. */
const bare = (outline: string): string => outline.replace(/<\/?(?:em|(?:rate|pitch|volume) [\d.e-]+)>|\s/g, '');

function halvesAt(text: string, offset: number, places: Places): [string, string] {
  let at = snap(places, text, offset);
  // At the inner edge of a span the split is beside it.
  for (const { from, contentFrom } of places.spans.toReversed()) if (at === contentFrom) at = from;
  for (const { contentTo, to } of places.spans.toReversed()) if (at === contentTo) at = to;
  const open = places.spans.filter(({ contentFrom, contentTo }) => contentFrom < at && at < contentTo);
  const closing = open.toReversed().map(({ node }) => node.closing);
  const opening = open.map(({ node }) => node.opening);
  return [text.slice(0, at).trimEnd() + closing.join(''), opening.join('') + text.slice(at).trimStart()];
}

function withoutLastMood(text: string, own: readonly string[]): string {
  const nodes = nodesOf(text, own);
  const last = listKeyframes(text, own).at(-1);
  if (nodes === null || last === undefined) return text;
  const silent = placesOf(nodes).leaves.every(
    ({ node, from }) => from < last.to || (node.kind === 'text' && node.text.trim() === ''),
  );
  return silent ? (removeKeyframe(text, last.index, own)?.trimEnd() ?? text) : text;
}

/**
 * Two lines as one: the first's voice, the second's pause after. Where the second begins in another mood, a cue says so; a
 * pause between them that somebody has set stays as a cue.
 */
export function mergeLines(first: ScriptLine, second: ScriptLine, own: readonly string[]): ScriptLine {
  const left = first.text.trimEnd();
  const right = second.text.trimStart();
  const parted = left !== '' && right !== '';
  const pauseMs = Math.round(first.pauseAfterMs);
  const pause = parted && pauseMs !== DEFAULT_PAUSE_MS && pauseMs > 0 ? `[${pauseMs}ms]` : '';
  const mood = moodOf(second);
  const needsCue =
    parted && !sameMood(moodAt(left, left.length, moodOf(first), own), mood) && !beginsWithMood(right, own);
  const between = (parted && needsSpace(left, right, own) ? ' ' : '') + pause + (needsCue ? writeMood(mood) : '');
  const text = [[left, right], [left, right].map((half) => explicit(half, own))]
    .map((halves) => halves.join(between))
    .find((merged) => sameWords([merged], [left, between, right], own));
  return {
    ...first,
    ...(left === '' ? mood : moodOf(first)),
    text: text ?? left + between + right,
    pauseAfterMs: second.pauseAfterMs,
  };
}

const explicit = (text: string, own: readonly string[]): string => {
  const nodes = nodesOf(text, own);
  return nodes === null ? text : explicitLine(nodes).text;
};

const shownBy = (text: string, own: readonly string[]): string => {
  const nodes = nodesOf(text, own);
  return nodes === null ? text : new LineMap(nodes).displayText;
};

/** Words of letters that are spelt are parted by a space; Chinese ones are not. */
function needsSpace(left: string, right: string, own: readonly string[]): boolean {
  const before = shownBy(left, own).at(-1) ?? '';
  const after = shownBy(right, own).at(0) ?? '';
  const spelt = /[\p{L}\p{N}.,!?;:)'"\]]/u;
  const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
  return spelt.test(before) && !wide.test(before) && /[\p{L}\p{N}('"[]/u.test(after) && !wide.test(after);
}

function beginsWithMood(text: string, own: readonly string[]): boolean {
  const nodes = nodesOf(text, own);
  if (nodes === null) return false;
  const first = placesOf(nodes).leaves.find(({ node }) => node.kind !== 'marker');
  return first?.node.kind === 'emotion';
}

/** The lines of `ids`, in their order, put before the line `beforeId`; null: at the end. */
export function moveLines(
  lines: readonly ScriptLine[],
  ids: ReadonlySet<string>,
  beforeId: string | null,
): ScriptLine[] {
  const moving = lines.filter(({ id }) => ids.has(id));
  const from = beforeId === null ? lines.length : lines.findIndex(({ id }) => id === beforeId);
  if (from < 0) return [...lines];
  const staying = (line: ScriptLine): boolean => !ids.has(line.id);
  return [...lines.slice(0, from).filter(staying), ...moving, ...lines.slice(from).filter(staying)];
}

/** Copies of the lines of `ids`, in their order, right after the last of them. `newIds` has one for each. */
export function duplicateLines(
  lines: readonly ScriptLine[],
  ids: ReadonlySet<string>,
  newIds: readonly string[],
): ScriptLine[] {
  const copied = lines.filter(({ id }) => ids.has(id));
  if (newIds.length !== copied.length) throw new Error(`${copied.length} lines need as many new ids`);
  const after = lines.findLastIndex(({ id }) => ids.has(id)) + 1;
  const copies = copied.map((line, i) => ({ ...line, id: newIds[i]! }));
  return [...lines.slice(0, after), ...copies, ...lines.slice(after)];
}
