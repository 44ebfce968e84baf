import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./run.ts', import.meta.url));

interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}
const bench = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
};

test('without a name the benches are listed; an unknown one and an unknown option are wrong usage', () => {
  const listed = bench([]);
  assert.equal(listed.status, 0);
  for (const name of ['export', 'render', 'import', 'memory', 'lips', 'studio', 'live', 'soak', 'recovery'])
    assert.match(listed.stdout, new RegExp(`^  ${name} `, 'm'));
  for (const args of [
    ['nothing'],
    ['render', '--colour', 'red'],
    ['lips', '--video', 'x.mp4'],
    ['render', '--frames', '-1'],
  ]) {
    const { status, stdout, stderr } = bench(args);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.notEqual(stderr, '');
  }
});

test('what cannot be measured is one JSON object, and nothing stays behind', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shenghua-bench-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const picture = join(folder, 'not-a-picture.jpg');
  writeFileSync(picture, 'words');
  const { status, stdout } = bench(['render', '--portrait', picture, '--json'], { TMPDIR: folder });
  assert.equal(status, 1);
  const result = JSON.parse(stdout) as { bench: string; error: { message: string } };
  assert.equal(result.bench, 'render');
  assert.match(result.error.message, /portrait\./);
  assert.deepEqual(readdirSync(folder), ['not-a-picture.jpg']);
});
