/** Choosing several lines. The line that a range began at stays its anchor. */
import { select, selectLine, uiStore } from '../../state/ui-store.ts';
import { selectedIds, selectRange } from './line-edits.ts';
import { linesNow } from './lines-index.ts';

/** The first chosen is the anchor, the last the active one: that is how they stand in the selection. */
const ends = (): { anchor: string; active: string } | null => {
  const { selection } = uiStore.getState();
  if (selection.kind !== 'lines') return null;
  const [anchor, active] = [selection.ids[0], selection.ids.at(-1)];
  return anchor === undefined || active === undefined ? null : { anchor, active };
};

export function pickLine(id: string, { shiftKey, toggle }: { shiftKey: boolean; toggle: boolean }): void {
  const now = ends();
  if (shiftKey && now !== null) selectRange(now.anchor, id);
  else if (toggle) {
    const chosen = selectedIds();
    const ids = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
    select(ids.length === 0 ? { kind: 'none' } : { kind: 'lines', ids });
  } else selectLine(id);
}

/** One line more (or less) in a direction; false where there is none. */
export function extendSelection(by: 1 | -1): boolean {
  const now = ends();
  if (now === null) return false;
  const lines = linesNow();
  const next = lines[lines.findIndex(({ id }) => id === now.active) + by];
  if (next === undefined) return false;
  selectRange(now.anchor, next.id);
  return true;
}
export const selectAllLines = (): void => {
  const lines = linesNow();
  if (lines.length > 0) selectRange(lines[0]!.id, lines.at(-1)!.id);
};
