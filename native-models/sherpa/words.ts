/** What recognisers write, made readable: pieces of words joined, capitals of models that know nothing else taken away. */
import type { EarEvent } from './protocol.ts';

/** The last word, and one before a pause, lasts no longer. */
const LONGEST_WORD_MS = 400;
const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** Models that write in capitals alone mean none of them. */
const lowered = (text: string): string => (/\p{Ll}/u.test(text) ? text : text.toLowerCase());

export const tidied = (text: string): string => lowered(text.replace(/\s+/gu, ' ').trim());

/** Words in their times; none where the model tells no times. `timestamps` are seconds from `baseMs`. */
export function wordsOf(
  tokens: readonly string[],
  timestamps: readonly number[] | undefined,
  baseMs: number,
  untilMs: number,
): EarEvent['words'] {
  if (timestamps === undefined || timestamps.length !== tokens.length) return [];
  const words: EarEvent['words'] = [];
  const capitals = !/\p{Ll}/u.test(tokens.join(''));
  let goesOn = false;
  for (const [i, token] of tokens.entries()) {
    if (/^<.*>$/u.test(token)) continue;
    const begins = /^[▁\s]/u.test(token);
    const joins = /@@$/u.test(token);
    const text = token.replace(/^[▁\s]+|@@$/gu, '');
    const startMs = Math.min(untilMs, Math.max(0, baseMs + timestamps[i]! * 1000));
    const last = words.at(-1);
    if (text === '') {
      goesOn = false;
      continue;
    }
    if (!/[\p{L}\p{N}]/u.test(text)) {
      // A mark belongs to no word, an apostrophe to both its sides.
      if (last && /^['’]$/u.test(text)) last.text += text;
      continue;
    }
    const isPart = last !== undefined && !begins && !isHan(text) && !isHan(last.text) && (goesOn || !begins);
    if (isPart) last.text += text;
    else words.push({ text, startMs, endMs: startMs });
    goesOn = joins;
  }
  for (const [i, word] of words.entries()) {
    const next = words[i + 1]?.startMs ?? untilMs;
    word.startMs = Math.round(word.startMs);
    word.endMs = Math.round(Math.max(word.startMs, Math.min(next, word.startMs + LONGEST_WORD_MS)));
    if (capitals) word.text = word.text.toLowerCase();
  }
  return words;
}
