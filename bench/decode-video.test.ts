import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateFfmpeg } from '../main/media/ffmpeg/locate.ts';
import type { PictureView } from '../native-models/face-mesh/square-crop.ts';
import { videoFrames, videoShape, videoSound } from './decode-video.ts';

test('a video’s shape, every frame, a part of it, and its sound come back as they were put in', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-decode-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { path } = await locateFfmpeg({ cacheDir: folder });
  const video = join(folder, 'video.mkv');
  // Red on the left, blue on the right; half a second of a tone.
  const made = spawnSync(path, [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'color=red:s=64x48:r=30:d=0.5',
      '-f',
      'lavfi',
      '-i',
      'color=blue:s=64x48:r=30:d=0.5',
    ],
    ...[
      '-f',
      'lavfi',
      '-i',
      'sine=440:r=48000:d=0.5',
      '-filter_complex',
      '[0:v][1:v]hstack[v]',
      '-map',
      '[v]',
      '-map',
      '2:a',
    ],
    ...['-c:v', 'ffv1', '-c:a', 'pcm_s16le', video],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  const { signal } = new AbortController();
  const shape = await videoShape(path, video, signal);
  assert.deepEqual(shape, { width: 128, height: 48, fps: 30 });

  const colourAt = (rgba: Uint8Array, pixel: number): string =>
    rgba[pixel * 4]! > 200 ? 'red' : rgba[pixel * 4 + 2]! > 200 ? 'blue' : 'other';
  const whole: PictureView[] = [];
  for await (const picture of videoFrames(path, video, shape, null, signal)) whole.push(picture);
  assert.equal(whole.length, 15);
  assert.deepEqual([colourAt(whole[14]!.rgba, 0), colourAt(whole[14]!.rgba, 127)], ['red', 'blue']);
  const part = { x: 72, y: 4, width: 40, height: 40 };
  for await (const { width, height, rgba } of videoFrames(path, video, shape, { part, sidePx: 20 }, signal)) {
    assert.deepEqual([width, height, colourAt(rgba, 0), colourAt(rgba, 399)], [20, 20, 'blue', 'blue']);
  }

  const sound = await videoSound(path, video, 16_000, signal);
  assert.ok(Math.abs(sound.length - 8000) < 50, `${sound.length}`);
  assert.ok(Math.max(...sound) > 0.1);
  await assert.rejects(videoShape(path, join(folder, 'none.mkv'), signal), /could not read/);
});
