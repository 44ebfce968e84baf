import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { liveArgs } from './live-args.ts';
import { locateFfmpeg } from './locate.ts';

const [WIDTH, HEIGHT, FPS] = [640, 360, 25];
const VIDEO_TAG = 9;

/** Tags of pictures in FLV: no sequence headers. */
function countPictures(flv: Buffer): number {
  let pictures = 0;
  for (let at = 13; at + 16 <= flv.length; at += 15 + flv.readUIntBE(at + 1, 3))
    if (flv[at] === VIDEO_TAG && flv[at + 12] === 1) pictures++;
  return pictures;
}

test('the encoder holds back no more than the frame that is in work, however many cores there are', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'live-args-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { path } = await locateFfmpeg({ cacheDir: folder });
  const args = liveArgs({
    ...{ encoder: 'libx264', shape: { widthPx: WIDTH, heightPx: HEIGHT, fps: FPS }, widthPx: WIDTH, heightPx: HEIGHT },
    output: { videoKbps: 1000, audioKbps: 96, keyframeSeconds: 2, preset: 'veryfast' },
  });
  // As it would be on a machine with more cores than this one may have.
  args.splice(args.indexOf('-c:a'), 0, '-threads:v', '12');
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const pieces: Buffer[] = [];
  child.stdout!.on('data', (piece: Buffer) => pieces.push(piece));
  (child.stdio[4] as Readable).resume();
  const frames = 40;
  for (let i = 0; i < frames; i++) {
    child.stdin!.write(Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 40 + i));
    (child.stdio[3] as Writable).write(Buffer.alloc((48_000 / FPS) * 4));
  }
  // Nothing more is fed: what does not come now would only come with later frames.
  const least = frames - 2;
  for (let i = 0; i < 600 && countPictures(Buffer.concat(pieces)) < least; i++) await delay(25);
  assert.ok(countPictures(Buffer.concat(pieces)) >= least, `${countPictures(Buffer.concat(pieces))} of ${frames}`);
});
