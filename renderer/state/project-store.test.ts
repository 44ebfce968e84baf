import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { applyPatches, enablePatches, produceWithPatches } from 'immer';
import type { EditRequest, EditResult, Patch, ProjectEvent } from '../../app/contract/projects.ts';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import type { ProjectStore, UnsentChanges } from './project-state.ts';
import { createProjectStore } from './project-store.ts';

enablePatches();

const BREAK = new Error('line broke');
class Refusal extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A studio as the contract describes it, whose line can be cut and whose answers can be lost. */
class Studio {
  document = newProject({
    id: 'p',
    name: 'One',
    portrait: { kind: 'sample', id: 'lin' },
    script: {
      lines: [
        { id: 'a', text: 'a' },
        { id: 'b', text: 'b' },
      ],
    },
  });
  revision = 1;
  online = true;
  loseAnswers = false;
  refuse: string | null = null;
  unsaved: EditResult['unsaved'] = null;
  readonly requests: EditRequest[] = [];
  readonly answered = new Map<string, number>();
  readonly copies: Project[] = [];
  readonly kept = new Map<string, UnsentChanges>();
  heldSinceMs: number | null = null;
  readonly refusals: unknown[] = [];
  #watchers = new Set<{ tell(event: ProjectEvent): void; cut(): void }>();
  #waiting: (() => void)[] = [];

  goOffline(): void {
    this.online = false;
    for (const watcher of this.#watchers) watcher.cut();
  }
  goOnline(): void {
    this.online = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
  tell(event: ProjectEvent): void {
    for (const watcher of this.#watchers) watcher.tell(event);
  }
  /** Another window's edit. */
  elsewhere(recipe: (draft: Project) => void): void {
    const [next, patches] = produceWithPatches(this.document, recipe);
    this.document = next;
    this.revision += 1;
    this.tell({ type: 'patches', patches: patches as Patch[], clientId: 'other', revision: this.revision });
  }

  edit = async (request: EditRequest): Promise<EditResult> => {
    this.requests.push(request);
    await setImmediate();
    if (!this.online) throw BREAK;
    const before = this.answered.get(request.editId);
    if (before !== undefined) return { revision: before, unsaved: this.unsaved };
    if (this.refuse !== null) throw new Refusal(this.refuse);
    if (request.baseRevision !== this.revision) throw new Refusal('storage.project-changed-elsewhere');
    this.document = applyPatches(this.document, request.patches);
    this.revision += 1;
    this.answered.set(request.editId, this.revision);
    if (this.loseAnswers) {
      this.goOffline();
      throw BREAK;
    }
    this.tell({ type: 'patches', patches: request.patches, clientId: request.clientId, revision: this.revision });
    return { revision: this.revision, unsaved: this.unsaved };
  };

  async *#events(signal: AbortSignal): AsyncGenerator<ProjectEvent> {
    const queue: ProjectEvent[] = [{ type: 'document', project: this.document, revision: this.revision, saved: true }];
    let wake = Promise.withResolvers<void>();
    let cut = false;
    const watcher = {
      tell(event: ProjectEvent) {
        queue.push(event);
        wake.resolve();
      },
      cut() {
        cut = true;
        wake.resolve();
      },
    };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', watcher.cut);
    try {
      for (;;) {
        for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
        if (cut) throw BREAK;
        await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  open(clientId = 'me'): ProjectStore {
    const store = createProjectStore({
      clientId,
      watch: async (_, signal) => this.#events(signal),
      edit: this.edit,
      saveAsCopy: async (project) => `copy-${this.copies.push(project)}`,
      connected: () => (this.online ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))),
      isConnectionLoss: (error) => error === BREAK,
      errorCode: (error) => (error instanceof Refusal ? error.code : null),
      keepUnsent: (changes) => (changes === null ? this.kept.delete(clientId) : this.kept.set(clientId, changes)),
      adoptUnsent: async () => {
        const left = [...this.kept.values()];
        this.kept.clear();
        return left;
      },
      heldSinceMs: () => this.heldSinceMs,
      refused: (error) => this.refusals.push(error),
    });
    store.open('p');
    return store;
  }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
afterEach(() => mock.timers.reset());

/** Lets everything that is under way come to rest, timers up to `ms` included. */
async function rest(ms = 1_000): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 50) {
    for (let turn = 0; turn < 6; turn++) await setImmediate();
    mock.timers.tick(50);
  }
  for (let turn = 0; turn < 6; turn++) await setImmediate();
}
const rename = (store: ProjectStore, name: string, mergeKey?: string): void =>
  store.edit(
    'shell.save',
    (draft) => {
      draft.name = name;
    },
    mergeKey === undefined ? {} : { mergeKey },
  );
const type = (store: ProjectStore, line: number, text: string): void =>
  store.edit(
    'shell.save',
    (draft) => {
      draft.script.lines[line]!.text = text;
    },
    { mergeKey: `line-${line}` },
  );

async function opened(): Promise<{ studio: Studio; store: ProjectStore }> {
  const studio = new Studio();
  const store = studio.open();
  await rest(50);
  return { studio, store };
}

test('an edit shows at once, is sent in a batch, and typing a word is one patch and one step of undo', async () => {
  const { studio, store } = await opened();
  for (const text of ['h', 'he', 'hel', 'hell', 'hello']) type(store, 0, text);
  assert.equal(store.getState().document?.script.lines[0]?.text, 'hello');
  assert.equal(store.getState().save.kind, 'saving');
  assert.equal(studio.requests.length, 0);
  await rest();
  assert.equal(studio.requests.length, 1);
  assert.equal(studio.requests[0]?.patches.length, 1);
  assert.equal(studio.document.script.lines[0]?.text, 'hello');
  assert.equal(store.getState().save.kind, 'saved');
  store.undo();
  assert.equal(store.getState().document?.script.lines[0]?.text, 'a');
  store.redo();
  await rest();
  assert.equal(studio.document.script.lines[0]?.text, 'hello');
});

test('a line that is not typed in keeps its object, also after the studio has answered', async () => {
  const { store } = await opened();
  const lines = (): readonly unknown[] => store.getState().document?.script.lines ?? [];
  const other = lines()[1];
  type(store, 0, 'x');
  const typed = lines()[0];
  await rest();
  assert.equal(lines()[1], other);
  assert.equal(lines()[0], typed);
});

test('steps end where they are sealed, where the key changes, and after a pause', async () => {
  const { store } = await opened();
  const steps = (): number => store.getState().history.undo.length;
  rename(store, 'a', 'k');
  rename(store, 'b', 'k');
  assert.equal(steps(), 1);
  store.seal();
  rename(store, 'c', 'k');
  assert.equal(steps(), 2);
  rename(store, 'd', 'other');
  assert.equal(steps(), 3);
  mock.timers.tick(2_000);
  rename(store, 'e', 'other');
  assert.equal(steps(), 4);
  rename(store, 'f');
  rename(store, 'g');
  assert.equal(steps(), 6);
  for (let left = 6; left > 0; left--) store.undo();
  assert.equal(store.getState().document?.name, 'One');
});

test('a drag that rests is one step all the same', async () => {
  const { studio, store } = await opened();
  studio.heldSinceMs = Date.now();
  rename(store, 'a', 'k');
  mock.timers.tick(5_000);
  rename(store, 'b', 'k');
  assert.equal(store.getState().history.undo.length, 1);
  studio.heldSinceMs = null;
  mock.timers.tick(5_000);
  rename(store, 'c', 'k');
  assert.equal(store.getState().history.undo.length, 2);
});

test('what is edited without a connection is kept and sent once it is back', async () => {
  const { studio, store } = await opened();
  studio.goOffline();
  rename(store, 'Offline');
  await rest();
  assert.equal(store.getState().save.kind, 'offline');
  assert.equal(studio.kept.get('me')?.document.name, 'Offline');
  rename(store, 'Offline still');
  studio.goOnline();
  await rest();
  assert.equal(studio.document.name, 'Offline still');
  assert.equal(store.getState().save.kind, 'saved');
  assert.equal(studio.kept.size, 0);
});

test('an edit whose answer was lost is not applied twice, and somebody else’s change meanwhile is taken in', async () => {
  const { studio, store } = await opened();
  studio.loseAnswers = true;
  store.edit('shell.save', (draft) => void draft.script.lines.push({ ...draft.script.lines[0]!, id: 'c' }));
  await rest(200);
  studio.loseAnswers = false;
  studio.elsewhere((draft) => {
    draft.voice.rate = 1.5;
  });
  studio.goOnline();
  await rest();
  assert.equal(store.getState().conflict, null);
  assert.deepEqual(store.getState().document, studio.document);
  assert.deepEqual(
    studio.document.script.lines.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
  assert.equal(studio.document.voice.rate, 1.5);
});

test('changes of different sections in two windows merge; undo takes back only one’s own', async () => {
  const { studio, store } = await opened();
  type(store, 0, 'mine');
  studio.elsewhere((draft) => {
    draft.voice.rate = 2;
  });
  await rest();
  assert.equal(store.getState().conflict, null);
  assert.equal(studio.document.script.lines[0]?.text, 'mine');
  assert.equal(studio.document.voice.rate, 2);
  store.undo();
  await rest();
  assert.equal(studio.document.script.lines[0]?.text, 'a');
  assert.equal(studio.document.voice.rate, 2);
});

test('changes of one section wait for the person: theirs', async () => {
  const { studio, store } = await opened();
  type(store, 0, 'mine');
  studio.elsewhere((draft) => {
    draft.script.lines[0]!.text = 'theirs';
  });
  await rest();
  assert.equal(studio.document.script.lines[0]?.text, 'theirs', 'nothing was overwritten');
  assert.equal(store.getState().document?.script.lines[0]?.text, 'mine', 'nothing was lost');
  assert.notEqual(store.getState().conflict, null);
  await store.resolveConflict('theirs');
  assert.equal(store.getState().document?.script.lines[0]?.text, 'theirs');
  assert.equal(store.getState().conflict, null);
  rename(store, 'goes on');
  await rest();
  assert.equal(studio.document.name, 'goes on');
});

test('changes of one section wait for the person: a copy of mine', async () => {
  const { studio, store } = await opened();
  studio.goOffline();
  type(store, 1, 'mine');
  studio.elsewhere((draft) => void draft.script.lines.pop());
  studio.goOnline();
  await rest();
  assert.notEqual(store.getState().conflict, null);
  assert.equal(await store.resolveConflict('copy'), 'copy-1');
  assert.equal(studio.copies[0]?.script.lines[1]?.text, 'mine');
  assert.equal(store.getState().document?.script.lines.length, 1);
});

test('a full disk is told while editing goes on, and told to be over', async () => {
  const { studio, store } = await opened();
  const error = { code: 'storage.disk-full', params: {}, retryable: true } as const;
  studio.unsaved = error as never;
  rename(store, 'Full');
  await rest();
  assert.deepEqual(store.getState().save, { kind: 'unsaved', error });
  studio.unsaved = null;
  studio.tell({ type: 'saved', revision: studio.revision });
  await rest();
  assert.equal(store.getState().save.kind, 'saved');
});

test('a studio that comes back with less than it had answered for gets the rest again', async () => {
  const { studio, store } = await opened();
  const [document, revision] = [studio.document, studio.revision];
  rename(store, 'Unsaved');
  await rest();
  studio.goOffline();
  Object.assign(studio, { document, revision });
  studio.answered.clear();
  studio.goOnline();
  await rest();
  assert.equal(studio.document.name, 'Unsaved');
  assert.equal(store.getState().document?.name, 'Unsaved');
});

test('after a crash the changes that were not answered are there again', async () => {
  const { studio, store } = await opened();
  studio.goOffline();
  type(store, 0, 'typed before the crash');
  await rest();
  studio.goOnline();
  const reopened = studio.open('me too');
  await rest();
  assert.equal(reopened.getState().document?.script.lines[0]?.text, 'typed before the crash');
  assert.equal(studio.document.script.lines[0]?.text, 'typed before the crash');
});

test('what a crash left behind does not overwrite what was done since', async () => {
  const { studio, store } = await opened();
  studio.goOffline();
  type(store, 0, 'left behind');
  await rest();
  await store.close();
  studio.elsewhere((draft) => {
    draft.script.lines[0]!.text = 'done since';
  });
  studio.goOnline();
  const reopened = studio.open();
  await rest();
  assert.equal(studio.document.script.lines[0]?.text, 'done since');
  assert.equal(reopened.getState().document?.script.lines[0]?.text, 'left behind');
  assert.notEqual(reopened.getState().conflict, null);
});

test('a change that the studio refuses is taken back and told, and what followed stays', async () => {
  const { studio, store } = await opened();
  studio.refuse = 'storage.document-invalid';
  rename(store, '');
  await rest(50);
  type(store, 0, 'good');
  studio.refuse = null;
  await rest();
  assert.equal(studio.refusals.length, 1);
  assert.equal(store.getState().document?.name, 'One');
  assert.equal(studio.document.script.lines[0]?.text, 'good');
});

test('closing sends what is left', async () => {
  const { studio, store } = await opened();
  rename(store, 'Last words');
  const closed = store.close();
  await rest();
  await closed;
  assert.equal(studio.document.name, 'Last words');
  assert.equal(store.getState().phase, 'closed');
});

test('a project is never open without its document, not even for a moment between two projects', async () => {
  const { store } = await opened();
  const states: string[] = [];
  store.subscribe(({ phase, document }) => states.push(`${phase} ${document === null ? 'nothing' : 'document'}`));
  store.open('q');
  await rest();
  assert.equal(store.getState().phase, 'open');
  assert.ok(!states.includes('open nothing'), states.join(', '));
});
