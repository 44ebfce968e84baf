/** The open project as it is shown, and what the store behind it asks of the world. */
import type { Draft } from 'immer';
import type { StoreApi } from 'zustand/vanilla';
import type { EditRequest, EditResult, Patch, ProjectEvent } from '../../app/contract/projects.ts';
import type { Project } from '../../app/document/project.ts';
import type { MessageKey } from '../i18n/index.ts';
import type { History } from './history.ts';

export type SaveState =
  | { kind: 'saved' }
  | { kind: 'saving' }
  /** No connection; kept here and sent later. */
  | { kind: 'offline' }
  /** The studio has it, its disk does not; or it could not be taken; or the person must choose (`conflict`). */
  | { kind: 'unsaved'; error: unknown };

export interface ProjectState {
  id: string | null;
  phase: 'closed' | 'opening' | 'open' | 'removed' | 'failed';
  /** Why it could not be opened. */
  error: unknown;
  document: Project | null;
  save: SaveState;
  /** What the others have, while the person must choose. */
  conflict: { theirs: Project } | null;
  history: History;
}

/** Unanswered changes, as they are kept across a reload or a crash. */
export interface UnsentChanges {
  projectId: string;
  baseRevision: number;
  /** The document with the changes in it. */
  document: Project;
  patches: Patch[];
}

export interface ProjectPorts {
  clientId: string;
  watch(id: string, signal: AbortSignal): Promise<AsyncIterable<ProjectEvent>>;
  edit(request: EditRequest): Promise<EditResult>;
  /** Saves a document as another project; gives its id. */
  saveAsCopy(document: Project): Promise<string>;
  /** Resolves when calls can be made (again). */
  connected(signal: AbortSignal): Promise<void>;
  /** Whether a call failed because there is no connection. */
  isConnectionLoss(error: unknown): boolean;
  /** The code of a studio's error, null for any other. */
  errorCode(error: unknown): string | null;
  keepUnsent(changes: UnsentChanges | null, projectId: string): void;
  /** What windows that are gone left behind; each is given once. */
  adoptUnsent(projectId: string): Promise<UnsentChanges[]>;
  /** Since when a pointer is held down; null while none is. */
  heldSinceMs(): number | null;
  /** A change that the studio refused for good was taken back. */
  refused(error: unknown): void;
}

export interface EditOptions {
  /** Edits in a row under one key are one step of undo (a drag, the typing of one line). */
  mergeKey?: string;
}

export interface ProjectStore extends Pick<StoreApi<ProjectState>, 'getState' | 'subscribe' | 'getInitialState'> {
  open(id: string): void;
  /** Sends what is left, then lets go. */
  close(): Promise<void>;
  edit(label: MessageKey, recipe: (draft: Draft<Project>) => void, options?: EditOptions): void;
  /** Ends the step under way, e.g. when a drag ends. */
  seal(): void;
  undo(): void;
  redo(): void;
  resolveConflict(choice: 'theirs' | 'copy'): Promise<string | null>;
  /** Sends now; settles when everything is answered or cannot be sent. */
  flush(): Promise<void>;
}
