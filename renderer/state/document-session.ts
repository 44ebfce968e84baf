/**
 * An open document. Changes show at once, are sent as patches in batches, one batch in flight at a time, and are kept until they
 * are answered.
 *
 *   confirmed ──(in flight)──▶ ──(pending)──▶ document
 *   what the studio has        sent, not      not yet      what is shown
 *   at a revision              answered       sent
 *
 * Somebody else's change of other sections of the document is taken in, and what is not yet answered is sent again on top of it.
 * Where both changed the same section, `conflict` is set, nothing is sent, and the person decides.
 */
import { applyPatches, type Draft, enablePatches, produceWithPatches } from 'immer';
import type { Patch, ProjectEvent } from '../../app/contract/projects.ts';
import type { Project } from '../../app/document/project.ts';
import type { MessageKey } from '../i18n/index.ts';
import { addStep, EMPTY_HISTORY, seal, stepBack, stepForward, withoutSections } from './history.ts';
import { compactPatches, sameJson, sectionDiff, sectionsMeet, sectionsOf } from './patches.ts';
import type { EditOptions, ProjectPorts, ProjectState, ProjectStore, SaveState } from './project-state.ts';

enablePatches();

const BATCH_MS = 50;
const RETRY_MS = 3_000;
const KEEP_MS = 250;

const CHANGED_ELSEWHERE = 'storage.project-changed-elsewhere';

interface Batch {
  editId: string;
  baseRevision: number;
  patches: Patch[];
  /** The studio said that its base is old: it waits for the news that made it so. */
  stale: boolean;
}

export type DocumentSession = Omit<ProjectStore, 'getState' | 'subscribe' | 'getInitialState' | 'open' | 'edit'> & {
  start(): void;
  edit(label: MessageKey, recipe: (draft: Draft<Project>) => void, options: EditOptions): void;
};

export function openSession(
  id: string,
  ports: ProjectPorts,
  set: (change: Partial<ProjectState>) => void,
): DocumentSession {
  const abort = new AbortController();
  let confirmed: { revision: number; document: Project } | null = null;
  let document: Project | null = null;
  let history = EMPTY_HISTORY;
  let inFlight: Batch | null = null;
  let pending: Patch[] = [];
  let conflict: ProjectState['conflict'] = null;
  let trouble: SaveState | null = null;
  let online = false;
  let sendTimer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let idle: (() => void)[] = [];
  let gone = false;
  /** What the studio had after a reconnection, until it is known whether the batch in flight is part of it. */
  let news: { document: Project; revision: number } | null = null;

  const unanswered = (): Patch[] => compactPatches([...(inFlight?.patches ?? []), ...pending]);
  const hasUnanswered = (): boolean => inFlight !== null || pending.length > 0;

  function saveState(): SaveState {
    if (conflict !== null) {
      const params = { name: document?.name ?? '' };
      return { kind: 'unsaved', error: { code: CHANGED_ELSEWHERE, params, retryable: false } };
    }
    if (hasUnanswered() && !online) return { kind: 'offline' };
    return trouble ?? { kind: hasUnanswered() ? 'saving' : 'saved' };
  }

  function show(): void {
    const save = saveState();
    set({ document, history, conflict, save });
    if (!hasUnanswered() || !online || conflict !== null || gone) {
      const waiting = idle;
      idle = [];
      for (const resolve of waiting) resolve();
    }
    clearTimeout(keepTimer);
    if (!hasUnanswered()) keep();
    else keepTimer = setTimeout(keep, KEEP_MS);
  }

  function keep(): void {
    clearTimeout(keepTimer);
    const base = inFlight?.baseRevision ?? confirmed?.revision;
    const changes =
      document === null || base === undefined || !hasUnanswered()
        ? null
        : { projectId: id, baseRevision: base, document, patches: unanswered() };
    ports.keepUnsent(changes, id);
  }

  function change(patches: Patch[]): void {
    pending = compactPatches([...pending, ...patches]);
    scheduleSend();
    show();
  }

  function scheduleSend(afterMs = BATCH_MS): void {
    if (sendTimer !== undefined || gone) return;
    sendTimer = setTimeout(() => {
      sendTimer = undefined;
      void send();
    }, afterMs);
  }

  async function send(): Promise<void> {
    if (confirmed === null || conflict !== null || !online || gone || inFlight?.stale) return;
    if (inFlight === null) {
      if (pending.length === 0) return;
      inFlight = {
        editId: crypto.randomUUID(),
        baseRevision: confirmed.revision,
        patches: pending,
        stale: false,
      };
      pending = [];
    }
    const batch = inFlight;
    const { stale: _, ...request } = batch;
    try {
      const result = await ports.edit({ id, clientId: ports.clientId, ...request });
      if (inFlight !== batch) {
        // Its echo came first.
        trouble = result.unsaved === null ? trouble : { kind: 'unsaved', error: result.unsaved };
        return show();
      }
      trouble = result.unsaved === null ? null : { kind: 'unsaved', error: result.unsaved };
      acknowledge(result.revision);
    } catch (error) {
      if (inFlight !== batch || gone) return;
      failed(batch, error);
    }
    show();
  }

  /** The batch in flight is part of what the studio has. */
  function acknowledge(revision: number): void {
    const batch = inFlight;
    if (batch === null || confirmed === null) return;
    inFlight = null;
    // A later revision is already known when it was sent again after a reconnection.
    if (revision > confirmed.revision) {
      // What is shown is the same then, and keeps its objects, so that nothing is drawn again.
      const reached =
        pending.length === 0 && document !== null ? document : applyPatches(confirmed.document, batch.patches);
      confirmed = { revision, document: reached };
    }
    if (news !== null) takeInNews();
    else if (pending.length > 0) scheduleSend();
  }

  function takeInNews(): void {
    const arrived = news;
    news = null;
    if (arrived !== null) takeIn(arrived.document, arrived.revision);
  }

  function failed(batch: Batch, error: unknown): void {
    if (ports.isConnectionLoss(error)) {
      online = false;
      return;
    }
    const code = ports.errorCode(error);
    if (code === CHANGED_ELSEWHERE) {
      if (news !== null) takeInNews();
      else if (confirmed !== null && confirmed.revision > batch.baseRevision)
        takeIn(confirmed.document, confirmed.revision);
      else batch.stale = true;
    } else if (code === 'storage.document-invalid' && confirmed !== null) {
      // Sending it again cannot help: that batch is taken back, what followed is kept where it still fits.
      inFlight = null;
      document = tryApply(confirmed.document, pending) ?? confirmed.document;
      if (document === confirmed.document) pending = [];
      history = EMPTY_HISTORY;
      ports.refused(error);
      if (pending.length > 0) scheduleSend();
    } else {
      trouble = { kind: 'unsaved', error };
      scheduleSend(RETRY_MS);
    }
  }

  const tryApply = (base: Project, patches: readonly Patch[]): Project | null => {
    try {
      return applyPatches(base, patches as Patch[]);
    } catch {
      return null;
    }
  };

  /** The studio has another document than was known; ours is put on top of it where that is safe. */
  function takeIn(theirs: Project, revision: number): void {
    if (confirmed === null || document === null) return;
    const mine = unanswered();
    const arrived = inFlight === null ? null : tryApply(confirmed.document, inFlight.patches);
    const foreign = sectionsOf(sectionDiff(confirmed.document, theirs));
    if (revision < confirmed.revision) {
      // The studio came back with less than it had answered for: the rest is still here and is sent anew.
      const lost = sectionDiff(theirs, document);
      confirmed = { revision, document: theirs };
      inFlight = null;
      pending = lost;
    } else if (arrived !== null && sameJson(arrived, theirs)) {
      // What was in flight had arrived.
      confirmed = { revision, document: pending.length === 0 ? document : theirs };
      inFlight = null;
    } else {
      const safe = !sectionsMeet(sectionsOf(mine), foreign);
      const rebased = mine.length === 0 ? theirs : safe ? tryApply(theirs, mine) : null;
      confirmed = { revision, document: theirs };
      if (rebased === null) {
        conflict = { theirs };
        return;
      }
      history = withoutSections(history, foreign);
      inFlight = null;
      pending = mine;
      document = rebased;
    }
    if (pending.length > 0) scheduleSend();
    else document = confirmed.document;
  }

  async function onEvent(event: ProjectEvent): Promise<void> {
    switch (event.type) {
      case 'document':
        trouble = null;
        online = true;
        if (confirmed === null) await begin(event.project, event.revision);
        else if (conflict !== null) {
          confirmed = { revision: event.revision, document: event.project };
          conflict = { theirs: event.project };
        } else if (event.revision > confirmed.revision && inFlight !== null) {
          // Sent again under the same id it is answered as it was, or refused as stale.
          news = { document: event.project, revision: event.revision };
          inFlight.stale = false;
          scheduleSend(0);
        } else if (event.revision !== confirmed.revision) takeIn(event.project, event.revision);
        else scheduleSend(0);
        break;
      case 'patches': {
        if (confirmed === null || event.revision <= confirmed.revision) break;
        if (event.clientId === ports.clientId && inFlight !== null && !inFlight.stale) {
          acknowledge(event.revision);
          break;
        }
        const theirs = tryApply(confirmed.document, event.patches);
        if (theirs === null || event.revision !== confirmed.revision + 1) return rewatch();
        if (conflict !== null) {
          confirmed = { revision: event.revision, document: theirs };
          conflict = { theirs };
        } else takeIn(theirs, event.revision);
        break;
      }
      case 'saved':
        trouble = null;
        break;
      case 'unsaved':
        trouble = { kind: 'unsaved', error: event.error };
        break;
      case 'removed':
        gone = true;
        set({ phase: 'removed' });
        break;
    }
    show();
  }

  async function begin(project: Project, revision: number): Promise<void> {
    confirmed = { revision, document: project };
    document = project;
    for (const left of await ports.adoptUnsent(id)) {
      if (sameJson(left.document, document)) continue;
      const restored = left.baseRevision === revision && !hasUnanswered() ? tryApply(project, left.patches) : null;
      if (restored !== null) {
        document = restored;
        pending = left.patches;
        scheduleSend();
      } else {
        document = left.document;
        conflict = { theirs: project };
      }
    }
    // Never open without a document: panels that are loaded already are drawn at once.
    set({ phase: 'open', error: null, document });
  }

  let watching = new AbortController();
  const rewatch = (): void => watching.abort(new Error('watch again'));

  async function watch(): Promise<void> {
    while (!abort.signal.aborted && !gone) {
      watching = new AbortController();
      const signal = AbortSignal.any([abort.signal, watching.signal]);
      try {
        await ports.connected(abort.signal);
        for await (const event of await ports.watch(id, signal)) {
          await onEvent(event);
          if (gone) return;
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        if (confirmed === null && !ports.isConnectionLoss(error) && !watching.signal.aborted) {
          set({ phase: 'failed', error });
          return;
        }
      }
      if (abort.signal.aborted) return;
      if (!watching.signal.aborted) online = false;
      show();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async function flush(): Promise<void> {
    clearTimeout(sendTimer);
    sendTimer = undefined;
    if (!hasUnanswered() || !online || conflict !== null || gone) return;
    const done = new Promise<void>((resolve) => idle.push(resolve));
    void send();
    await done;
  }

  function move(direction: 'undo' | 'redo'): void {
    const step = history[direction].at(-1);
    if (step === undefined || document === null) return;
    const patches = direction === 'undo' ? step.inverse : step.patches;
    const moved = tryApply(document, patches);
    if (moved === null) {
      history = EMPTY_HISTORY;
      show();
      return;
    }
    document = moved;
    history = seal(direction === 'undo' ? stepBack(history) : stepForward(history));
    change([...patches]);
  }

  return {
    start: () => void watch(),
    async close() {
      keep();
      await flush();
      abort.abort(new Error('closed'));
      clearTimeout(sendTimer);
      clearTimeout(keepTimer);
      gone = true;
    },
    edit(label, recipe, { mergeKey }) {
      if (document === null || gone) return;
      const [next, patches, inverse] = produceWithPatches(document, recipe);
      if (patches.length === 0) return;
      document = next;
      const step = { label, patches: patches as Patch[], inverse: inverse as Patch[], mergeKey: mergeKey ?? null };
      history = addStep(history, { ...step, atMs: Date.now() }, ports.heldSinceMs());
      change(patches as Patch[]);
    },
    seal() {
      history = seal(history);
      set({ history });
    },
    undo: () => move('undo'),
    redo: () => move('redo'),
    async resolveConflict(choice) {
      if (conflict === null || document === null || confirmed === null) return null;
      const copyId = choice === 'copy' ? await ports.saveAsCopy(document) : null;
      conflict = null;
      inFlight = null;
      pending = [];
      history = EMPTY_HISTORY;
      document = confirmed.document;
      show();
      return copyId;
    },
    flush,
  };
}
