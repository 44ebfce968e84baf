/** Lines dragged by their numbers; the keyboard's way is Alt with the arrows. */
import type { DragEvent } from 'react';
import { createStore } from 'zustand/vanilla';
import { selectLine } from '../../state/ui-store.ts';
import { meantBy, moveBefore } from './line-edits.ts';
import { linesNow } from './lines-index.ts';

export const LINES_TYPE = 'application/x-shenghua-lines';
/** The line that the dragged ones would go before, or after. */
export const dropStore = createStore<{ over: string | null; after: boolean }>(() => ({ over: null, after: false }));
let dragged: readonly string[] = [];

export function startDrag(event: DragEvent, id: string): void {
  dragged = meantBy(id);
  if (dragged.length === 1) selectLine(id);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData(LINES_TYPE, '');
}
export function markDrop(event: DragEvent<HTMLElement>, id: string): void {
  if (dragged.length === 0) return;
  event.preventDefault();
  const { top, height } = event.currentTarget.getBoundingClientRect();
  dropStore.setState({ over: id, after: event.clientY > top + height / 2 });
}
export function endDrag(drop: DragEvent | null): void {
  const { over, after } = dropStore.getState();
  const ids = dragged;
  dragged = [];
  dropStore.setState({ over: null });
  if (drop === null || ids.length === 0 || over === null) return;
  drop.preventDefault();
  const lines = linesNow();
  const at = lines.findIndex(({ id }) => id === over) + (after ? 1 : 0);
  const moving = new Set(ids);
  // The next line that stays.
  moveBefore(ids, lines.slice(at).find(({ id }) => !moving.has(id))?.id ?? null);
}
