/** Where the caret is to go. A line takes the request when it is drawn, so it may be asked for before that. */
import { createStore } from 'zustand/vanilla';
import { selectLine } from '../../state/ui-store.ts';

export interface CaretRequest {
  lineId: string;
  /** Offsets into the text; `x`: the place nearest to that many px from the window's left, in the text's first or last row. */
  at: { from: number; to: number } | 'end' | { x: number; row: 'first' | 'last' };
}
export const caretStore = createStore<{ request: CaretRequest | null }>(() => ({ request: null }));

export function putCaret(lineId: string, at: CaretRequest['at'] | number): void {
  selectLine(lineId);
  caretStore.setState({ request: { lineId, at: typeof at === 'number' ? { from: at, to: at } : at } });
}
export const caretIsPut = (): void => caretStore.setState({ request: null });

/** The line whose text has, or last had, the focus, and where its selection was when it lost it. */
export const lastCaret: { lineId: string | null; from: number; to: number } = { lineId: null, from: 0, to: 0 };
