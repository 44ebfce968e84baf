/**
 * A part of a line cut into clauses short enough to be spoken at once, every character knowing which piece of the display text
 * it belongs to. The voice engine sees one clause at a time: memory and the wait for the first sound stay small whatever the length.
 */
import type { SpeechPart } from '../../../../app/speech/plan.ts';
import { restMs } from '../../../../app/speech/punctuation.ts';

/** What the viewer reads as one word; UTF-16 offsets into the line's display text. */
export interface Unit {
  text: string;
  from: number;
  to: number;
}

export interface Clause {
  /** Code points to be spoken, without the closing punctuation. */
  characters: string[];
  /** Pinyin forced for a character, or null. Same length as `characters`. */
  pinyin: (string | null)[];
  /** Index into `units`, −1 for blanks and punctuation. Same length as `characters`. */
  unitOf: number[];
  units: Unit[];
  /** The tune it ends with. */
  ending: ',' | '.' | '?' | '!';
  /** Silence after it at rate 1. */
  restMs: number;
}

interface Cell {
  character: string;
  pinyin: string | null;
  unit: Unit | null;
}

const HAN = /\p{Script=Han}/u;
const WORDLIKE = /[\p{L}\p{N}\p{M}]/u;
const SPEAKABLE = /[\p{L}\p{N}%&@+=$€£¥#°]/u;
const UNSPOKEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Me}\p{Variation_Selector}]/u;
/** What may follow a closing mark and still belong to it. */
const TRAILING = /[\s.。．！？!?…；;：:，,、—”’」』)）"'\]】》〉]/u;
const BREAK = /[。．！？!?…；;：:，,、\n—]/u;
const MAX_HAN = 60;
const MAX_OTHER = 220;

export const isHan = (character: string): boolean => HAN.test(character);

/** One cell a spoken code point; what is not spoken becomes a blank or the punctuation it stands for. */
function cellsOf(part: SpeechPart): Cell[] {
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

/** Is the mark at `i` the end of a clause, not part of 3.5, 10:30 or e.g.? */
function breaksAt(cells: readonly Cell[], i: number): boolean {
  const { character, unit } = cells[i]!;
  if (unit) return false;
  if (BREAK.test(character)) return true;
  if (character !== '.') return false;
  const next = cells[i + 1]?.character;
  const isAbbreviation = /^(mr|mrs|ms|dr|st|vs|etc|no|prof|jr|sr)$/i.test(cells[i - 1]?.unit?.text ?? '');
  return (next === undefined || /[\s"'”’)]/u.test(next)) && !isAbbreviation;
}

/** The clauses of a part, in order. Parts without anything speakable have none. */
export function clausesOf(part: SpeechPart): Clause[] {
  const cells = cellsOf(part);
  const clauses: Clause[] = [];
  let body: Cell[] = [];
  let weight = 0;
  const close = (mark: string, otherwise: '.' | ','): void => {
    const rest = restMs(mark);
    if (body.some((cell) => SPEAKABLE.test(cell.character))) clauses.push(toClause(body, mark, otherwise, rest));
    else if (clauses.length > 0) clauses.at(-1)!.restMs = Math.max(clauses.at(-1)!.restMs, rest);
    body = [];
    weight = 0;
  };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (breaksAt(cells, i)) {
      let mark = cell.character;
      while (i + 1 < cells.length && !cells[i + 1]!.unit && TRAILING.test(cells[i + 1]!.character))
        mark += cells[++i]!.character;
      close(mark, '.');
      continue;
    }
    body.push(cell);
    weight += isHan(cell.character) ? MAX_OTHER / MAX_HAN : 1;
    const next = cells[i + 1];
    const mayCut = !next || cell.unit !== next.unit || cell.unit === null;
    if ((weight >= MAX_OTHER && mayCut) || weight >= 2 * MAX_OTHER) close('', ',');
  }
  close('', '.');
  return clauses;
}

function toClause(body: readonly Cell[], mark: string, otherwise: '.' | ',', rest: number): Clause {
  let from = 0;
  let to = body.length;
  while (from < to && !SPEAKABLE.test(body[from]!.character)) from += 1;
  while (to > from && !SPEAKABLE.test(body[to - 1]!.character)) to -= 1;
  const units: Unit[] = [];
  const unitOf: number[] = [];
  const kept = body.slice(from, to);
  for (const { unit } of kept) {
    if (unit && units.at(-1) !== unit) units.push(unit);
    unitOf.push(unit ? units.length - 1 : -1);
  }
  const ending = endingOf(mark, otherwise);
  return {
    characters: kept.map((cell) => cell.character),
    pinyin: kept.map((cell) => cell.pinyin),
    unitOf,
    units,
    ending,
    restMs: rest,
  };
}

function endingOf(mark: string, otherwise: '.' | ','): Clause['ending'] {
  if (/[？?]/u.test(mark)) return '?';
  if (/[！!]/u.test(mark)) return '!';
  if (/[。．.…\n]/u.test(mark)) return '.';
  return mark.trim() === '' ? otherwise : ',';
}
