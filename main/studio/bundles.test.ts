import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { serialiseProject } from '../../app/document/migrations.ts';
import { newProject } from '../../app/document/new-project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createBundles } from './bundles.ts';

const never = new AbortController().signal;
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;
let folder: string;
let here: Storage;
let there: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-bundles-'));
  here = await openStorage({ dataDir: join(folder, 'here') });
  there = await openStorage({ dataDir: join(folder, 'there') });
});
afterEach(async () => {
  here.close();
  there.close();
  await rm(folder, { recursive: true, force: true });
});

test('what one studio packs another takes in; downloads wait for a day', async () => {
  const ours = createBundles({ assets: here.assets, folder: join(folder, 'bundles') });
  const asset = await here.assets.put(new Uint8Array([1, 2, 3]), { mediaType: 'image/png', fileName: 'a.png' });
  const project = newProject({ id: 'p', name: '我/的 talk', portrait: { kind: 'asset', asset } });
  const packed = await ours.pack(project, never);
  assert.equal(packed.fileName, '我-的 talk.shenghua');
  const rest = packed.path.split('/').slice(3).map(decodeURIComponent);
  const content = await ours.media(rest, { query: new URLSearchParams(), signal: never });
  assert.ok(content?.body.kind === 'file');
  for (const other of [
    [rest[0] ?? '', 'x'],
    ['..', 'studio.db'],
    [`${rest[0]}/..`, rest[1] ?? ''],
  ])
    assert.equal(await ours.media(other, { query: new URLSearchParams(), signal: never }), null);

  const uploaded = await there.assets.put(content.body.path, {
    mediaType: 'application/zip',
    fileName: 'talk.shenghua',
  });
  const theirs = createBundles({ assets: there.assets, folder: join(folder, 'others') });
  assert.deepEqual(await theirs.receive(uploaded, never), project);
  assert.deepEqual([...(await there.assets.read(asset))], [1, 2, 3]);

  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(join(folder, 'bundles', rest[0] ?? ''), yesterday, yesterday);
  await ours.pack(project, never);
  assert.equal((await readdir(join(folder, 'bundles'))).length, 1);
});

test('a project as plain JSON is taken where its files are known already', async () => {
  const theirs = createBundles({ assets: there.assets, folder: join(folder, 'others') });
  const json = async (text: string) =>
    await there.assets.put(new TextEncoder().encode(text), { mediaType: 'application/json' });
  const plain = newProject({ id: 'p', name: 'P', portrait: { kind: 'sample', id: 'lin' } });
  assert.deepEqual(await theirs.receive(await json(serialiseProject(plain)), never), plain);
  const asset = await here.assets.put(new Uint8Array([9]), { mediaType: 'image/png' });
  const needy = newProject({ id: 'p', name: 'P', portrait: { kind: 'asset', asset } });
  await assert.rejects(
    async () => theirs.receive(await json(serialiseProject(needy)), never),
    codeOf('storage.asset-missing'),
  );
  await assert.rejects(
    async () => theirs.receive(await json('<svg/>'), never),
    codeOf('storage.project-file-not-json'),
  );
});
