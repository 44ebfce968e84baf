/** Files on their way in or out, wherever it was begun. */
import { createStore } from 'zustand/vanilla';

export interface Transfer {
  id: number;
  label: string;
  /** Share sent, 0..1; null while it cannot be told. */
  share: number | null;
}

export const transferStore = createStore<{ transfers: readonly Transfer[] }>(() => ({ transfers: [] }));
let lastId = 0;

/** Shows `label` for as long as `work` takes. */
export async function transfer<T>(label: string, work: (progress: (share: number) => void) => Promise<T>): Promise<T> {
  lastId += 1;
  const id = lastId;
  transferStore.setState(({ transfers }) => ({ transfers: [...transfers, { id, label, share: null }] }));
  const progress = (share: number): void =>
    transferStore.setState(({ transfers }) => ({
      // What has arrived is still being read.
      transfers: transfers.map((each) => (each.id === id ? { ...each, share: share < 1 ? share : null } : each)),
    }));
  try {
    return await work(progress);
  } finally {
    transferStore.setState(({ transfers }) => ({ transfers: transfers.filter((each) => each.id !== id) }));
  }
}
