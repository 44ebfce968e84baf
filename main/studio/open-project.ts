/**
 * One open project: the document in memory, its revision, and its way to the disk.
 *
 * An edit is applied, checked, saved and told in one go, without a wait in between, so that edits are never interleaved. When the
 * disk refuses, the edit holds all the same, and saving is tried again. When another process has saved in the meantime, its
 * document counts: the editor is refused, and what was held in memory only becomes a project of its own.
 */
import { applyPatches, enablePatches, freeze } from 'immer';
import type { WireError } from '../../app/contract/base.ts';
import type { EditRequest, EditResult, Patch, ProjectEvent } from '../../app/contract/projects.ts';
import { parseProject } from '../../app/document/migrations.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { ProjectRepository, RecentEdit } from '../storage/repositories/projects.ts';
import { createBroadcast, follow, latest } from './broadcast.ts';
import { toWireError } from './wire-error.ts';

enablePatches();

/** A change of the document, for the studio's own listeners. */
export interface ProjectChange {
  project: Project;
  revision: number;
}

export interface OpenProject {
  readonly project: Project;
  readonly revision: number;
  /** Something is in memory only. */
  readonly unsaved: boolean;
  readonly watchers: number;
  /** The document now, and the newest after each change. */
  follow(signal: AbortSignal): AsyncIterable<ProjectChange>;
  watch(signal: AbortSignal): AsyncIteratorObject<ProjectEvent, undefined, void>;
  /** @throws StudioError `storage.project-changed-elsewhere`, `storage.document-invalid`, `storage.project-not-found` */
  edit(request: Omit<EditRequest, 'id'>): EditResult;
  /** Tries to save what is in memory only. */
  flush(): void;
  /** Tells the watchers that it is gone, and ends them. */
  remove(): void;
  /** Saves what it can and ends the watchers. */
  close(): void;
}

const RECENT_EDITS = 32;
/** An index below this needs no second look: what it may leave empty is soon refused. */
const USUAL_REACH = 1000;
const RETRY_FIRST_MS = 2_000;
const RETRY_LONGEST_MS = 30_000;
/** A window that has not read this many events gets the whole document instead. */
const MOST_WAITING = 200;

export interface OpenProjectOptions {
  projects: ProjectRepository;
  /** The stored project has changed, or its state has. */
  onSaved(): void;
  /** Somebody who watched has gone. */
  onIdle(): void;
  /** What was in memory only, when another process had saved: to be kept as another project. */
  rescue(project: Project): void;
}

export function openProject(id: string, { projects, onSaved, onIdle, rescue }: OpenProjectOptions): OpenProject {
  const stored = projects.load(id);
  let project = freeze(stored.project, true);
  let revision = stored.revision;
  let storedRevision = stored.revision;
  let recent: RecentEdit[] = projects.recentEdits(id);
  let unsaved: WireError | null = null;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = RETRY_FIRST_MS;
  let closed = false;
  const events = createBroadcast<ProjectEvent>();
  const ends = createBroadcast<void>();
  const changes = createBroadcast<ProjectChange>();

  const whole = (): ProjectEvent => ({ type: 'document', project, revision, saved: unsaved === null });

  /** Back to what is stored. */
  const takeStored = (): void => {
    const mine = unsaved === null ? null : project;
    const theirs = projects.load(id);
    project = freeze(theirs.project, true);
    revision = theirs.revision;
    storedRevision = theirs.revision;
    recent = projects.recentEdits(id);
    settle(null);
    if (mine !== null) rescue(mine);
    events.emit(whole());
    changes.emit({ project, revision });
  };

  const settle = (error: WireError | null): void => {
    unsaved = error;
    clearTimeout(retry);
    retry = undefined;
    if (error === null) {
      retryMs = RETRY_FIRST_MS;
      return;
    }
    if (closed) return;
    retry = setTimeout(flush, retryMs);
    retry.unref();
    retryMs = Math.min(RETRY_LONGEST_MS, retryMs * 2);
  };

  /** @throws StudioError `storage.project-changed-elsewhere`, `storage.project-not-found`: nothing to try again */
  const save = (next: Project, nextRevision: number, edits: readonly RecentEdit[]): void => {
    try {
      projects.save(next, storedRevision, { revision: nextRevision, recentEdits: edits });
      storedRevision = nextRevision;
      settle(null);
    } catch (error) {
      if (isConflict(error) || !(error instanceof StudioError)) throw error;
      settle(toWireError(error));
    }
  };

  const flush = (): void => {
    if (unsaved === null) return;
    try {
      save(project, revision, recent);
      events.emit(unsaved === null ? { type: 'saved', revision } : { type: 'unsaved', error: unsaved, revision });
      if (unsaved === null) {
        onSaved();
        onIdle();
      }
    } catch (error) {
      if (isConflict(error) && error.code === 'storage.project-changed-elsewhere') takeStored();
      else settle(toWireError(error));
    }
  };

  const stale = (): StudioError => new StudioError('storage.project-changed-elsewhere', { name: project.name });

  return {
    get project() {
      return project;
    },
    get revision() {
      return revision;
    },
    get unsaved() {
      return unsaved !== null;
    },
    get watchers() {
      return events.listeners + changes.listeners;
    },
    watch: (signal) =>
      follow<ProjectEvent>(
        signal,
        (push, end) => {
          push(whole());
          if (unsaved !== null) push({ type: 'unsaved', error: unsaved, revision });
          const stops = [events.listen(push), ends.listen(end)];
          return () => {
            for (const stop of stops) stop();
            onIdle();
          };
        },
        {
          merge(waiting, next) {
            if (waiting.length < MOST_WAITING) waiting.push(next);
            else waiting.splice(0, waiting.length, next.type === 'removed' ? next : whole());
          },
        },
      ),
    follow: (signal) =>
      follow<ProjectChange>(
        signal,
        (push, end) => {
          push({ project, revision });
          const stops = [changes.listen(push), ends.listen(end)];
          return () => {
            for (const stop of stops) stop();
            onIdle();
          };
        },
        latest,
      ),
    edit({ baseRevision, patches, clientId, editId }) {
      const known = recent.find(([each]) => each === editId);
      if (known !== undefined) return { revision: known[1], unsaved };
      if (baseRevision !== revision) throw stale();
      const { next, exact } = applied(project, patches);
      const edits: RecentEdit[] = [...recent, [editId, revision + 1] as const].slice(-RECENT_EDITS);
      const wasUnsaved = unsaved !== null;
      try {
        save(next, revision + 1, edits);
      } catch (error) {
        if (!isConflict(error) || error.code !== 'storage.project-changed-elsewhere') throw error;
        takeStored();
        throw stale();
      }
      project = next;
      revision += 1;
      recent = edits;
      events.emit(exact ? { type: 'patches', patches: [...patches], clientId, revision } : whole());
      if (unsaved !== null) events.emit({ type: 'unsaved', error: unsaved, revision });
      else if (wasUnsaved) events.emit({ type: 'saved', revision });
      changes.emit({ project, revision });
      if (unsaved === null) onSaved();
      return { revision, unsaved };
    },
    flush,
    remove() {
      events.emit({ type: 'removed' });
      closed = true;
      settle(null);
      ends.emit();
    },
    close() {
      closed = true;
      flush();
      clearTimeout(retry);
      ends.emit();
    },
  };
}

/**
 * The document after the patches, checked. `exact`: whoever applies the same patches has the same document; not so where the schema
 * filled something in.
 */
function applied(project: Project, patches: readonly Patch[]): { next: Project; exact: boolean } {
  let raw: Project;
  refuseHoles(project, patches);
  try {
    raw = applyPatches(project, patches);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`a change does not fit it (${detail})`, `有一处修改无法应用（${detail}）`, cause);
  }
  const checked = parseProject(raw);
  if (checked.id !== project.id) throw invalid('its id cannot change', '项目编号不能更改');
  const exact = JSON.stringify(checked) === JSON.stringify(raw);
  // What was not changed stays the same object, so that a listener sees at a glance what was.
  return { next: freeze(exact ? raw : checked, true), exact };
}

/** A list that is suddenly millions long, all but empty, would keep the engine busy for minutes before the schema refused it. */
function refuseHoles(project: Project, patches: readonly Patch[]): void {
  const numbers = patches.flatMap(({ path, value }) => (path.at(-1) === 'length' ? [...path, value] : path));
  const reach = numbers.reduce<number>((most, each) => (typeof each === 'number' ? Math.max(most, each) : most), 0);
  if (reach < USUAL_REACH || reach <= longestList([project, ...patches.map(({ value }) => value)]) + patches.length)
    return;
  throw invalid('a change reaches far past the end of a list', '有一处修改远远超出列表末尾');
}

/** The number of items in the longest list anywhere in it. */
function longestList(whole: unknown): number {
  const parts = [whole];
  let most = 0;
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    if (Array.isArray(part)) most = Math.max(most, part.length);
    for (const inner of Object.values(part)) parts.push(inner);
  }
  return most;
}

const invalid = (detail: string, detailZh: string, cause?: unknown): StudioError =>
  new StudioError('storage.document-invalid', { detail, detailZh }, { cause });

const isConflict = (error: unknown): error is StudioError =>
  error instanceof StudioError &&
  (error.code === 'storage.project-changed-elsewhere' || error.code === 'storage.project-not-found');
