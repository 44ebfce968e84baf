import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { numberedProject, saveNumber } from './numbered-project.fixture.ts';
import { openStorage, type Storage } from './open.ts';
import { importProjectFile, readProjectFile, writeProjectFile } from './project-file.ts';

let folder: string;
let storage: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-file-'));
  storage = await openStorage({ dataDir: join(folder, 'data') });
});
afterEach(async () => {
  storage.close();
  await rm(folder, { recursive: true, force: true });
});

const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

async function projectWithPicture() {
  const asset = await storage.assets.put(new TextEncoder().encode('picture'), {
    mediaType: 'image/jpeg',
    fileName: '我.jpg',
  });
  return { asset, project: newProject({ id: 'p', name: '声画', portrait: { kind: 'asset', asset } }) };
}

test('a project travels as a file with its assets beside it, wherever the pair is moved', async () => {
  const { asset, project } = await projectWithPicture();
  await writeProjectFile(join(folder, 'a', 'talk.json'), project, { assets: storage.assets });
  assert.deepEqual((await readdir(join(folder, 'a'))).sort(), ['talk.assets', 'talk.json']);
  assert.deepEqual(await readdir(join(folder, 'a', 'talk.assets')), [`${asset.sha256}.jpg`]);
  await rename(join(folder, 'a'), join(folder, 'b'));

  const read = await readProjectFile(join(folder, 'b', 'talk.json'));
  assert.deepEqual(read.project, project);
  assert.equal(await readFile(await read.assets.resolve(asset, { verify: true }), 'utf8'), 'picture');

  const other = await openStorage({ dataDir: join(folder, 'other') });
  const first = await importProjectFile(other, join(folder, 'b', 'talk.json'));
  const second = await importProjectFile(other, join(folder, 'b', 'talk.json'));
  assert.equal(first.id, 'p');
  assert.notEqual(second.id, 'p');
  assert.equal(Buffer.from(await other.assets.read(asset)).toString(), 'picture');
  other.close();
});

test('an export that fails leaves the older file as it was', async () => {
  const path = join(folder, 'talk.json');
  const { asset, project } = await projectWithPicture();
  await writeProjectFile(path, project, { assets: storage.assets });
  const before = await readFile(path);
  const missing = newProject({
    id: 'p',
    name: 'New',
    portrait: { kind: 'asset', asset: { ...asset, sha256: '0'.repeat(64) } },
  });
  await assert.rejects(writeProjectFile(path, missing, { assets: storage.assets }), codeOf('storage.asset-missing'));
  const reason = new Error('enough');
  await assert.rejects(
    writeProjectFile(path, project, { assets: storage.assets, signal: AbortSignal.abort(reason) }),
    reason,
  );
  assert.deepEqual(await readFile(path), before);
  assert.deepEqual((await readdir(folder)).sort(), ['data', 'talk.assets', 'talk.json']);
});

test('who reads the file while it is being written sees the old project or the new one, whole', async () => {
  const path = join(folder, 'talk.json');
  const { asset } = await projectWithPicture();
  const write = (number: number) =>
    writeProjectFile(path, numberedProject('p', number, asset), { assets: storage.assets });
  await write(0);
  let writing = true;
  const writes = (async () => {
    for (let number = 1; number <= 30; number++) await write(number);
  })().finally(() => {
    writing = false;
  });
  let last = 0;
  while (writing) {
    const number = saveNumber((await readProjectFile(path)).project);
    assert.ok(number >= last);
    last = number;
  }
  await writes;
});

test('a damaged or missing asset beside the file is told when it is needed', async () => {
  const path = join(folder, 'talk.json');
  const { asset, project } = await projectWithPicture();
  await writeProjectFile(path, project, { assets: storage.assets });
  await writeFile(join(folder, 'talk.assets', `${asset.sha256}.jpg`), 'other');
  await assert.rejects(importProjectFile(storage, path), codeOf('storage.asset-corrupt'));
  await rm(join(folder, 'talk.assets'), { recursive: true });
  await assert.rejects((await readProjectFile(path)).assets.resolve(asset), codeOf('storage.asset-missing'));
});

test('what is no project file is told, each in its way', async () => {
  const path = join(folder, 'talk.json');
  const cases: [string | Uint8Array, string, RegExp][] = [
    ['', 'storage.project-file-not-json', /end of JSON/],
    ['{"version": 1,\n nonsense}', 'storage.project-file-not-json', /line 2 column 2/],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'storage.project-file-not-json', /not UTF-8/],
    ['[]', 'storage.document-invalid', /no version/],
    ['{"version": 1}', 'storage.document-invalid', /avatar: /],
    ['{"version": 99, "magic": true}', 'storage.document-newer', /format 99/],
  ];
  for (const [content, code, words] of cases) {
    await writeFile(path, content);
    await assert.rejects(
      readProjectFile(path),
      (error) => codeOf(code)(error) && words.test(String(error)),
      String(content),
    );
    assert.deepEqual(await readFile(path), Buffer.from(content));
  }
  await assert.rejects(readProjectFile(join(folder, 'none.json')), codeOf('storage.project-file-missing'));
  await assert.rejects(readProjectFile(folder), codeOf('storage.project-file-unreadable'));
});

test('a file saved by an editor with a byte-order mark is read', async () => {
  const path = join(folder, 'talk.json');
  const { project } = await projectWithPicture();
  await writeFile(path, `\ufeff${JSON.stringify(project)}`);
  assert.deepEqual((await readProjectFile(path)).project, project);
});
