import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import type { WorkRecord } from '../../storage/repositories/works.ts';
import { createLibrary, type Library } from './library.ts';

const never = new AbortController().signal;
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

let dataDir: string;
let storage: Storage;
let library: Library;
let revealed: string[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-library-'));
  storage = await openStorage({ dataDir });
  revealed = [];
  library = createLibrary({ storage, reveal: async (path) => void revealed.push(path) });
});
afterEach(async () => {
  storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function addWork(id: string, more: Partial<WorkRecord> = {}): Promise<void> {
  const folder = join(dataDir, 'library', id);
  await mkdir(folder, { recursive: true });
  for (const name of ['talk.mp4', 'poster.jpg', 'work.json']) await writeFile(join(folder, name), name);
  storage.works.create('talk', {
    ...{ version: 1, id, createdAtMs: 1, software: 's', projectId: 'p', projectName: 'P', projectRevision: 1 },
    target: { preset: null, format: 'mp4' },
    files: [{ kind: 'video', fileName: 'talk.mp4', mediaType: 'video/mp4', bytes: 8, sha256: 'a' }],
    ...{ thumbnail: 'poster.jpg', durationMs: 1, widthPx: 2, heightPx: 2, fps: 25, encoder: 'e', wallMs: 1 },
    ...{ produceId: 'i', aiMarkVisible: true, voices: [], consent: null, consentState: 'not-needed' },
    ...more,
  });
}
const get = async (...rest: string[]) =>
  (await library.media(rest, { query: new URLSearchParams(), signal: never }))?.body;

test('a work is renamed, thrown away, taken back, and gone with its folder after a day', async () => {
  await addWork('a');
  await addWork('b', { createdAtMs: 2 });
  const names = async () => (await library.service.list({}, never)).map(({ id, name }) => `${id} ${name}`);
  assert.equal((await library.service.rename({ id: 'a', name: '新名' }, never)).name, '新名');
  assert.deepEqual(await names(), ['b talk', 'a 新名']);
  await library.service.remove({ id: 'a' }, never);
  assert.deepEqual(await names(), ['b talk']);
  assert.equal(await get('a', 'talk.mp4'), undefined);
  for (const act of [library.service.details, library.service.remove, library.service.reveal])
    await assert.rejects(async () => act({ id: 'a' }, never), codeOf('exports.work-not-found'));
  await library.service.restore({ id: 'a' }, never);
  assert.deepEqual(await names(), ['b talk', 'a 新名']);

  storage.works.trash('a', Date.now() - 25 * 60 * 60 * 1000);
  storage.works.trash('b', Date.now() - 23 * 60 * 60 * 1000);
  assert.deepEqual(await names(), []);
  assert.deepEqual(await readdir(join(dataDir, 'library')), ['b']);
  await library.service.restore({ id: 'b' }, never);
  await assert.rejects(async () => library.service.restore({ id: 'a' }, never), codeOf('exports.work-not-found'));
});

test('only the files of a work are given out, however the path is spelt', async () => {
  await addWork('a');
  assert.deepEqual(await get('a', 'talk.mp4'), { kind: 'file', path: join(dataDir, 'library', 'a', 'talk.mp4') });
  assert.notEqual(await get('a', 'poster.jpg'), undefined);
  for (const rest of [
    ['a'],
    ['a', 'work.json'],
    ['a', '../a/talk.mp4'],
    ['..', 'studio.db'],
    ['b', 'talk.mp4'],
    ['a', 'talk.mp4', 'x'],
  ])
    assert.equal(await get(...rest), undefined, rest.join('/'));
});

test('a file that is gone is told where it matters', async () => {
  await addWork('a');
  await library.service.reveal({ id: 'a' }, never);
  assert.deepEqual(revealed, [join(dataDir, 'library', 'a', 'talk.mp4')]);
  await rm(join(dataDir, 'library', 'a', 'talk.mp4'));
  assert.equal((await library.service.list({}, never))[0]?.missing, true);
  assert.equal(await get('a', 'talk.mp4'), undefined);
  await assert.rejects(async () => library.service.reveal({ id: 'a' }, never), codeOf('exports.work-file-missing'));
  const browser = createLibrary({ storage, reveal: null });
  await assert.rejects(async () => browser.service.reveal({ id: 'a' }, never), codeOf('host.not-capable'));
});

test('the proof of a consent stays as long as the work that needs it', async () => {
  const evidence = await storage.assets.put(new Uint8Array([1]), { mediaType: 'image/png' });
  const consent = { person: 'A', scope: 's', grantedOn: '2026-01-01', expiresOn: null, evidence, statement: '' };
  await addWork('a', { consent, consentState: 'given' });
  await storage.assets.collectGarbage({ olderThanMs: 0 });
  await storage.assets.resolve(evidence);
  assert.deepEqual((await library.service.details({ id: 'a' }, never)).consent, consent);
  storage.works.delete('a');
  await storage.assets.collectGarbage({ olderThanMs: 0 });
  await assert.rejects(storage.assets.resolve(evidence), codeOf('storage.asset-missing'));
});
