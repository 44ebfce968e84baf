/**
 * The emotions inside a line as keyframes. A keyframe is an inline cue: its place in the text is its place in time, so the text is
 * the only record of it, and every change here gives the text anew with nothing else in it changed. What the text cannot take
 * (it has errors, there is no such keyframe) is answered by null.
 */
import { foldEmotionName } from '../emotion.ts';
import type { Word } from '../timeline.ts';
import type { EmotionNode, ScriptNode } from './ast.ts';
import { parseLine } from './parse.ts';
import { explicitLine, type Leaf, LineMap, outlineOf, sameOutline, snap } from './positions.ts';

export interface Mood {
  emotion: string;
  /** 0..1. */
  intensity: number;
}

export interface Keyframe extends Mood {
  /** As `cue` in `EmotionKey`: which of the line's inline cues it is. */
  index: number;
  /** The cue itself: UTF-16 offsets into the text. */
  from: number;
  to: number;
  /** What is shown from here on is shown in this mood: offset into the display text, as in `Word`. */
  displayOffset: number;
}
export interface PlacedKeyframe {
  text: string;
  index: number;
}

interface EmotionLeaf extends Leaf {
  node: EmotionNode;
}
const isEmotionLeaf = (leaf: Leaf): leaf is EmotionLeaf => leaf.node.kind === 'emotion';

/** The cue of a mood: `[happy]`, `[happy 0.6]`. */
export function writeMood({ emotion, intensity }: Mood): string {
  const rounded = Math.round(Math.min(1, Math.max(0, intensity)) * 100) / 100;
  return rounded === 1 ? `[${emotion}]` : `[${emotion} ${rounded}]`;
}

export const sameMood = (a: Mood, b: Mood): boolean =>
  foldEmotionName(a.emotion) === foldEmotionName(b.emotion) && a.intensity === b.intensity;

/** The keyframes of a line in the order of the text; none where it has errors. `ownEmotions` as in `parseLine`. */
export function listKeyframes(text: string, ownEmotions: readonly string[]): Keyframe[] {
  const parsed = parseLine(text, 1, ownEmotions);
  if (!parsed.ok) return [];
  const map = new LineMap(parsed.nodes);
  return map.places.leaves.filter(isEmotionLeaf).map(({ node, from, to }, index) => ({
    ...{ index, emotion: node.emotion, intensity: node.intensity, from, to },
    displayOffset: map.displayOffset(to),
  }));
}

/** The mood that holds at `offset` of the text, where `own` is the line's own. */
export function moodAt(text: string, offset: number, own: Mood, ownEmotions: readonly string[]): Mood {
  const last = listKeyframes(text, ownEmotions).findLast(({ to }) => to <= offset);
  return last === undefined ? own : { emotion: last.emotion, intensity: last.intensity };
}

/** When what is shown at `displayOffset` is said: the moment its word begins; after the last word, the end. */
export function momentOf(displayOffset: number, words: readonly Word[], durationMs: number): number {
  const word = words.reduce<Word | undefined>(
    (first, each) => (each.to > displayOffset && (first === undefined || each.from < first.from) ? each : first),
    undefined,
  );
  return word?.startMs ?? durationMs;
}

/** Where in the text a keyframe goes that is to act on what is shown at `displayOffset`; 0 where the text has errors. */
export function keyframeOffset(text: string, displayOffset: number, ownEmotions: readonly string[]): number {
  const parsed = parseLine(text, 1, ownEmotions);
  return parsed.ok ? new LineMap(parsed.nodes).sourceOffset(displayOffset) : 0;
}

/** Another emotion, another intensity, or both, for keyframe `index`. */
export function setKeyframe(
  text: string,
  index: number,
  change: Partial<Mood>,
  ownEmotions: readonly string[],
): string | null {
  const keyframe = listKeyframes(text, ownEmotions)[index];
  if (keyframe === undefined) return null;
  const mood = { emotion: change.emotion ?? keyframe.emotion, intensity: change.intensity ?? keyframe.intensity };
  const changed = text.slice(0, keyframe.from) + writeMood(mood) + text.slice(keyframe.to);
  // A name that is nobody's would make the line one with an error.
  return parseLine(changed, 1, ownEmotions).ok ? changed : null;
}

/** A new keyframe at `offset` of the text, or the nearest place a cue can stand. One that is there already is changed instead. */
export function addKeyframe(
  text: string,
  offset: number,
  mood: Mood,
  ownEmotions: readonly string[],
): PlacedKeyframe | null {
  const parsed = parseLine(text, 1, ownEmotions);
  if (!parsed.ok) return null;
  const { leaves } = new LineMap(parsed.nodes).places;
  const there = leaves.filter(isEmotionLeaf).findIndex((leaf) => isNextTo(leaf, offset, leaves));
  if (there >= 0) {
    const changed = setKeyframe(text, there, mood, ownEmotions);
    return changed === null ? null : { text: changed, index: there };
  }
  const wanted = outlineOf(parsed.nodes);
  const explicit = explicitLine(parsed.nodes, offset);
  for (const { text: source, offset: at } of [{ text, offset }, explicit]) {
    const nodes = source === text ? parsed.nodes : nodesOf(source, ownEmotions);
    if (nodes === null) continue;
    const place = snap(new LineMap(nodes).places, source, at);
    const changed = source.slice(0, place) + writeMood(mood) + source.slice(place);
    const after = nodesOf(changed, ownEmotions);
    if (after === null) continue;
    const cues = new LineMap(after).places.leaves.filter(isEmotionLeaf);
    const index = cues.findIndex(({ from }) => from === place);
    if (index >= 0 && sameOutline(outlineOf(after, cues[index]!.node), wanted)) return { text: changed, index };
  }
  return null;
}

/** The text without keyframe `index`. */
export function removeKeyframe(text: string, index: number, ownEmotions: readonly string[]): string | null {
  const nodes = nodesOf(text, ownEmotions);
  const node = nodes && cueOf(nodes, index);
  if (!nodes || !node) return null;
  const wanted = outlineOf(nodes, node);
  for (const source of [text, explicitLine(nodes).text]) {
    const keyframe = listKeyframes(source, ownEmotions)[index];
    if (keyframe === undefined) continue;
    const before = source.slice(0, keyframe.from);
    const rest = source.slice(keyframe.to);
    // Of the spaces on both sides of a cue one side is enough.
    const changed = before + (/^$|\s$/.test(before) ? rest.trimStart() : rest);
    const after = nodesOf(changed, ownEmotions);
    if (after !== null && sameOutline(outlineOf(after), wanted)) return changed;
  }
  return null;
}

/** Keyframe `index` taken from its place and put at `offset`, counted in the text as it is now. */
export function moveKeyframe(
  text: string,
  index: number,
  offset: number,
  ownEmotions: readonly string[],
): PlacedKeyframe | null {
  const keyframe = listKeyframes(text, ownEmotions)[index];
  if (keyframe === undefined) return null;
  if (offset >= keyframe.from && offset <= keyframe.to) return { text, index };
  const nodes = nodesOf(text, ownEmotions)!;
  const displayOffset = new LineMap(nodes).displayOffset(offset);
  const without = removeKeyframe(text, index, ownEmotions);
  if (without === null) return null;
  // What was cut lies either wholly before the new place or wholly behind it.
  const cut = text.length - without.length;
  const plain = without === text.slice(0, keyframe.from) + text.slice(keyframe.from + cut);
  const moved = plain
    ? offset <= keyframe.from
      ? offset
      : Math.max(keyframe.from, offset - cut)
    : keyframeOffset(without, displayOffset, ownEmotions);
  return addKeyframe(without, moved, keyframe, ownEmotions);
}

function nodesOf(text: string, ownEmotions: readonly string[]): ScriptNode[] | null {
  const parsed = parseLine(text, 1, ownEmotions);
  return parsed.ok ? parsed.nodes : null;
}

const cueOf = (nodes: readonly ScriptNode[], index: number): EmotionNode | undefined =>
  new LineMap(nodes).places.leaves.filter(isEmotionLeaf)[index]?.node;

/** Nothing is shown, said or waited for between a cue and `offset`: the two are one moment. */
function isNextTo(cue: Leaf, offset: number, leaves: readonly Leaf[]): boolean {
  if (offset > cue.from && offset < cue.to) return true;
  const [from, to] = offset <= cue.from ? [offset, cue.from] : [cue.to, offset];
  return leaves.every(({ node, from: start, to: end }) => {
    if (end <= from || start >= to) return true;
    if (node.kind === 'marker' || node.kind === 'emotion') return node.kind === 'marker';
    if (node.kind !== 'text') return false;
    return node.source.slice(Math.max(0, from - start), Math.max(0, to - start)).trim() === '';
  });
}
