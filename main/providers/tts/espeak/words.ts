/** From the engine's marks (a character begins to be said) to displayed words with their times. */
import type { Phone, Word } from '../../../../app/speech/timeline.ts';
import type { Clause } from './clauses.ts';
import type { Mark } from './protocol.ts';

const WORDLIKE = /[\p{L}\p{N}%&@+=$€£¥#°]/u;

/**
 * One word a unit, in display order, each ending where the next begins or where its own sound stops. A unit the engine ran
 * together with the one before it ("of the") shares that one's time by length.
 */
export function wordsOf(clause: Clause, marks: readonly Mark[], phones: readonly Phone[], durationMs: number): Word[] {
  const { units } = clause;
  if (durationMs <= 0) return [];
  const starts: (number | null)[] = units.map(() => null);
  for (const { index, atMs } of marks) {
    const unit = clause.unitOf[index] ?? -1;
    if (unit >= 0) starts[unit] = Math.min(starts[unit] ?? atMs, atMs);
  }
  const spoken = units.map((unit, i) => starts[i] !== null || WORDLIKE.test(unit.text));
  fillGaps(
    starts,
    units.map((unit, i) => (spoken[i] ? unit.text.length : 0)),
    durationMs,
  );
  const words: Word[] = [];
  for (const [i, { text, from, to }] of units.entries()) {
    if (!spoken[i] || to <= from) continue;
    const startMs = starts[i]!;
    const nextStart = starts[i + 1] ?? durationMs;
    words.push({ text, from, to, startMs, endMs: soundEnd(phones, startMs, nextStart) });
  }
  return words;
}

/** Gives units without a mark their share of the stretch from the marked unit before to the marked one after. */
function fillGaps(starts: (number | null)[], weights: readonly number[], durationMs: number): void {
  starts[0] ??= 0;
  let from = 0;
  while (from < starts.length) {
    let to = from + 1;
    while (to < starts.length && starts[to] === null) to += 1;
    const begin = starts[from]!;
    const end = Math.max(begin, starts[to] ?? durationMs);
    let total = 0;
    for (let i = from; i < to; i++) total += weights[i]!;
    let sum = 0;
    for (let i = from; i < to; i++) {
      starts[i] = begin + (total > 0 ? (sum / total) * (end - begin) : 0);
      sum += weights[i]!;
    }
    if (to < starts.length) starts[to] = end;
    from = to;
  }
}

/** The end of the last sound that begins in `startMs`..`nextStart`, at most `nextStart`. */
function soundEnd(phones: readonly Phone[], startMs: number, nextStart: number): number {
  let end = nextStart;
  for (let i = phones.length - 1; i >= 0; i--) {
    const { phone, startMs: from, endMs: to } = phones[i]!;
    if (from >= nextStart) continue;
    if (phone !== '') break;
    if (from > startMs && to >= nextStart) end = from;
    else break;
  }
  return end;
}
