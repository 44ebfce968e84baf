import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSecretFile } from './secret-file.ts';

const SECRET = 'live_123456_secret-stream-key';

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-secrets-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

test('what is kept is there for the next process, and stands readable in no file', async (t) => {
  const folder = await folderOf(t);
  const store = createSecretFile(folder);
  assert.equal(await store.get('stream-key:a'), null);
  await Promise.all([store.set('stream-key:b', 'other'), store.set('stream-key:a', SECRET)]);
  assert.equal(await store.get('stream-key:a'), SECRET);
  const next = createSecretFile(folder);
  assert.equal(await next.get('stream-key:a'), SECRET);
  assert.deepEqual(await next.names(), ['stream-key:a', 'stream-key:b']);
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    assert.ok(!bytes.includes(SECRET) && !bytes.includes(Buffer.from(SECRET).toString('base64')), name);
  }
  if (process.platform !== 'win32') assert.equal((await stat(join(folder, 'secrets.key'))).mode & 0o777, 0o600);
  await next.delete('stream-key:a');
  await next.delete('stream-key:a');
  assert.equal(await store.get('stream-key:a'), null);
  assert.equal(await store.get('stream-key:b'), 'other');
});

test('what was changed, moved under another name, or is of another key, is not there; a new one can be kept', async (t) => {
  const folder = await folderOf(t);
  const path = join(folder, 'secrets.json');
  await createSecretFile(folder).set('a', SECRET);
  const kept = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  const bytes = Buffer.from(kept.a!, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(path, JSON.stringify({ a: bytes.toString('base64'), b: kept.a }));
  assert.equal(await createSecretFile(folder).get('a'), null);
  assert.equal(await createSecretFile(folder).get('b'), null);
  await writeFile(path, JSON.stringify(kept));
  assert.equal(await createSecretFile(folder).get('a'), SECRET);
  await rm(join(folder, 'secrets.key'));
  assert.equal(await createSecretFile(folder).get('a'), null);
  await createSecretFile(folder).set('a', 'new');
  assert.equal(await createSecretFile(folder).get('a'), 'new');
  await writeFile(path, 'not json');
  assert.deepEqual(await createSecretFile(folder).names(), []);
});
