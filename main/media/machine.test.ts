import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectMachine } from './machine.ts';
import { temporaryFolder } from './testing/frames.ts';

test('the facts name the ffmpeg in use, the encoder, and the room on disks that are still to be made', async (t) => {
  const folder = await temporaryFolder(t);
  const facts = await inspectMachine({
    dataDir: join(folder, 'not/yet'),
    outDir: folder,
    cacheDir: folder,
    ffmpegPath: join(folder, 'wrong'),
  });
  assert.ok(facts.ffmpeg.found);
  assert.equal(facts.ffmpeg.ffmpeg.rejected[0]?.reason, 'not there');
  assert.ok(facts.videoEncoder?.name);
  assert.ok(facts.cpu.cores > 0 && facts.memory.totalMb > 100);
  for (const { purpose, freeMb } of facts.disks) assert.ok(freeMb !== undefined && freeMb > 0, purpose);
});
