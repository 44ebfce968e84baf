/** Where the lines lie on the project's clock. Pure. */
import type { ScriptLine } from '../../../app/document/script.ts';

export interface PlacedLine {
  line: ScriptLine;
  index: number;
  startMs: number;
  durationMs: number;
}

/** What is known of a line elsewhere: from the preview's clock. */
export interface ClockLine {
  lineId: string;
  startMs: number;
  endMs: number;
}

const GUESSED_MS = 1500;

/**
 * The preview's clock counts, as it is what one seeks on. Lines it does not know yet, and all behind them, follow by their length
 * and the pause before them.
 */
export function placeLines(
  lines: readonly ScriptLine[],
  clock: readonly ClockLine[],
  lengthMs: (line: ScriptLine) => number | null,
): PlacedLine[] {
  const known = new Map(clock.map((line, index) => [line.lineId, { ...line, index }]));
  let inOrder = true;
  let cursorMs = clock[0]?.startMs ?? 0;
  return lines.map((line, index) => {
    const told = known.get(line.id);
    inOrder &&= told?.index === index;
    const startMs = inOrder ? told!.startMs : cursorMs;
    const durationMs = told !== undefined ? told.endMs - told.startMs : (lengthMs(line) ?? GUESSED_MS);
    cursorMs = startMs + durationMs + line.pauseAfterMs;
    return { line, index, startMs, durationMs };
  });
}

/** Those that meet the stretch, by halving. */
export function linesBetween(placed: readonly PlacedLine[], fromMs: number, toMs: number): readonly PlacedLine[] {
  const firstWhere = (test: (line: PlacedLine) => boolean): number => {
    let low = 0;
    let high = placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(placed[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return placed.slice(
    firstWhere(({ startMs, durationMs }) => startMs + durationMs >= fromMs),
    firstWhere(({ startMs }) => startMs > toMs),
  );
}

export const endOf = (placed: readonly PlacedLine[]): number => {
  const last = placed.at(-1);
  return last === undefined ? 0 : last.startMs + last.durationMs;
};
