/** The placed lines of the open project, reckoned anew a moment after something changed: never within a keystroke. */
import { createStore } from 'zustand/vanilla';
import { previewStore } from '../../state/preview-store.ts';
import { projectStore } from '../../state/project.ts';
import { durationStore, followDurations, lengthOf } from '../script/durations.ts';
import { endOf, type PlacedLine, placeLines } from './placed-lines.ts';

export const clockStore = createStore<{ placed: readonly PlacedLine[]; totalMs: number }>(() => ({
  ...{ placed: [], totalMs: 0 },
}));

const SOON_MS = 40;

/** While a timeline is shown; gives what ends it. */
export function followClock(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      reckon();
    }, SOON_MS);
  };
  const ends = [
    followDurations(),
    projectStore().subscribe((state, before) => {
      if (state.document?.script !== before.document?.script) soon();
    }),
    durationStore.subscribe(soon),
    previewStore.subscribe((state, before) => {
      if (state.lines !== before.lines || state.durationMs !== before.durationMs) soon();
    }),
  ];
  reckon();
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}

function reckon(): void {
  const { document } = projectStore().getState();
  if (document === null) return;
  const durations = durationStore.getState();
  const { lines, durationMs } = previewStore.getState();
  const placed = placeLines(document.script.lines, lines, (line) => lengthOf(durations, line)?.durationMs ?? null);
  clockStore.setState({ placed, totalMs: Math.max(endOf(placed), lines.length > 0 ? durationMs : 0) });
}
