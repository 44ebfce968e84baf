import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { machineReportSchema } from '../../app/contract/system.ts';
import { createStudio } from '../compose.ts';
import { checkMachine } from './machine.ts';

test('the machine check tries every part, words it in both languages, and says what to do about what is wrong', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'machine-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await using studio = createStudio({ dataDir: folder });
  const signal = new AbortController().signal;
  const healthy = await checkMachine(studio, { outDir: folder, signal });
  const { ready, checks } = machineReportSchema.parse(healthy);
  assert.equal(ready, true);
  const ids = checks.map(({ id }) => id);
  const expected =
    'machine ffmpeg video-encoder gpu voices face-finder pictures letters data-folder database disk-data';
  for (const id of expected.split(' ')) assert.ok(ids.includes(id), id);
  assert.deepEqual(healthy.notices, []);
  for (const { id, level, summary, fix } of checks) {
    assert.match(summary['zh-CN'], /\p{Script=Han}|^ffmpeg/u, id);
    assert.equal(fix === null, level === 'ok', id);
  }

  // A file stands where the folder should be: missing, in words, with a way out; the rest is told all the same.
  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  await using lame = createStudio({ dataDir: join(blocked, 'data') });
  const broken = await checkMachine(lame, { outDir: folder, signal });
  assert.equal(broken.ready, false);
  const lacking = broken.checks.filter(({ level }) => level === 'missing');
  assert.deepEqual(lacking.map(({ id }) => id).sort(), ['data-folder', 'database']);
  for (const { fix } of lacking) assert.match(fix?.['zh-CN'] ?? '', /\p{Script=Han}/u);
  assert.equal(broken.checks.length, checks.length);

  await assert.rejects(checkMachine(studio, { outDir: folder, signal: AbortSignal.abort(new Error('stop')) }), /stop/);
});
