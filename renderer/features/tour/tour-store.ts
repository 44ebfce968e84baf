import { createStore } from 'zustand/vanilla';

interface TourState {
  /** Which step is shown; null: none. */
  step: number | null;
  /** Begins as soon as a project is open. */
  wanted: boolean;
}
export const tourStore = createStore<TourState>(() => ({ step: null, wanted: false }));
