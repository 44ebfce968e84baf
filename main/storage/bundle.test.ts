import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { serialiseProject } from '../../app/document/migrations.ts';
import { newProject } from '../../app/document/new-project.ts';
import { PROJECT_VERSION, type Project } from '../../app/document/project.ts';
import { describeError, StudioError } from '../../app/errors/index.ts';
import { isZip } from '../files/safe-zip.ts';
import { BUNDLE_LIMITS, PROJECT_ENTRY } from './bundle-format.ts';
import { openBundle, receiveBundle } from './bundle-reader.ts';
import { writeBundle } from './bundle-writer.ts';
import { openStorage, type Storage } from './open.ts';
import { importBundle } from './project-file.ts';
import { type RawEntry, rawZip } from './zip.fixture.ts';

let folder: string;
let path: string;
let storage: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-bundle-'));
  path = join(folder, '我的.shenghua');
  storage = await openStorage({ dataDir: join(folder, 'data') });
});
afterEach(async () => {
  storage.close();
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

async function projectWithPicture(content: Uint8Array): Promise<Project> {
  const asset = await storage.assets.put(content, { mediaType: 'image/jpeg', fileName: '我.jpg' });
  return newProject({ id: 'p', name: '声画', portrait: { kind: 'asset', asset } });
}
/** A project that needs `picture`, without it being anywhere. */
const wanting = (picture: string): Project =>
  newProject({
    ...{ id: 'p', name: 'P' },
    portrait: { kind: 'asset', asset: { sha256: sha256(picture), mediaType: 'image/png', fileName: 'a.png' } },
  });
/** Files in a store, whatever they are called. */
const filesIn = async (dataDir: string): Promise<string[]> =>
  (await readdir(join(dataDir, 'assets'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('a project travels in one file, pictures and all, and equal projects make equal files', async () => {
  const picture = new Uint8Array(3_000_000).map((_, i) => i * 7);
  const project = await projectWithPicture(picture);
  const { bytes: size } = await writeBundle(path, project, { assets: storage.assets });
  const first = await readFile(path);
  assert.equal(size, first.length);
  assert.equal(await isZip(path), true);
  await writeBundle(path, project, { assets: storage.assets });
  assert.deepEqual(await readFile(path), first);

  const other = await openStorage({ dataDir: join(folder, 'other') });
  try {
    const imported = await importBundle(other, path);
    assert.deepEqual(imported.project, project);
    assert.ok(project.avatar.portrait.kind === 'asset');
    assert.deepEqual(Buffer.from(await other.assets.read(project.avatar.portrait.asset)), Buffer.from(picture));
    const again = await importBundle(other, path);
    assert.notEqual(again.id, 'p');
    assert.equal((await filesIn(other.dataDir)).length, 1);
  } finally {
    other.close();
  }
});

test('a bundle that cannot be made whole is not made at all, and the older one stays', async () => {
  await writeFile(path, 'older');
  await assert.rejects(writeBundle(path, wanting('gone'), { assets: storage.assets }), codeOf('storage.asset-missing'));
  const project = await projectWithPicture(bytes('picture'));
  const [shelf = ''] = await readdir(join(storage.dataDir, 'assets'));
  const [rest = ''] = await readdir(join(storage.dataDir, 'assets', shelf));
  await writeFile(join(storage.dataDir, 'assets', shelf, rest), 'picturE');
  await assert.rejects(writeBundle(path, project, { assets: storage.assets }), codeOf('storage.asset-corrupt'));
  const stop = new Error('enough');
  const signal = AbortSignal.abort(stop);
  await assert.rejects(writeBundle(path, project, { assets: storage.assets, signal }), stop);
  assert.equal(await readFile(path, 'utf8'), 'older');
  assert.deepEqual((await readdir(folder)).sort(), ['data', '我的.shenghua'].sort());
});

const project = wanting('picture');
const document: RawEntry = { name: PROJECT_ENTRY, data: serialiseProject(project), deflate: true };
const picture: RawEntry = { name: `assets/${sha256('picture')}`, data: 'picture' };
const zeros = Buffer.alloc(4 * 2 ** 20);

const refused: [string, RawEntry[], string][] = [
  ['climbs out of its folder', [document, picture, { name: '../../evil.txt', data: 'x' }], 'bundle.unsafe'],
  ['climbs out by a backslash', [document, picture, { name: '..\\evil.txt', data: 'x' }], 'bundle.unsafe'],
  ['names an absolute path', [document, picture, { name: '/etc/passwd', data: 'x' }], 'bundle.unsafe'],
  ['names a drive', [document, picture, { name: 'C:/evil.txt', data: 'x' }], 'bundle.unsafe'],
  ['holds a symbolic link', [document, { ...picture, data: '/etc/passwd', mode: 0o120777 }], 'bundle.unsafe'],
  ['holds a device', [document, { ...picture, mode: 0o020666 }], 'bundle.unsafe'],
  ['holds an entry twice', [document, picture, picture], 'bundle.unsafe'],
  [
    'holds an entry twice but for its case',
    [document, picture, { ...document, name: 'Project.JSON' }],
    'bundle.unsafe',
  ],
  ['is encrypted', [document, { ...picture, deflate: true, flags: 0x801 }], 'bundle.unsafe'],
  ['is packed by an unknown method', [document, { ...picture, method: 93 }], 'bundle.unsafe'],
  ['unpacks to a thousand times its size', [document, { ...picture, data: zeros, deflate: true }], 'bundle.unsafe'],
  [
    'shares bytes between entries',
    [document, { ...picture, data: zeros }, { name: 'b', data: zeros, sharedWith: 1 }],
    'bundle.unsafe',
  ],
  [
    'claims less than it unpacks to',
    [document, { ...picture, data: zeros, deflate: true, claimedSize: 7 }],
    'bundle.unreadable',
  ],
  [
    'claims more than it unpacks to',
    [document, { ...picture, data: 'pict', deflate: true, claimedSize: 7 }],
    'bundle.unreadable',
  ],
  ['lacks the document', [picture], 'bundle.unreadable'],
  ['lacks a file', [document], 'bundle.asset-missing'],
  ['holds another file under its name', [document, { ...picture, data: 'another' }], 'bundle.asset-wrong'],
  [
    'is of a newer studio',
    [{ ...document, data: `{"version": ${PROJECT_VERSION + 1}}` }, picture],
    'storage.document-newer',
  ],
  ['holds no document of ours', [{ ...document, data: '{"version": 1}' }, picture], 'storage.document-invalid'],
  ['holds no JSON', [{ ...document, data: '<html>' }, picture], 'storage.project-file-not-json'],
];
for (const [what, entries, code] of refused) {
  test(`a bundle that ${what} is refused in words, and nothing of it is taken in`, async () => {
    await writeFile(path, rawZip(entries));
    await assert.rejects(importBundle(storage, path), (error) => {
      assert.ok(error instanceof StudioError, String(error));
      assert.equal(error.code, code, error.message);
      for (const locale of ['en', 'zh-CN'] as const)
        assert.doesNotMatch(JSON.stringify(describeError(error, locale)), /\{\w+\}/);
      return true;
    });
    assert.deepEqual(await filesIn(storage.dataDir), []);
    assert.deepEqual(storage.projects.list(), []);
    assert.deepEqual((await readdir(folder)).sort(), ['data', '我的.shenghua'].sort());
  });
}

test('limits on entries and sizes hold before anything is unpacked', async () => {
  await writeFile(path, rawZip([document, picture]));
  assert.deepEqual(await receiveBundle(path, storage.assets), project);
  for (const [limit, value] of [
    ['entries', 1],
    ['projectBytes', 100],
    ['assetBytes', 6],
    ['totalBytes', 600],
  ] as const) {
    const limits = { ...BUNDLE_LIMITS, [limit]: value };
    await assert.rejects(openBundle(path, { limits }), codeOf('bundle.too-large'), limit);
  }
});

test('what is harmless and unknown is passed over, as are folders that an archiver adds', async () => {
  const more = [
    { name: 'assets/', data: '', mode: 0o040755 },
    { name: 'thumbnail.png', data: 'later' },
    { name: '__MACOSX/._project.json', data: 'x' },
  ];
  await writeFile(path, rawZip([...more, document, picture]));
  assert.deepEqual((await importBundle(storage, path)).project, project);
  assert.equal((await filesIn(storage.dataDir)).length, 1);
});

test('a bundle cut off anywhere is told as damaged, or as no bundle at all', async () => {
  const whole = rawZip([document, picture]);
  for (const length of [0, 3, 30, 200, whole.length - 30, whole.length - 1]) {
    await writeFile(path, whole);
    await truncate(path, length);
    if (length > 3) assert.equal(await isZip(path), true);
    await assert.rejects(importBundle(storage, path), codeOf('bundle.unreadable'), `${length} bytes`);
  }
  assert.equal(await isZip(folder), false);
  assert.equal(await isZip(join(folder, 'none')), false);
  assert.deepEqual(await filesIn(storage.dataDir), []);
});
