/** How punctuation sounds: how long a voice rests at it, and where sentences end. */

const FULL_STOP = /[。．！？!?…\n]/u;
const CLOSING = /[。．！？!?….'"”’」』)）]/u;
/** A point ends a sentence unless a letter or digit follows it: 99.9, e.g. */
const WORD_FOLLOWS = /^[\p{L}\p{N}]/u;

/** Longest rest first; the first class found in the text between two spoken words decides. */
const RESTS: readonly (readonly [RegExp, number])[] = [
  [/[。．！？!?\n]|\.(?!\p{L}|\p{N})/u, 420],
  [/…|\.\.\./u, 400],
  [/[；;：:]|——?/u, 280],
  [/[，,]/u, 200],
  [/[、()（）]/u, 130],
];

/** Milliseconds of silence a reader leaves at the punctuation in `between`, at rate 1; 0 where there is none. */
export function restMs(between: string): number {
  for (const [pattern, ms] of RESTS) if (pattern.test(between)) return ms;
  return 0;
}

/** Half-open UTF-16 ranges of the sentences of `text`: each keeps its closing punctuation and quotes, none is only blank. */
export function sentenceRanges(text: string): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  const push = (from: number, to: number): void => {
    const piece = text.slice(from, to);
    const start = from + (piece.length - piece.trimStart().length);
    const end = to - (piece.length - piece.trimEnd().length);
    if (end > start) ranges.push({ from: start, to: end });
  };
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const letter = text[at]!;
    at += 1;
    if (!FULL_STOP.test(letter) && !(letter === '.' && !WORD_FOLLOWS.test(text.slice(at, at + 2)))) continue;
    while (at < text.length && CLOSING.test(text[at]!)) at += 1;
    push(from, at);
    from = at;
  }
  push(from, text.length);
  return ranges;
}
