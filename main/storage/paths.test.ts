import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openTempDir, studioPaths } from './paths.ts';

test('an option goes before the environment, which goes before the per-user folder', () => {
  const env = { SHENGHUA_DATA: 'from-env' };
  assert.equal(studioPaths({ dataDir: 'chosen', env }).dataDir, resolve('chosen'));
  assert.equal(studioPaths({ env }).dataDir, resolve('from-env'));
  assert.equal(studioPaths({ env }).cacheDir, resolve('from-env', 'cache'));
  const own = studioPaths({ env: {} });
  assert.match(own.dataDir, /shenghua-studio/);
  assert.notEqual(own.dataDir, own.cacheDir);
});

test('a scratch folder goes with its run; what killed runs left goes with the next', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shenghua-temp-'));
  try {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
    const [abandoned, fresh, own] = [`run-${pid}-old`, `run-${pid}-new`, `run-${process.pid}-mine`];
    for (const name of [abandoned, fresh, own, 'not-ours']) await mkdir(join(root, name));
    for (const name of [abandoned, own, 'not-ours']) await utimes(join(root, name), longAgo, longAgo);

    const scratch = await openTempDir(root);
    await writeFile(join(scratch.path, 'speech.pcm'), 'x');
    const names = await readdir(root);
    assert.ok(!names.includes(abandoned));
    for (const name of [fresh, own, 'not-ours']) assert.ok(names.includes(name), name);
    await scratch.dispose();
    await scratch.dispose();
    await assert.rejects(stat(scratch.path));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
