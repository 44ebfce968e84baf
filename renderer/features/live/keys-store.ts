/** Which destinations have a stream key. The keys themselves never come here. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { rpc } from '../../bridge/index.ts';
import { showErrorToast } from '../../state/show-error.ts';

const keysStore = createStore<{ known: ReadonlyMap<string, boolean> }>(() => ({ known: new Map() }));

const note = (id: string, has: boolean): void =>
  keysStore.setState(({ known }) => ({ known: new Map(known).set(id, has) }));

async function ask(ids: readonly string[]): Promise<void> {
  try {
    const having = new Set(await rpc.live.whichKeys({ destinationIds: [...ids] }));
    keysStore.setState(({ known }) => ({
      known: new Map([...known, ...ids.map((id) => [id, having.has(id)] as const)]),
    }));
  } catch {
    // Asked again with the next change of the list.
  }
}

/** `ids`: parted by blanks. */
export function useKeys(ids: string): ReadonlyMap<string, boolean> {
  useEffect(() => {
    if (ids !== '') void ask(ids.split(' '));
  }, [ids]);
  return useStore(keysStore, ({ known }) => known);
}

export async function saveKey(destinationId: string, key: string): Promise<boolean> {
  try {
    await rpc.live.setKey({ destinationId, key });
    note(destinationId, true);
    return true;
  } catch (error) {
    showErrorToast(error);
    return false;
  }
}

export async function forgetKey(destinationId: string): Promise<void> {
  try {
    await rpc.live.deleteKey({ destinationId });
    note(destinationId, false);
  } catch (error) {
    showErrorToast(error);
  }
}
