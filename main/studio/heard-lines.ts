/** What a recogniser heard, as lines: a sentence each, timed by its words where there are any. */
import type { HeardLine } from '../../app/contract/dictation.ts';
import type { SpokenLine } from '../../app/media/subtitles.ts';
import { sentenceRanges } from '../../app/speech/punctuation.ts';
import type { Word } from '../../app/speech/timeline.ts';
import type { AsrEvent, AsrWord } from '../engine/ports/asr.ts';

type Final = Extract<AsrEvent, { type: 'final' }>;

/** A final may hold several sentences. */
export function linesOf({
  text,
  startMs,
  endMs,
  words,
}: Pick<Final, 'text' | 'startMs' | 'endMs' | 'words'>): HeardLine[] {
  const placed = placeWords(text, words);
  const at = (offset: number): number => startMs + (offset / Math.max(1, text.length)) * (endMs - startMs);
  return sentenceRanges(text).map(({ from, to }) => {
    const own = placed.filter((word) => word.from >= from && word.from < to);
    return {
      text: text.slice(from, to),
      startMs: own[0]?.startMs ?? at(from),
      endMs: own.at(-1)?.endMs ?? at(to),
      words: own.map(({ text: word, startMs: wordStart, endMs: wordEnd }) => ({
        text: word,
        startMs: wordStart,
        endMs: wordEnd,
      })),
    };
  });
}

/** As the subtitles take it. */
export function asSpoken({ text, startMs, endMs, words }: HeardLine): SpokenLine {
  const sentence = { text, from: 0, to: text.length, startMs, endMs };
  return { displayText: text, words: placeWords(text, words), sentences: [sentence], startMs, endMs };
}

/** Words where they stand in the text, one after the other; one that is not found there is left out. */
function placeWords(text: string, words: readonly AsrWord[]): Word[] {
  const lower = text.toLowerCase();
  let from = 0;
  return words.flatMap((word) => {
    const bare = word.text.trim().toLowerCase();
    const found = bare === '' ? -1 : lower.indexOf(bare, from);
    if (found < 0) return [];
    from = found + bare.length;
    return [{ text: text.slice(found, from), from: found, to: from, startMs: word.startMs, endMs: word.endMs }];
  });
}
