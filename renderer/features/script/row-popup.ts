/** The one small panel that is open at a line. Rows hold plain buttons, so that thousands of them cost nothing. */
import { createStore } from 'zustand/vanilla';

export type RowPopup =
  | { kind: 'emotion' | 'voice' | 'pause' | 'menu'; lineId: string; anchor: HTMLElement }
  /** Of an emotion inside the line. */
  | { kind: 'keyframe'; lineId: string; index: number; anchor: HTMLElement };

export const rowPopupStore = createStore<{ open: RowPopup | null }>(() => ({ open: null }));
export const openRowPopup = (open: RowPopup): void => rowPopupStore.setState({ open });
export const closeRowPopup = (): void => rowPopupStore.setState({ open: null });
