import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { parseProject } from '../../../app/document/migrations.ts';
import { newProject } from '../../../app/document/new-project.ts';
import { PROJECT_VERSION } from '../../../app/document/project.ts';
import { randomProject } from '../../../app/document/random-project.fixture.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { openDatabase, type StudioDatabase } from '../database.ts';
import { openProjectRepository, type ProjectRepository } from './projects.ts';

let dataDir: string;
let database: StudioDatabase;
let projects: ProjectRepository;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-projects-'));
  database = await openDatabase(dataDir);
  projects = openProjectRepository(database);
});
afterEach(async () => {
  database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const project = (id: string, name = 'One') => newProject({ id, name, portrait: { kind: 'sample', id: 'lin' } });
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

test('whatever a project holds comes back from the database equal', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const given = parseProject(randomProject(seed));
    projects.create(given);
    assert.deepEqual(projects.load(given.id).project, given, `seed ${seed}`);
  }
  assert.equal(projects.list().length, 60);
});

test('a writer with an old copy is refused, and nothing of it is written', () => {
  const mine = projects.create(project('p'));
  const theirs = projects.save(project('p', 'Theirs'), mine.revision);
  assert.throws(() => projects.save(project('p', 'Mine'), mine.revision), codeOf('storage.project-changed-elsewhere'));
  assert.equal(projects.load('p').project.name, 'Theirs');
  assert.equal(projects.save(project('p', 'Mine after all'), theirs.revision).revision, 3);
});

test('ids that are taken or unknown are told', () => {
  projects.create(project('p'));
  assert.throws(() => projects.create(project('p')), codeOf('storage.project-exists'));
  for (const act of [
    () => projects.load('q'),
    () => projects.delete('q'),
    () => projects.duplicate('q'),
    () => projects.save(project('q'), 1),
  ]) {
    assert.throws(act, codeOf('storage.project-not-found'));
  }
});

test('a copy lives on its own', () => {
  projects.create(project('p'));
  const copy = projects.duplicate('p', { name: 'Copy' });
  projects.delete('p');
  assert.deepEqual(projects.load(copy.id).project, { ...project('p', 'Copy'), id: copy.id });
  assert.deepEqual(
    projects.list().map(({ id, name }) => ({ id, name })),
    [{ id: copy.id, name: 'Copy' }],
  );
});

test('a document that does not fit the schema never gets in', () => {
  assert.throws(() => projects.create({ ...project('p'), seed: -1 }), codeOf('storage.document-invalid'));
  assert.deepEqual(projects.list(), []);
});

test('a document of a newer version is refused, listed, and left as it is', () => {
  projects.create(project('p'));
  const newer = JSON.stringify({ ...project('p'), version: PROJECT_VERSION + 1, extra: true });
  database.sql.prepare('UPDATE projects SET document = ?').run(newer);
  assert.throws(() => projects.load('p'), codeOf('storage.document-newer'));
  assert.equal(projects.list().length, 1);
  assert.equal(database.sql.prepare('SELECT document FROM projects').pluck().get(), newer);
});

test('a full database refuses the save and keeps what it had', () => {
  const { revision } = projects.create(project('p'));
  database.sql.pragma(`max_page_count = ${Number(database.sql.pragma('page_count', { simple: true })) + 1}`);
  const large = newProject({
    ...project('p'),
    portrait: { kind: 'sample', id: 'lin' },
    avatar: {},
    script: { lines: [{ id: '1', text: '声'.repeat(100_000) }] },
  });
  assert.throws(() => projects.save(large, revision), codeOf('storage.disk-full'));
  assert.deepEqual(projects.load('p').project, project('p'));
  assert.equal(projects.save(project('p', 'Still alive'), revision).revision, 2);
});

test('what is thrown away keeps its content, and comes back with it', () => {
  projects.create(project('p'));
  assert.equal(projects.setTrashed('p', 1234).trashedAtMs, 1234);
  assert.deepEqual(
    projects.list().map(({ id, trashedAtMs }) => ({ id, trashedAtMs })),
    [{ id: 'p', trashedAtMs: 1234 }],
  );
  assert.equal(projects.setTrashed('p', null).trashedAtMs, null);
  assert.deepEqual(projects.load('p').project, project('p'));
});

test('several changes may be saved as one, with the edits they came of', () => {
  projects.create(project('p'));
  const saved = projects.save(project('p', 'Two'), 1, {
    revision: 5,
    recentEdits: [
      ['a', 4],
      ['b', 5],
    ],
  });
  assert.equal(saved.revision, 5);
  assert.deepEqual(projects.recentEdits('p'), [
    ['a', 4],
    ['b', 5],
  ]);
  assert.throws(() => projects.save(project('p', 'Three'), 2), codeOf('storage.project-changed-elsewhere'));
  assert.equal(projects.save(project('p', 'Three'), 5).revision, 6);
});
