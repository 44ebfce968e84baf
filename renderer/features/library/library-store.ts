import { createStore } from 'zustand/vanilla';
import { navigate } from '../../state/ui-store.ts';

/** Which work is looked at; null: the latest. */
export const libraryStore = createStore<{ selected: string | null }>(() => ({ selected: null }));

export const selectWork = (selected: string | null): void => libraryStore.setState({ selected });

/** Goes to a work in the library. */
export function showWork(id: string): void {
  selectWork(id);
  navigate({ screen: 'library' });
}
