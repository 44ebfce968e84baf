/** The one open project of this window, for components and actions. */
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { Project } from '../../app/document/project.ts';
import { isConnectionLoss, wireErrorOf } from '../bridge/errors.ts';
import { connection, rpc } from '../bridge/index.ts';
import { language } from './language.ts';
import type { ProjectState, ProjectStore } from './project-state.ts';
import { createProjectStore } from './project-store.ts';
import { showErrorToast } from './show-error.ts';
import { hashOf, uiStore } from './ui-store.ts';
import { adoptUnsent, keepUnsent, windowId } from './unsent.ts';

let store: ProjectStore | null = null;

/** Before anything is drawn. */
export async function startProjectStore(): Promise<void> {
  const clientId = await windowId();
  store = createProjectStore({
    clientId,
    watch: (id, signal) => rpc.projects.watch({ id }, { signal }),
    edit: (request) => rpc.projects.edit(request),
    async saveAsCopy(project) {
      const { t } = language();
      return (await rpc.projects.saveAsCopy({ project, name: t('shell.copyOf', { name: project.name }) })).id;
    },
    connected: async (signal) => void (await connection.whenOpen(signal)),
    isConnectionLoss,
    errorCode: (error) => wireErrorOf(error)?.code ?? null,
    keepUnsent: (changes, projectId) => keepUnsent(clientId, changes, projectId),
    adoptUnsent: (projectId) => adoptUnsent(clientId, projectId),
    heldSinceMs: watchPointer(),
    refused: showErrorToast,
  });
}

function watchPointer(): () => number | null {
  let since: number | null = null;
  const listen = (name: keyof WindowEventMap, heard: () => void): void =>
    window.addEventListener(name, heard, { capture: true, passive: true });
  listen('pointerdown', () => {
    since ??= Date.now();
  });
  for (const name of ['pointerup', 'pointercancel', 'blur'] as const)
    listen(name, () => {
      since = null;
    });
  return () => since;
}

/** `projectStore().edit(…)`, `.undo()`, `.flush()`; see project-store.ts. */
export function projectStore(): ProjectStore {
  if (store === null) throw new Error('The project store has not been started');
  return store;
}

/** Something about the open project: how it is saved, its history, its conflict. */
export const useProject = <T>(selector: (state: ProjectState) => T): T => useStore(projectStore(), selector);

/**
 * A part of the open document. Keep the part small: a component is drawn again only when its part changes, and a list of
 * ids is better than a list of lines. While the project is being closed the last part stays.
 */
export function useDocument<T>(selector: (document: Project) => T): T {
  const last = useRef<{ part: T } | null>(null);
  const part = useStore(projectStore(), ({ document }) =>
    document === null ? last.current?.part : selector(document),
  );
  last.current = { part: part as T };
  return part as T;
}

/** The open document, outside of React. */
export const openDocument = (): Project | null => projectStore().getState().document;

/** Resolves once the project is open; false when it cannot be opened or the person has gone elsewhere. */
export function whenOpened(projectId: string): Promise<boolean> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const settle = (isOpen: boolean): void => {
      for (const stop of stops) stop();
      resolve(isOpen);
    };
    const look = ({ id, phase }: ProjectState): void => {
      if (id === projectId && phase !== 'opening') settle(phase === 'open');
    };
    const there = hashOf({ screen: 'workspace', projectId });
    stops.push(
      projectStore().subscribe(look),
      uiStore.subscribe(({ route }, before) => {
        if (route !== before.route && hashOf(route) !== there) settle(false);
      }),
    );
    look(projectStore().getState());
  });
}

/** Changes the open document: one step of undo, or the continuation of the step under the same `mergeKey`. */
export const editDocument: ProjectStore['edit'] = (...args) => projectStore().edit(...args);
/** Ends the step under way: call it when a drag ends or a field is left. */
export const sealEdit = (): void => projectStore().seal();
