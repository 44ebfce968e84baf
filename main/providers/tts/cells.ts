/** The characters a part of a line is spoken by, each knowing which piece of the display text it belongs to. Shared by every voice. */
import type { SpeechPart } from '../../../app/speech/plan.ts';

/** What the viewer reads as one word; UTF-16 offsets into the line's display text. */
export interface Unit {
  text: string;
  from: number;
  to: number;
}

export interface Cell {
  character: string;
  pinyin: string | null;
  unit: Unit | null;
}

const HAN = /\p{Script=Han}/u;
const WORDLIKE = /[\p{L}\p{N}\p{M}]/u;
export const SPEAKABLE = /[\p{L}\p{N}%&@+=$€£¥#°]/u;
const UNSPOKEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Me}\p{Variation_Selector}]/u;
/** Where a voice may rest. */
export const BREAK = /[。．！？!?…；;：:，,、\n—]/u;

export const isHan = (character: string): boolean => HAN.test(character);

/** One cell a spoken code point; what is not spoken becomes a blank or the punctuation it stands for. */
export function cellsOf(part: SpeechPart): Cell[] {
  const cells: Cell[] = [];
  let previousEnd: number | null = null;
  for (const token of part.tokens) {
    const gap = previousEnd !== null && token.from > previousEnd;
    const rewritten = token.spoken !== token.display;
    if (part.lang === 'en' && cells.length > 0 && (gap || rewritten)) cells.push(blank(' '));
    previousEnd = token.to;
    if (token.spoken.trim() === '') {
      for (const character of token.display)
        cells.push(blank(BREAK.test(character) || character === '.' ? character : ' '));
      continue;
    }
    if (rewritten) pushRewritten(cells, token);
    else pushAsShown(cells, token.spoken, token.from, token.pinyin);
  }
  return cells;
}

const blank = (character: string): Cell => ({ character, pinyin: null, unit: null });
const sane = (character: string): string =>
  UNSPOKEN.test(character) || /[[\]<>{}|_^~`\\]/.test(character) ? ' ' : character;

/** 九十九点九元 for ¥99.9: one unit, shown where the token is. */
function pushRewritten(cells: Cell[], token: SpeechPart['tokens'][number]): void {
  const unit: Unit | null = token.to > token.from ? { text: token.display, from: token.from, to: token.to } : null;
  let han = 0;
  for (const character of token.spoken) {
    const said = sane(character);
    const pinyin = isHan(character) ? (token.pinyin?.[han++] ?? null) : null;
    cells.push({ character: said, pinyin, unit: SPEAKABLE.test(said) ? unit : null });
  }
}

/** Text spoken as shown: a Han character is a unit, so is a run of letters and digits (with the marks inside it: don't, e-mail, 3.5). */
function pushAsShown(cells: Cell[], text: string, from: number, pinyin: readonly string[] | undefined): void {
  let han = 0;
  let at = from;
  let open: Unit | null = null;
  const characters = [...text];
  for (const [i, character] of characters.entries()) {
    const end = at + character.length;
    const said = sane(character);
    if (isHan(character)) {
      open = null;
      cells.push({ character, pinyin: pinyin?.[han++] ?? null, unit: { text: character, from: at, to: end } });
    } else {
      const next = characters[i + 1] ?? '';
      const joins = open !== null && joinsWord(said, characters[i - 1] ?? '', next);
      if (WORDLIKE.test(said) || joins || (SPEAKABLE.test(said) && said !== ' ')) {
        open ??= { text: '', from: at, to: at };
        open.text += character;
        open.to = end;
        cells.push({ character: said === '’' ? "'" : said, pinyin: null, unit: open });
      } else {
        open = null;
        cells.push(blank(said));
      }
    }
    at = end;
  }
}

/** Is `mark` inside a word: don't, e-mail, e.g, 3.5, 1,000, 10:30? */
function joinsWord(mark: string, before: string, next: string): boolean {
  if (!WORDLIKE.test(next) || isHan(next)) return false;
  return /['’.\-‑@&/]/u.test(mark) || (/[,:]/.test(mark) && /\d/.test(before) && /\d/.test(next));
}
