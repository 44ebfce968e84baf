import { createStore } from 'zustand/vanilla';

/** Whether the queue's panel is open at its button in the top bar. */
export const queueStore = createStore(() => ({ open: false }));
