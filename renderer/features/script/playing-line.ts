/** Which line the play head is in, so that rows need not follow every frame. */
import { createStore } from 'zustand/vanilla';
import { previewStore } from '../../state/preview-store.ts';

export const playingLineStore = createStore<{ lineId: string | null }>(() => ({ lineId: null }));

/** While something shows it. */
export const followPlayHead = (): (() => void) =>
  previewStore.subscribe(({ lines, atMs, playing }) => {
    const lineId = playing ? (lineAt(lines, atMs)?.lineId ?? null) : null;
    if (lineId !== playingLineStore.getState().lineId) playingLineStore.setState({ lineId });
  });

/** Lines are in the order of time. */
export function lineAt<Line extends { startMs: number; endMs: number }>(
  lines: readonly Line[],
  atMs: number,
): Line | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.endMs <= atMs) low = middle + 1;
    else high = middle;
  }
  const line = lines[low];
  return line !== undefined && line.startMs <= atMs ? line : undefined;
}
