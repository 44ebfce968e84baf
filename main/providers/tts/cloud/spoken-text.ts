/** What a cloud voice is sent for a part of a line, with the way back from its characters to the display text. */
import type { SpeechPart } from '../../../../app/speech/plan.ts';
import { sentenceRanges } from '../../../../app/speech/punctuation.ts';
import type { Word } from '../../../../app/speech/timeline.ts';
import { cellsOf, isHan, SPEAKABLE, type Unit } from '../cells.ts';

/** A reading that the script forces: `text.slice(from, to)` is Han, one syllable of pinyin a character. */
export interface ForcedReading {
  from: number;
  to: number;
  pinyin: string[];
}

export interface SpokenText {
  text: string;
  units: Unit[];
  /** For every UTF-16 code unit of `text` the index of its unit, −1 for blanks and punctuation. */
  unitAt: number[];
  forced: ForcedReading[];
}

export function spokenTextOf(part: SpeechPart): SpokenText {
  const units: Unit[] = [];
  const unitAt: number[] = [];
  const forced: ForcedReading[] = [];
  let text = '';
  for (const { character, pinyin, unit } of cellsOf(part)) {
    if (character === ' ' && (text === '' || text.endsWith(' '))) continue;
    if (unit && units.at(-1) !== unit) units.push(unit);
    const from = text.length;
    text += character;
    for (let i = from; i < text.length; i++) unitAt.push(unit ? units.length - 1 : -1);
    if (pinyin === null || !isHan(character)) continue;
    const open = forced.at(-1);
    if (open?.to === from) {
      open.to = text.length;
      open.pinyin.push(pinyin);
    } else forced.push({ from, to: text.length, pinyin: [pinyin] });
  }
  return { text, units, unitAt, forced };
}

export const isSpeakable = (text: string): boolean => SPEAKABLE.test(text);

/** How vendors count: a Han character is two. */
export const weightOf = (text: string): number => {
  let weight = 0;
  for (const character of text) weight += isHan(character) ? 2 : 1;
  return weight;
};

/**
 * Half-open ranges that cover `text`, none heavier than `limit`: whole sentences as far as one fits, else clauses, else words.
 * A range grows to `limit` only while it is lighter than `enough`.
 */
export function splitText(text: string, limit: number, weigh: (text: string) => number, enough = limit): Range[] {
  const pieces = sentenceRanges(text).map(({ to }, i, all) => ({ from: i === 0 ? 0 : all[i - 1]!.to, to }));
  if (pieces.length === 0) return [];
  pieces.at(-1)!.to = text.length;
  const ranges: Range[] = [];
  for (const piece of pieces.flatMap((one) => splitLong(text, one, limit, weigh))) {
    const last = ranges.at(-1);
    const open = last && weigh(text.slice(last.from, last.to)) < enough;
    if (last && open && weigh(text.slice(last.from, piece.to)) <= limit) last.to = piece.to;
    else ranges.push({ ...piece });
  }
  return ranges;
}

export interface Range {
  from: number;
  to: number;
}

function splitLong(text: string, { from, to }: Range, limit: number, weigh: (text: string) => number): Range[] {
  const ranges: Range[] = [];
  let start = from;
  while (weigh(text.slice(start, to)) > limit) {
    let end = start;
    let weight = 0;
    while (end < to) {
      const character = String.fromCodePoint(text.codePointAt(end)!);
      weight += weigh(character);
      if (weight > limit) break;
      end += character.length;
    }
    const head = text.slice(start, end);
    const clause = /^[\s\S]*[，,、；;：:—]/u.exec(head)?.[0].length ?? 0;
    const word = /^[\s\S]*\s/u.exec(head)?.[0].length ?? 0;
    end = start + (clause > 0 ? clause : word > 0 ? word : Math.max(head.length, 1));
    ranges.push({ from: start, to: end });
    start = end;
  }
  if (to > start) ranges.push({ from: start, to });
  return ranges;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (mark) => ESCAPES[mark]!);

/** A stretch of the text as SSML, its forced readings as phonemes. */
export function ssmlOf({ text, forced }: SpokenText, { from, to }: Range): string {
  let ssml = '';
  let at = from;
  for (const reading of forced) {
    const start = Math.max(reading.from, from);
    const end = Math.min(reading.to, to);
    if (start >= end) continue;
    const skipped = [...text.slice(reading.from, start)].length;
    const syllables = reading.pinyin.slice(skipped, skipped + [...text.slice(start, end)].length);
    const ph = syllables.map((syllable) => syllable.replace(/ü/g, 'v')).join(' ');
    ssml += `${escaped(text.slice(at, start))}<phoneme alphabet="py" ph="${ph}">${text.slice(start, end)}</phoneme>`;
    at = end;
  }
  return `<speak>${ssml}${escaped(text.slice(at, to))}</speak>`;
}

export const isForced = ({ forced }: SpokenText, { from, to }: Range): boolean =>
  forced.some((reading) => reading.from < to && reading.to > from);

/** The displayed stretch that a stretch of the spoken text stands for. */
export function wordFor(
  part: SpeechPart,
  { unitAt, units }: SpokenText,
  range: Range,
): Omit<Word, 'startMs' | 'endMs'> | null {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (let i = range.from; i < range.to; i++) {
    const unit = units[unitAt[i]!];
    if (!unit || unit.to <= unit.from) continue;
    from = Math.min(from, unit.from);
    to = Math.max(to, unit.to);
  }
  if (to <= from) return null;
  let text = '';
  for (const token of part.tokens) {
    const start = Math.max(from, token.from);
    const end = Math.min(to, token.to);
    if (start < end) text += token.display.slice(start - token.from, end - token.from);
  }
  return { text, from, to };
}
