import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StudioError } from '../../app/errors/index.ts';
import { startEngineProcess } from './supervisor.ts';

let folder: string;
const usual = process.env.TMPDIR;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-supervisor-'));
});
after(async () => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  await rm(folder, { recursive: true, force: true });
});

const skip = process.platform === 'win32' && 'pipes have no place in a folder there';
test('the engine is reached where the place for scratch files is missing, or too deep for a socket', {
  skip,
}, async () => {
  const deep = join(folder, 'd'.repeat(100));
  await mkdir(deep);
  for (const place of [join(folder, 'missing'), deep]) {
    process.env.TMPDIR = place;
    const crashes: StudioError[] = [];
    const engine = startEngineProcess({ dataDir: join(folder, 'data'), onCrash: (error) => crashes.push(error) });
    const { path } = await engine.address(AbortSignal.timeout(60_000));
    assert.ok(Buffer.byteLength(path) < 104, path);
    await engine.end();
    assert.deepEqual(crashes, []);
  }
});
