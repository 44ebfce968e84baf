/** Offline means that no socket is opened: proved in a process whose every way to the network is a trap. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const child = new URL('./offline-child.fixture.ts', import.meta.url).pathname;

async function run(mode: string): Promise<{ tried: string[]; outcomes: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'offline-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [child, folder, mode]);
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('offline, with a key and every service set up, nothing leaves this machine, lines are spoken, and the rest says why not', async () => {
  const { tried, outcomes } = await run('offline');
  assert.deepEqual(tried, []);
  for (const voice of ['automatic voice', 'cloud voice', 'cloned voice']) assert.equal(outcomes[voice], 'ok 8');
  assert.equal(outcomes.voices, 'ok false');
  assert.equal(outcomes.embeddings, 'ok null');
  assert.equal(outcomes.chat, 'cloud.offline');
  assert.equal(outcomes.answers, 'cloud.offline', 'and no Redis either');
  assert.equal(outcomes.dictation, 'cloud.offline');
  const tests = Object.entries(outcomes).filter(([name]) => name.startsWith('test '));
  assert.ok(tests.length >= 6);
  assert.deepEqual(new Set(tests.map(([, outcome]) => outcome)), new Set(['cloud.offline']));
});

test('the traps do bite: with the cloud allowed the same process tries the network, and speaks all the same', async () => {
  const { tried, outcomes } = await run('cloud-first');
  assert.ok(tried.length > 0);
  for (const voice of ['automatic voice', 'cloud voice', 'cloned voice']) assert.equal(outcomes[voice], 'ok 8');
});
