/** The emotions of one line in time, and what dragging them does to its text. Pure; ms from the line's start. */
import type { ScriptLine } from '../../../app/document/script.ts';
import {
  addKeyframe,
  keyframeOffset,
  listKeyframes,
  type Mood,
  momentOf,
  moveKeyframe,
  type PlacedKeyframe,
  setKeyframe,
} from '../../../app/speech/script/keyframes.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';
import { LineMap } from '../../../app/speech/script/positions.ts';
import type { Word } from '../../../app/speech/timeline.ts';

/** When the shown text is said: words where they are known, otherwise spread evenly. */
export interface Pace {
  displayText: string;
  durationMs: number;
  words: readonly Word[] | null;
}

export interface MoodSpan extends Mood {
  /** Of the inline cue; null: the line's own mood. */
  index: number | null;
  fromMs: number;
  toMs: number;
}

/** What is shown of a line; null where it has errors. */
export function shownText(text: string, ownEmotions: readonly string[]): string | null {
  const parsed = parseLine(text, 1, ownEmotions);
  return parsed.ok ? new LineMap(parsed.nodes).displayText : null;
}

/** `spoken` counts only for the text it was spoken from. */
export function paceOf(
  line: ScriptLine,
  durationMs: number,
  spoken: { displayText: string; durationMs: number; words: readonly Word[] } | null,
  ownEmotions: readonly string[],
): Pace {
  const displayText = shownText(line.text, ownEmotions) ?? line.text;
  if (spoken !== null && spoken.displayText === displayText) return spoken;
  return { displayText, durationMs, words: null };
}

/** When what is shown at `displayOffset` is said. */
export function offsetToMs({ displayText, durationMs, words }: Pace, displayOffset: number): number {
  if (words !== null) return momentOf(displayOffset, words, durationMs);
  return displayText.length === 0 ? 0 : (Math.min(displayOffset, displayText.length) / displayText.length) * durationMs;
}

/** Where words begin, as offsets into what is shown: the only places a mood can change at. */
export function wordStarts({ displayText, words }: Pace): number[] {
  if (words !== null) return [...new Set(words.map(({ from }) => from))].sort((a, b) => a - b);
  const starts = [...displayText.matchAll(/\p{Script=Han}|[\p{L}\p{M}\p{N}'’]+/gu)];
  return starts.filter(({ 0: text, index }) => !isInsideWord(displayText, index, text)).map(({ index }) => index);
}
const isInsideWord = (text: string, index: number, word: string): boolean =>
  !/^\p{Script=Han}/u.test(word) && index > 0 && /[\p{Script=Latin}\p{N}]/u.test(text[index - 1]!);

/** The beginning of the word that is nearest to a time. */
export function nearestWord(pace: Pace, atMs: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const offset of wordStarts(pace)) {
    const distance = Math.abs(offsetToMs(pace, offset) - atMs);
    if (distance >= least) continue;
    least = distance;
    best = offset;
  }
  return best;
}

export function moodSpans(line: ScriptLine, pace: Pace, ownEmotions: readonly string[]): MoodSpan[] {
  const spans: MoodSpan[] = [
    { index: null, emotion: line.emotion, intensity: line.intensity, fromMs: 0, toMs: pace.durationMs },
  ];
  for (const { index, emotion, intensity, displayOffset } of listKeyframes(line.text, ownEmotions)) {
    const fromMs = Math.min(pace.durationMs, offsetToMs(pace, displayOffset));
    spans.at(-1)!.toMs = fromMs;
    spans.push({ index, emotion, intensity, fromMs, toMs: pace.durationMs });
  }
  return spans;
}

/** Keyframe `index` set to act on the word at `displayOffset`, with another intensity. */
export function dragKeyframe(
  text: string,
  index: number,
  displayOffset: number | null,
  intensity: number,
  ownEmotions: readonly string[],
): PlacedKeyframe | null {
  const set = setKeyframe(text, index, { intensity }, ownEmotions);
  if (set === null || displayOffset === null) return set === null ? null : { text: set, index };
  return moveKeyframe(set, index, keyframeOffset(set, displayOffset, ownEmotions), ownEmotions);
}

/** A keyframe at the word nearest to a time, in the mood that holds there but with another intensity. */
export function addKeyframeAt(
  line: ScriptLine,
  pace: Pace,
  atMs: number,
  intensity: number,
  ownEmotions: readonly string[],
): PlacedKeyframe | null {
  const word = nearestWord(pace, atMs);
  if (word === null) return null;
  const at = offsetToMs(pace, word);
  const holds = moodSpans(line, pace, ownEmotions).findLast(({ fromMs }) => fromMs <= at + 1e-6);
  const mood = { emotion: holds?.emotion ?? line.emotion, intensity };
  return addKeyframe(line.text, keyframeOffset(line.text, word, ownEmotions), mood, ownEmotions);
}

/** The word before or after the one that a keyframe acts on; null at the ends. */
export function neighbourWord(
  text: string,
  index: number,
  by: 1 | -1,
  pace: Pace,
  ownEmotions: readonly string[],
): number | null {
  const keyframe = listKeyframes(text, ownEmotions)[index];
  if (keyframe === undefined) return null;
  const starts = wordStarts(pace);
  const next =
    by > 0
      ? starts.find((start) => start > keyframe.displayOffset)
      : starts.findLast((start) => start < keyframe.displayOffset);
  return next ?? null;
}
