import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import Database from 'better-sqlite3';
import type { EditRequest, EditResult, Patch, ProjectEvent, ProjectSummary } from '../../app/contract/projects.ts';
import type { SystemEvent } from '../../app/contract/system.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createProjectService, type ProjectService } from './projects.ts';
import { sampleProject } from './sample-project.ts';

let dataDir: string;
let storage: Storage;
let service: ProjectService;
let told: SystemEvent[];
const open = async (): Promise<void> => {
  storage = await openStorage({ dataDir });
  service = createProjectService({
    storage,
    sample: (request) => sampleProject(request, async () => []),
    firstPortrait: async () => ({ kind: 'sample', id: 'lin' }),
    tell: (event) => told.push(event),
  });
};
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-service-'));
  told = [];
  await open();
});
afterEach(async () => {
  mock.timers.reset();
  mock.restoreAll();
  service[Symbol.dispose]();
  storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const never = new AbortController().signal;
const make = async (name = 'One'): Promise<ProjectSummary> =>
  await service.create({ from: 'empty', locale: 'en', name }, never);
const renamed = (value: unknown): Patch[] => [{ op: 'replace', path: ['name'], value }];
let edits = 0;
const edit = (id: string, baseRevision: number, patches: Patch[], more: Partial<EditRequest> = {}): EditResult =>
  service.edit({ id, baseRevision, patches, clientId: 'a', editId: `e${++edits}`, ...more }, never) as EditResult;
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

/** What a window that watches has been told so far, without waiting. */
class Window {
  readonly #iterator: AsyncIteratorObject<ProjectEvent>;
  readonly #stop = new AbortController();
  constructor(id: string) {
    this.#iterator = service.watch({ id }, this.#stop.signal) as AsyncIteratorObject<ProjectEvent>;
  }
  async next(): Promise<ProjectEvent> {
    const { done, value } = await this.#iterator.next();
    assert.ok(!done, 'the watching has ended');
    return value;
  }
  async ended(): Promise<boolean> {
    return (await this.#iterator.next()).done === true;
  }
  leave(): void {
    this.#stop.abort();
  }
}

const fillDisk = () =>
  mock.method(storage.projects, 'save', () => {
    throw new StudioError('storage.disk-full', { path: 'studio.db' }, { retryable: true });
  });

test('an edit reaches every window, and is on disk when it is answered', async () => {
  const { id } = await make();
  const [mine, theirs] = [new Window(id), new Window(id)];
  for (const window of [mine, theirs]) {
    const first = await window.next();
    assert.ok(first.type === 'document' && first.revision === 1 && first.saved);
  }
  assert.deepEqual(edit(id, 1, renamed('Two')), { revision: 2, unsaved: null });
  for (const window of [mine, theirs])
    assert.deepEqual(await window.next(), { type: 'patches', patches: renamed('Two'), clientId: 'a', revision: 2 });
  assert.equal(storage.projects.load(id).project.name, 'Two');
  assert.equal(storage.projects.load(id).revision, 2);
});

test('the second of two windows on one revision is refused, and nothing of it is kept', async () => {
  const { id } = await make();
  edit(id, 1, renamed('First'), { clientId: 'a' });
  assert.throws(() => edit(id, 1, renamed('Second'), { clientId: 'b' }), codeOf('storage.project-changed-elsewhere'));
  assert.equal(service.current(id).project.name, 'First');
  assert.equal(edit(id, 2, renamed('Second after all'), { clientId: 'b' }).revision, 3);
});

test('an edit that is sent again is answered and not applied again, even by a studio that was started anew', async () => {
  const { id } = await make();
  const add: Patch[] = [{ op: 'add', path: ['script', 'lines', 0], value: line('l1', 'hello') }];
  edit(id, 1, add, { editId: 'once' });
  assert.equal(edit(id, 1, add, { editId: 'once' }).revision, 2);
  service[Symbol.dispose]();
  storage.close();
  await open();
  assert.equal(edit(id, 1, add, { editId: 'once' }).revision, 2);
  assert.equal(service.current(id).project.script.lines.length, 1);
});

const line = (id: string, text: string) => ({
  ...{ id, text, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 300 },
});

test('what does not fit the document, or is no patch of it, changes nothing', async () => {
  const { id } = await make();
  const bad: Patch[][] = [
    renamed(''),
    renamed(7),
    [{ op: 'replace', path: ['id'], value: 'other' }],
    [{ op: 'add', path: ['colour'], value: 'red' }],
    [{ op: 'add', path: ['script', 'lines', 0], value: { id: 'x' } }],
    [{ op: 'replace', path: ['script', 'nowhere', 'deep'], value: 1 }],
    [{ op: 'add', path: ['__proto__', 'polluted'], value: 1 }],
    [{ op: 'replace', path: [], value: 'not a project' }],
  ];
  for (const patches of bad)
    assert.throws(() => edit(id, 1, patches), codeOf('storage.document-invalid'), JSON.stringify(patches));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(service.current(id).revision, 1);
  assert.equal(storage.projects.load(id).revision, 1);
});

test('an edit that reaches far past the end of a list is refused before it is tried; a long one that fits is not', async () => {
  const { id } = await make();
  const lines = Array.from({ length: 1500 }, (_, index) => ({ id: `l${index}`, text: 'Hi.' }));
  const holes: Patch[] = [
    { op: 'replace', path: ['script', 'lines', 'length'], value: 2 ** 32 - 1 },
    { op: 'replace', path: ['script', 'lines', 2 ** 31], value: lines[0] },
    { op: 'replace', path: ['script', 'lines', 2 ** 31, 'text'], value: 'x' },
  ];
  for (const hole of holes) assert.throws(() => edit(id, 1, [hole]), codeOf('storage.document-invalid'));
  edit(
    id,
    1,
    lines.map((value, index) => ({ op: 'add', path: ['script', 'lines', index], value })),
  );
  edit(id, 2, [{ op: 'replace', path: ['script', 'lines', 'length'], value: 1200 }]);
  assert.equal(service.current(id).project.script.lines.length, 1200);
});

test('where the schema fills something in, windows get the whole document', async () => {
  const { id } = await make();
  const window = new Window(id);
  await window.next();
  edit(id, 1, [{ op: 'add', path: ['script', 'lines', 0], value: { id: 'l', text: 'hi' } }]);
  const event = await window.next();
  assert.ok(event.type === 'document' && event.project.script.lines[0]?.emotion === 'neutral');
});

test('what an edit does not touch stays the same object', async () => {
  const { id } = await make();
  const window = new Window(id);
  const { stage, avatar } = service.current(id).project;
  edit(id, 1, renamed('Two'));
  assert.equal(service.current(id).project.stage, stage);
  assert.equal(service.current(id).project.avatar, avatar);
  window.leave();
});

test('on a full disk edits hold, the windows are told, and all is saved once there is room', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { id } = await make();
  const window = new Window(id);
  await window.next();
  const full = fillDisk();
  assert.equal(edit(id, 1, renamed('Two')).unsaved?.code, 'storage.disk-full');
  assert.equal(edit(id, 2, renamed('Three')).revision, 3);
  const events = [await window.next(), await window.next(), await window.next(), await window.next()];
  assert.deepEqual(
    events.map(({ type }) => type),
    ['patches', 'unsaved', 'patches', 'unsaved'],
  );
  assert.equal(storage.projects.load(id).project.name, 'One');
  const late = new Window(id);
  const seen = await late.next();
  assert.ok(seen.type === 'document' && !seen.saved && seen.project.name === 'Three');
  // Nobody looks any more: it must not be forgotten all the same.
  window.leave();
  late.leave();
  full.mock.restore();
  mock.timers.tick(60_000);
  assert.deepEqual(
    { name: storage.projects.load(id).project.name, revision: storage.projects.load(id).revision },
    { name: 'Three', revision: 3 },
  );
});

test('what is in memory only is saved at the end', async () => {
  const { id } = await make();
  const full = fillDisk();
  edit(id, 1, renamed('Two'));
  full.mock.restore();
  service[Symbol.dispose]();
  assert.equal(storage.projects.load(id).project.name, 'Two');
});

test('when another process has saved, its document counts and the editor is refused', async () => {
  const { id } = await make();
  const window = new Window(id);
  await window.next();
  const stored = storage.projects.load(id);
  storage.projects.save({ ...stored.project, name: 'Theirs' }, stored.revision);
  assert.throws(() => edit(id, 1, renamed('Mine')), codeOf('storage.project-changed-elsewhere'));
  const event = await window.next();
  assert.ok(event.type === 'document' && event.project.name === 'Theirs' && event.revision === 2);
  assert.equal(edit(id, 2, renamed('Mine now')).revision, 3);
});

test('what only memory held when another process saved becomes a project of its own', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { id } = await make();
  const full = fillDisk();
  edit(id, 1, renamed('Mine'));
  full.mock.restore();
  const stored = storage.projects.load(id);
  storage.projects.save({ ...stored.project, name: 'Theirs' }, stored.revision);
  mock.timers.tick(60_000);
  const names = storage.projects.list().map(({ name }) => name);
  assert.deepEqual(names.sort(), ['Mine', 'Theirs']);
  assert.ok(told.some((event) => event.type === 'notice' && event.error.code === 'storage.project-changed-elsewhere'));
});

test('a window that does not read for long gets the whole document, not ever more patches', async () => {
  const { id } = await make();
  const window = new Window(id);
  for (let revision = 1; revision <= 1000; revision++) edit(id, revision, renamed(`n${revision}`));
  let document: Project | undefined;
  let read = 0;
  while (document?.name !== 'n1000') {
    const event = await window.next();
    read += 1;
    if (event.type === 'document') document = event.project;
    else if (event.type === 'patches' && document !== undefined)
      document = { ...document, name: String(event.patches[0]?.value) };
  }
  assert.ok(read < 300, `${read} events`);
});

test('a project goes into the trash with all windows told, comes back whole, and goes for good', async () => {
  const { id } = await make();
  const window = new Window(id);
  await window.next();
  edit(id, 1, renamed('Two'));
  await window.next();
  const trashed = (await service.remove({ id }, never)) as ProjectSummary;
  assert.ok(trashed.trashedAtMs !== null);
  assert.equal((await window.next()).type, 'removed');
  assert.ok(await window.ended());
  await service.restore({ id }, never);
  assert.equal(service.current(id).project.name, 'Two');
  await service.remove({ id }, never);
  assert.deepEqual(await service.emptyTrash({}, never), { removed: 1 });
  assert.throws(() => service.current(id), codeOf('storage.project-not-found'));
});

test('copies live on their own, and the list is told of every change', async () => {
  const { id } = await make();
  const stop = new AbortController();
  const lists = service.watchList({}, stop.signal) as AsyncIteratorObject<ProjectSummary[]>;
  assert.equal(((await lists.next()).value as ProjectSummary[]).length, 1);
  const copy = (await service.duplicate({ id, name: 'Copy' }, never)) as ProjectSummary;
  const mine = (await service.saveAsCopy(
    { project: service.current(id).project, name: 'Mine' },
    never,
  )) as ProjectSummary;
  await service.rename({ id, name: 'Renamed' }, never);
  const names = ((await lists.next()).value as ProjectSummary[]).map(({ name }) => name);
  assert.deepEqual(names.sort(), ['Copy', 'Mine', 'Renamed']);
  assert.equal(new Set([id, copy.id, mine.id]).size, 3);
  stop.abort();
  assert.equal((await lists.next()).done, true);
});

test('a sample project is ready to play in either language', async () => {
  for (const locale of ['en', 'zh-CN'] as const) {
    const { id } = await service.create({ from: 'sample', locale, name: 'First' }, never);
    const { project } = service.current(id);
    assert.ok(project.script.lines.length >= 3);
    assert.equal(/\p{Script=Han}/u.test(project.script.lines[0]!.text), locale === 'zh-CN');
    assert.equal(project.name, 'First');
    assert.notEqual(project.id, 'lin');
  }
});

test('a project that does not open is listed with the reason, is thrown away and taken back like any other, and opens once it can', async () => {
  const { id } = await make('From tomorrow');
  const whole = storage.projects.documentText(id).text;
  const store = (document: string, revision: number): void => {
    const database = new Database(join(dataDir, 'studio.db'));
    database.prepare('UPDATE projects SET document = ?, revision = ? WHERE id = ?').run(document, revision, id);
    database.close();
  };
  const problem = async (): Promise<string | undefined> =>
    (await service.list({}, never)).find((each) => each.id === id)?.problem?.code;
  assert.equal(await problem(), undefined);
  store(whole.replace(/"version":\s*\d+/, '"version":99'), 2);
  assert.equal(await problem(), 'storage.document-newer');
  store(whole.slice(0, 40), 3);
  assert.equal(await problem(), 'storage.document-invalid');
  assert.equal(storage.projects.documentText(id).text, whole.slice(0, 40));
  await service.remove({ id }, never);
  assert.equal((await service.restore({ id }, never)).problem?.code, 'storage.document-invalid');
  store(whole, 4);
  assert.equal(await problem(), undefined);
});
