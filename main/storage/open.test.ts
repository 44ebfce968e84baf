import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { newProject } from '../../app/document/new-project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openStorage } from './open.ts';

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-open-'));
  path = join(dataDir, 'studio.db');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const project = (id: string) => newProject({ id, name: `Project ${id}`, portrait: { kind: 'sample', id: 'lin' } });
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

async function storeOne(id: string): Promise<void> {
  const storage = await openStorage({ dataDir });
  storage.projects.create(project(id));
  storage.close();
}

test('projects are there the next time, and closing twice is safe', async () => {
  await storeOne('a');
  const storage = await openStorage({ dataDir });
  assert.deepEqual(storage.projects.load('a').project, project('a'));
  assert.deepEqual(storage.notices, []);
  storage.close();
  storage.close();
});

const damages: Record<string, () => Promise<void>> = {
  'a header of something else': async () => {
    const bytes = await readFile(path);
    bytes.write('not a database any more', 0);
    await writeFile(path, bytes);
  },
  'cut off in the middle': () => truncate(path, 4096 + 100),
  'cut off in the header': () => truncate(path, 40),
  'pages overwritten': async () => {
    const bytes = await readFile(path);
    bytes.fill(0xa5, 4096);
    await writeFile(path, bytes);
  },
  'emptied beside a log that still holds changes': async () => {
    await truncate(path, 0);
    await writeFile(`${path}-wal`, 'the log of a database that is gone');
  },
};

for (const [name, damage] of Object.entries(damages)) {
  test(`a damaged database (${name}) is kept aside byte for byte, told, and replaced by one that works`, async () => {
    await storeOne('a');
    await damage();
    const [bytes, log] = await Promise.all([readFile(path), readFile(`${path}-wal`).catch(() => null)]);
    const storage = await openStorage({ dataDir });
    assert.equal(storage.notices.length, 1);
    const [notice] = storage.notices as [StudioError];
    assert.equal(notice.code, 'storage.database-moved-aside');
    const kept = String(notice.params.keptPath);
    assert.match(kept, /studio\.corrupt-\d{8}T\d{6}Z\.db$/);
    assert.ok(notice.message.includes(kept));
    assert.deepEqual(await readFile(kept), bytes);
    if (log !== null) assert.deepEqual(await readFile(`${kept}-wal`), log);

    assert.deepEqual(storage.projects.list(), []);
    storage.projects.create(project('b'));
    storage.close();
    const again = await openStorage({ dataDir });
    assert.deepEqual(again.notices, []);
    assert.equal(again.projects.load('b').name, 'Project b');
    again.close();
  });
}

test('several openings at once of a damaged database keep it once and share the new one', async () => {
  await storeOne('a');
  await writeFile(path, Buffer.alloc(9000, 7));
  const storages = await Promise.all(Array.from({ length: 4 }, () => openStorage({ dataDir })));
  assert.equal(storages.flatMap((storage) => storage.notices).length, 1);
  for (const [index, storage] of storages.entries()) storage.projects.create(project(`${index}`));
  for (const storage of storages) assert.equal(storage.projects.list().length, 4);
  for (const storage of storages) storage.close();
  assert.equal((await readdir(dataDir)).filter((name) => name.startsWith('studio.corrupt')).length, 1);
});

test('a studio whose database was moved away by another refuses to save into the void', async () => {
  await storeOne('a');
  const old = await openStorage({ dataDir });
  const { revision } = old.projects.load('a');
  await rm(path);
  const fresh = await openStorage({ dataDir });
  assert.throws(() => old.projects.save(project('a'), revision), codeOf('storage.database-replaced'));
  old.close();
  fresh.close();
});

const future = [...MIGRATIONS, { number: 9000, sql: 'CREATE TABLE later (x TEXT) STRICT' }];

test('a database of a newer build is refused and stays byte for byte, its log too', async () => {
  await storeOne('a');
  const newer = await openDatabase(dataDir, { migrations: future });
  newer.sql.exec("INSERT INTO later VALUES ('only in the log')");
  const before = await Promise.all([readFile(path), readFile(`${path}-wal`)]);
  assert.ok(before[1].length > 0);
  await assert.rejects(openStorage({ dataDir }), codeOf('storage.database-newer'));
  assert.deepEqual(await Promise.all([readFile(path), readFile(`${path}-wal`)]), before);
  newer.close();
  const closed = await readFile(path);
  await assert.rejects(openStorage({ dataDir }), codeOf('storage.database-newer'));
  assert.deepEqual(await readFile(path), closed);
  assert.deepEqual(
    (await readdir(dataDir)).filter((name) => name.includes('corrupt')),
    [],
  );
});

test('a migration that fails leaves the database as it was before it', async () => {
  await storeOne('a');
  const broken = [
    ...MIGRATIONS,
    { number: 30, sql: 'CREATE TABLE half (x TEXT) STRICT; DROP TABLE projects; SELECT nonsense' },
  ];
  await assert.rejects(openDatabase(dataDir, { migrations: broken }));
  const storage = await openStorage({ dataDir });
  assert.deepEqual(
    storage.projects.list().map((entry) => entry.id),
    ['a'],
  );
  storage.close();
  const sql = new Database(path);
  assert.equal(sql.pragma('user_version', { simple: true }), MIGRATIONS.at(-1)?.number);
  assert.equal(sql.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get(), 0);
  sql.close();
});

test("another program's database is refused untouched", async () => {
  const other = new Database(path);
  other.exec('CREATE TABLE theirs (x)');
  other.close();
  const before = await readFile(path);
  await assert.rejects(openStorage({ dataDir }), codeOf('storage.database-foreign'));
  assert.deepEqual(await readFile(path), before);
});

test('a data folder that cannot be made is told with its path', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await assert.rejects(openStorage({ dataDir: join(file, 'data') }), codeOf('storage.not-writable'));
});

test('an opening that is called off ends with the reason', async () => {
  const reason = new Error('changed my mind');
  await assert.rejects(openStorage({ dataDir, signal: AbortSignal.abort(reason) }), reason);
  assert.deepEqual(await readdir(dataDir), []);
});
