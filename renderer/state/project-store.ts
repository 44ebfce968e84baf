/** The one open project of a window: opened, edited, let go. What happens to a document in between is document-session.ts. */
import { createStore } from 'zustand/vanilla';
import { type DocumentSession, openSession } from './document-session.ts';
import { EMPTY_HISTORY } from './history.ts';
import type { ProjectPorts, ProjectState, ProjectStore } from './project-state.ts';

const CLOSED: ProjectState = {
  id: null,
  phase: 'closed',
  error: null,
  document: null,
  save: { kind: 'saved' },
  conflict: null,
  history: EMPTY_HISTORY,
};

export function createProjectStore(ports: ProjectPorts): ProjectStore {
  const store = createStore<ProjectState>(() => CLOSED);
  let session: DocumentSession | null = null;

  const current = (): DocumentSession | null => session;
  return {
    getState: store.getState,
    subscribe: store.subscribe,
    getInitialState: store.getInitialState,
    open(id) {
      if (store.getState().id === id && session !== null) return;
      void current()?.close();
      session = openSession(id, ports, (change) => {
        if (store.getState().id === id) store.setState(change);
      });
      store.setState({ ...CLOSED, id, phase: 'opening' });
      session.start();
    },
    async close() {
      const closing = session;
      session = null;
      await closing?.close();
      if (session === null) store.setState(CLOSED);
    },
    edit: (label, recipe, options) => current()?.edit(label, recipe, options ?? {}),
    seal: () => current()?.seal(),
    undo: () => current()?.undo(),
    redo: () => current()?.redo(),
    resolveConflict: async (choice) => (await current()?.resolveConflict(choice)) ?? null,
    flush: async () => await current()?.flush(),
  };
}
