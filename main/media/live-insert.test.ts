import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import ffmpegInstaller from '@ffmpeg-installer/ffmpeg';
import sharp from 'sharp';
import { StudioError } from '../../app/errors/index.ts';
import { type InsertPlace, type LiveInsert, openInsert } from './live-insert.ts';

const ffmpeg = ffmpegInstaller.path;
const folder = mkdtempSync(join(tmpdir(), 'insert-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();
const STAGE: InsertPlace = { widthPx: 320, heightPx: 180, fps: 25, window: null };

/** A second of video whose frame k is grey 16 + 8k, with a tone. */
function video(name: string, { width = 64, height = 48, frames = 25, extra = [] as string[] } = {}): string {
  const raw = join(folder, 'raw.yuv');
  const luma = width * height;
  const bytes = Buffer.alloc(luma * 1.5 * frames, 128);
  for (let k = 0; k < frames; k++) bytes.fill(16 + 8 * k, k * luma * 1.5, k * luma * 1.5 + luma);
  writeFileSync(raw, bytes);
  const path = join(folder, name);
  execFileSync(ffmpeg, [
    ...[
      '-v',
      'error',
      '-y',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p',
      '-s',
      `${width}x${height}`,
      '-r',
      '25',
      '-i',
      raw,
    ],
    ...['-f', 'lavfi', '-i', `sine=440:duration=${frames / 25}:sample_rate=44100`],
    ...['-c:v', 'libx264', '-qp', '4', '-c:a', 'aac', ...extra, path],
  ]);
  return path;
}
const whole = video('-clip 声.mp4');
/** Luma in the middle of a frame, and at its left edge. */
const lumaOf = (insert: LiveInsert, frame: Uint8Array | null): { middle: number; edge: number } => {
  assert.ok(frame);
  const { width, height } = insert.rect;
  assert.equal(frame.length, (width * height * 3) / 2);
  return { middle: frame[(height >> 1) * width + (width >> 1)]!, edge: frame[(height >> 1) * width]! };
};
const children = (): number[] => {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
      return rest.split(' ')[1] === String(process.pid);
    } catch {
      return false;
    }
  });
};

test('a video plays frame by frame in step with the stream, fitted between black bars, and stays on its last picture', async () => {
  const insert = await openInsert(ffmpeg, whole, STAGE, signal);
  assert.equal(insert.kind, 'video');
  assert.ok(Math.abs(insert.durationMs! - 1000) <= 60, `${insert.durationMs} ms`);
  assert.deepEqual(insert.rect, { x: 0, y: 0, width: 320, height: 180 });
  for (const n of [0, 1, 2, 7, 12, 24]) {
    const { middle, edge } = lumaOf(insert, await insert.frame(n));
    assert.ok(Math.abs(middle - (16 + 8 * n)) <= 3, `frame ${n}: ${middle}`);
    assert.ok(edge <= 20, `a bar on the left: ${edge}`);
  }
  assert.ok(Math.abs(lumaOf(insert, await insert.frame(60)).middle - 208) <= 3);
  await insert.dispose();
  await insert.dispose();
});

test('nobody waits: what is there is shown, and the decoder runs no further ahead than it may', async () => {
  const long = video('long.mp4', { frames: 400, width: 32, height: 32 });
  const insert = await openInsert(ffmpeg, long, STAGE, signal);
  const first = insert.at(0);
  assert.ok(first === null || first.length > 0);
  await insert.frame(0);
  await new Promise((resolve) => setTimeout(resolve, 400));
  // Frame 300 cannot have been decoded yet: the newest that may have been is shown.
  const shown = lumaOf(insert, insert.at(300)).middle;
  assert.ok(shown <= 16 + 8 * 40, `${shown}`);
  assert.ok(await insert.frame(300), 'it goes on as soon as there is room');
  await insert.dispose();
});

test('a window keeps the picture’s shape and lies on the stage at even places; a turned video is upright', async () => {
  const window = { x: 0.9, y: 0.1, width: 0.333 };
  const insert = await openInsert(ffmpeg, whole, { ...STAGE, window }, signal);
  assert.deepEqual(insert.rect, { x: 320 - 106, y: 18, width: 106, height: 80 });
  assert.ok(lumaOf(insert, await insert.frame(10)).edge > 80, 'no bars');
  await insert.dispose();
  const turned = join(folder, 'turned.mp4');
  execFileSync(ffmpeg, ['-v', 'error', '-i', `file:${whole}`, '-c', 'copy', '-metadata:s:v:0', 'rotate=90', turned]);
  const upright = await openInsert(ffmpeg, turned, { ...STAGE, window: { x: 0, y: 0, width: 0.3 } }, signal);
  assert.deepEqual(upright.rect, { x: 0, y: 0, width: 96, height: 128 });
  await upright.dispose();
});

test('the sound comes as stereo at 48 kHz, of the video’s own length', async () => {
  const insert = await openInsert(ffmpeg, whole, STAGE, signal);
  assert.ok(insert.hasSound);
  let samples = 0;
  let crossings = 0;
  let last = 0;
  for await (const piece of insert.sound()) {
    assert.equal(piece.length % 2, 0);
    for (let i = 0; i < piece.length; i += 2) {
      assert.equal(piece[i], piece[i + 1]);
      if (last < 0 && piece[i]! >= 0) crossings++;
      last = piece[i]!;
    }
    samples += piece.length / 2;
  }
  assert.ok(Math.abs(samples - 48_000) < 3000, `${samples} samples`);
  assert.ok(Math.abs(crossings - 440) < 15, `${crossings} Hz`);
  await insert.dispose();
});

test('a picture stands upright and is fitted; what is clear in it is black', async () => {
  const path = join(folder, 'tall.jpg');
  // Turned by its EXIF: 40 × 20 as stored, 20 × 40 as seen, white above.
  const pixels = Buffer.alloc(40 * 20 * 3);
  for (let y = 0; y < 20; y++) for (let x = 0; x < 20; x++) pixels.fill(255, (y * 40 + x) * 3, (y * 40 + x) * 3 + 3);
  await sharp(pixels, { raw: { width: 40, height: 20, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100 })
    .toFile(path);
  const insert = await openInsert(ffmpeg, path, STAGE, signal);
  assert.deepEqual([insert.kind, insert.durationMs, insert.hasSound], ['picture', null, false]);
  const frame = insert.at(0)!;
  const luma = (x: number, y: number) => frame[y * 320 + x]!;
  assert.ok(luma(160, 30) > 225 && luma(160, 150) < 25 && luma(20, 90) <= 17);
  const window = await openInsert(ffmpeg, path, { ...STAGE, window: { x: 0, y: 0, width: 0.25 } }, signal);
  assert.deepEqual(window.rect, { x: 0, y: 0, width: 80, height: 160 });
  const clear = join(folder, 'clear.png');
  writeFileSync(
    clear,
    await sharp({ create: { width: 8, height: 8, channels: 4, background: '#ffffff00' } })
      .png()
      .toBuffer(),
  );
  const black = await openInsert(ffmpeg, clear, STAGE, signal);
  assert.equal(lumaOf(black, black.at(5)).middle, 16);
});

test('what is no picture and no video is refused by name', async () => {
  const put = (name: string, bytes: Buffer | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const sound = join(folder, 'sound.wav');
  execFileSync(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=440:duration=1', sound]);
  for (const path of [
    put('words.mp4', 'no video at all\n'.repeat(99)),
    put('empty.mp4', ''),
    put(
      'cut.png',
      readFileSync(
        put(
          'x.png',
          await sharp({ create: { width: 90, height: 90, channels: 3, background: 'red' } })
            .png()
            .toBuffer(),
        ),
      ).subarray(0, 60),
    ),
    put('list.mp4', `ffconcat version 1.0\nfile '${whole}'\n`),
    sound,
    join(folder, 'nowhere.mp4'),
    folder,
  ]) {
    await assert.rejects(openInsert(ffmpeg, path, STAGE, signal), (error) => {
      assert.ok(error instanceof StudioError, String(error));
      assert.equal(error.code, 'media.insert-unreadable', path);
      assert.ok(String(error.params.detail).length > 0 && !String(error.params.detail).includes('file:'));
      return true;
    });
  }
  await assert.rejects(openInsert('/nowhere/ffmpeg', whole, STAGE, signal), { code: 'media.encoder-not-started' });
});

test('a video that breaks off is told of and stays on its last picture; an end that was asked for is no fault', async () => {
  const troubles: string[] = [];
  const onTrouble = ({ code }: StudioError) => troubles.push(code);
  const ended = await openInsert(ffmpeg, whole, STAGE, signal, { onTrouble });
  await ended.frame(3);
  await ended.dispose();
  const over = await openInsert(ffmpeg, whole, STAGE, signal, { onTrouble });
  await over.frame(99);
  await over.dispose();
  assert.deepEqual(troubles, []);
  const broken = await openInsert(ffmpeg, video('broken.mp4', { frames: 400 }), STAGE, signal, { onTrouble });
  await broken.frame(3);
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  assert.ok(await broken.frame(399));
  assert.deepEqual(troubles, ['media.insert-broke-off']);
  await broken.dispose();
});

test('an abort while it is opened comes back as its reason; afterwards it ends the decoder; nothing is left running', async () => {
  const early = new AbortController();
  const reason = new Error('enough');
  const opening = openInsert(ffmpeg, whole, STAGE, early.signal);
  early.abort(reason);
  await assert.rejects(opening, (error) => error === reason);
  const late = new AbortController();
  const insert = await openInsert(ffmpeg, video('endless.mp4', { frames: 500 }), STAGE, late.signal);
  const sound = insert.sound()[Symbol.asyncIterator]();
  await sound.next();
  late.abort(reason);
  await insert.dispose();
  assert.deepEqual(children(), []);
});
