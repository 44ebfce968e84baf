/** Text that is being written, cut where a voice may take breath: whole sentences, the first one sooner. */
import { sentenceRanges } from '../../../../app/speech/punctuation.ts';
import { isSpeakable, splitText, weightOf } from '../cloud/spoken-text.ts';

/** So that the first sound does not wait for the end of a long first sentence. */
const FIRST_CLAUSE_WEIGHT = 24;
const CLAUSE_END = /[，,；;：:]/u;

/** Joined, the pieces are the text. None is heavier than `limit`. */
export async function* sentencesOf(pieces: AsyncIterable<string>, limit: number): AsyncGenerator<string> {
  let open = '';
  let isFirst = true;
  for await (const piece of pieces) {
    open += piece;
    for (;;) {
      const end = endOf(open, isFirst, limit);
      if (end === 0) break;
      const ready = open.slice(0, end);
      open = open.slice(end);
      isFirst = false;
      yield ready;
    }
  }
  if (open !== '') for (const { from, to } of splitText(open, limit, weightOf)) yield open.slice(from, to);
}

/** How much of `open` may be said now; 0: nothing yet. */
function endOf(open: string, isFirst: boolean, limit: number): number {
  const [first] = sentenceRanges(open);
  // A mark at the very end may be followed by more of its kind, or by a digit.
  if (
    first &&
    first.to < open.length &&
    isSpeakable(open.slice(0, first.to)) &&
    weightOf(open.slice(0, first.to)) <= limit
  )
    return first.to;
  if (weightOf(open) > limit) return splitText(open, limit, weightOf)[0]!.to;
  if (!isFirst) return 0;
  for (let i = 0; i < open.length - 1; i++)
    if (CLAUSE_END.test(open[i]!) && !/\d/.test(open[i + 1]!) && weightOf(open.slice(0, i)) >= FIRST_CLAUSE_WEIGHT)
      return i + 1;
  return 0;
}
