import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openStorage, type Storage } from './open.ts';

let dataDir: string;
let storage: Storage;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-assets-'));
  storage = await openStorage({ dataDir });
});
afterEach(async () => {
  mock.restoreAll();
  storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;
const about = { mediaType: 'image/png', fileName: 'me.png' };
const bytes = (text: string) => new TextEncoder().encode(text);
const files = async () =>
  (await readdir(join(dataDir, 'assets'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    .length;
const age = (path: string, days: number) => utimes(path, new Date(), new Date(Date.now() - days * 24 * 3600 * 1000));

test('a file is found again by its content, and equal content is kept once', async () => {
  const source = join(dataDir, 'source.bin');
  const content = Buffer.alloc(3_000_000, 'abc');
  await writeFile(source, content);
  const ref = await storage.assets.put(source, about);
  assert.deepEqual(ref, { ...about, sha256: createHash('sha256').update(content).digest('hex') });
  assert.deepEqual(await storage.assets.put(content, { mediaType: 'audio/wav' }), {
    sha256: ref.sha256,
    mediaType: 'audio/wav',
    fileName: '',
  });
  assert.equal(await files(), 1);
  const path = await storage.assets.resolve(ref, { verify: true });
  assert.equal(path, join(dataDir, 'assets', ref.sha256.slice(0, 2), ref.sha256.slice(2)));
  assert.deepEqual(await readFile(path), content);
});

test('a missing and a damaged file are told apart, and giving the file again repairs it', async () => {
  const ref = await storage.assets.put(bytes('picture'), about);
  const path = await storage.assets.resolve(ref);
  await writeFile(path, 'pictura');
  await storage.assets.resolve(ref);
  await assert.rejects(storage.assets.resolve(ref, { verify: true }), codeOf('storage.asset-corrupt'));
  await assert.rejects(storage.assets.read(ref), codeOf('storage.asset-corrupt'));
  await storage.assets.put(bytes('picture'), about);
  assert.equal(Buffer.from(await storage.assets.read(ref)).toString(), 'picture');
  await rm(path);
  await assert.rejects(
    storage.assets.resolve(ref),
    (error) => codeOf('storage.asset-missing')(error) && /me\.png/.test(String(error)),
  );
});

test('only what no project names and nobody added lately is collected', async () => {
  const used = await storage.assets.put(bytes('used'), about);
  const unused = await storage.assets.put(bytes('unused'), about);
  const young = await storage.assets.put(bytes('young'), about);
  const renewed = await storage.assets.put(bytes('renewed'), about);
  const { project } = storage.projects.create(
    newProject({ id: 'p', name: 'P', portrait: { kind: 'asset', asset: used } }),
  );
  for (const ref of [used, unused, renewed]) await age(await storage.assets.resolve(ref), 2);
  const abandoned = join(dataDir, 'assets', '.writing-1-x');
  await writeFile(abandoned, 'half');
  await age(abandoned, 2);
  await storage.assets.put(bytes('renewed'), about);

  assert.deepEqual(await storage.assets.collectGarbage(), { removed: 1, freedBytes: 6 });
  await assert.rejects(storage.assets.resolve(unused), codeOf('storage.asset-missing'));
  await assert.rejects(stat(abandoned));
  for (const ref of [used, young, renewed]) await storage.assets.resolve(ref, { verify: true });

  storage.projects.delete(project.id);
  await storage.assets.collectGarbage();
  await assert.rejects(storage.assets.resolve(used), codeOf('storage.asset-missing'));
});

test('what a killed writer left is gone at the next start; what somebody writes stays', async () => {
  const killed = spawnSync(process.execPath, ['--eval', 'process.kill(process.pid, "SIGKILL")']).pid;
  const [left, written] = [`.writing-${killed}-x`, `.writing-${process.pid}-x`];
  for (const folder of [dataDir, join(dataDir, 'assets')]) {
    for (const name of [left, written]) await writeFile(join(folder, name), 'half');
  }
  const next = await openStorage({ dataDir });
  next.close();
  for (const folder of [dataDir, join(dataDir, 'assets')]) {
    const names = (await readdir(folder)).filter((name) => name.startsWith('.writing-'));
    assert.deepEqual(names, [written]);
  }
});

/** Every file handle of the process writes up to `limit` bytes in all, then finds the disk full. */
async function fillDiskAfter(limit: number): Promise<void> {
  const handle = await open(join(dataDir, 'studio.lock'), 'r');
  const prototype = Object.getPrototypeOf(handle) as { writeFile: (data: Uint8Array) => Promise<void> };
  await handle.close();
  const original = prototype.writeFile;
  let left = limit;
  mock.method(prototype, 'writeFile', async function (this: object, data: Uint8Array) {
    left -= data.length;
    if (left < 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    await original.call(this, data);
  });
}

test('a disk that fills up half-way leaves no trace and loses nothing', async () => {
  const kept = await storage.assets.put(bytes('kept'), about);
  const source = join(dataDir, 'large.bin');
  await writeFile(source, Buffer.alloc(1_000_000, 1));
  await fillDiskAfter(300_000);
  await assert.rejects(storage.assets.put(source, about), codeOf('storage.disk-full'));
  assert.equal(await files(), 1);
  await storage.assets.resolve(kept, { verify: true });
  mock.restoreAll();
  await storage.assets.resolve(await storage.assets.put(source, about), { verify: true });
});

test('a source that is not there, or is a folder, is told by its own path', async () => {
  for (const path of [join(dataDir, 'nowhere.png'), dataDir]) {
    await assert.rejects(
      storage.assets.put(path, about),
      (error) => codeOf('storage.asset-source-unreadable')(error) && String(error).includes(path),
    );
  }
});

test('adding a file can be called off', async () => {
  const reason = new Error('enough');
  await assert.rejects(storage.assets.put(bytes('x'), { ...about, signal: AbortSignal.abort(reason) }), reason);
  assert.equal(await files(), 0);
});
