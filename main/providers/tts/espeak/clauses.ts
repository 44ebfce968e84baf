/**
 * A part of a line cut into clauses short enough to be spoken at once, every character knowing which piece of the display text
 * it belongs to. The voice engine sees one clause at a time: memory and the wait for the first sound stay small whatever the length.
 */
import type { SpeechPart } from '../../../../app/speech/plan.ts';
import { restMs } from '../../../../app/speech/punctuation.ts';
import { BREAK, type Cell, cellsOf, isHan, SPEAKABLE, type Unit } from '../cells.ts';

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

/** What may follow a closing mark and still belong to it. */
const TRAILING = /[\s.。．！？!?…；;：:，,、—”’」』)）"'\]】》〉]/u;
const MAX_HAN = 60;
const MAX_OTHER = 220;

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
