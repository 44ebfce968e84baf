import { useMemo } from 'react';
import { useStore } from 'zustand';
import { uiStore } from '../../state/ui-store.ts';

const NONE: readonly string[] = [];

/** Ids of the script's selected lines. */
export function useSelectedLines(): readonly string[] {
  const selection = useStore(uiStore, (state) => state.selection);
  return useMemo(() => (selection.kind === 'lines' ? selection.ids : NONE), [selection]);
}
