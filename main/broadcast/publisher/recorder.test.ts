import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { FlvReader, type FlvTag } from '../flv/tags.ts';
import { decode, ffmpegPath, isFrame, openPlatform, scratch, until } from '../testing/stage.ts';
import { Destination } from './destination.ts';
import { LiveStream } from './live-stream.ts';
import { Recorder, type RecorderDisk } from './recorder.ts';

const nowMs = (): number => performance.now();

/** Twelve seconds of picture and tone, a keyframe a second. */
async function film(): Promise<FlvTag[]> {
  const child = spawn(
    await ffmpegPath(),
    // biome-ignore format: an argument list
    ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=12', '-f', 'lavfi',
      '-i', 'sine=frequency=440:sample_rate=48000:duration=12', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p',
      '-g', '25', '-b:v', '300k', '-c:a', 'aac', '-f', 'flv', 'pipe:1'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const tags: FlvTag[] = [];
  const reader = new FlvReader((tag) => tags.push(tag));
  child.stdout.on('data', (piece: Buffer) => reader.push(piece));
  await once(child, 'close');
  return tags;
}
let made: Promise<FlvTag[]> | null = null;

async function setUp(
  t: TestContext,
  options: { splitMs?: number; splitBytes?: number; disk?: RecorderDisk; folder?: string } = {},
) {
  made ??= film();
  const tags = await made;
  const folder = options.folder ?? join(await scratch(t), 'recordings');
  const stream = new LiveStream(nowMs);
  const setup = {
    folder,
    name: 'show',
    ffmpegPath: await ffmpegPath(),
    splitMs: options.splitMs ?? 3_600_000,
    splitBytes: options.splitBytes ?? 2e9,
  };
  const start = (): Recorder => {
    const disk = options.disk === undefined ? {} : { disk: options.disk };
    const recorder = new Recorder({
      setup,
      stream,
      nowMs,
      wallMs: Date.now,
      onChange: () => {},
      retryMs: 100,
      ...disk,
    });
    t.after(() => recorder.close());
    return recorder;
  };
  /** The tags whose time is in [from, to), with breath for what is written. */
  const play = async (fromMs = 0, toMs = 60_000): Promise<void> => {
    for (const [index, tag] of tags.entries()) {
      const isHeader = tag.timestampMs === 0 && index < 4;
      if (isHeader ? fromMs === 0 : tag.timestampMs >= fromMs && tag.timestampMs < toMs) stream.onTag(tag);
      if (index % 50 === 0) await delay(1);
    }
  };
  const list = async (): Promise<string[]> => (await readdir(folder)).sort();
  return { tags, folder, stream, start, play, list };
}

test('a recording is split at keyframes by time or size, and every part is an MP4 that plays; together they hold every frame', async (t) => {
  for (const options of [{ splitMs: 4_000 }, { splitBytes: 150_000 }]) {
    const { tags, folder, start, play, list } = await setUp(t, options);
    const recorder = start();
    await delay(50);
    await play();
    assert.equal(recorder.status().state, 'recording');
    await recorder.close();
    const names = await list();
    assert.ok(
      names.length >= 3 && names.every((name) => /^show \d{4}-\d\d-\d\d \d\d-\d\d-\d\d-\d{3}\.mp4$/.test(name)),
      String(names),
    );
    let frames = 0;
    for (const name of names) {
      const seen = await decode(join(folder, name));
      assert.equal(seen.complaints, '');
      frames += seen.frames;
    }
    assert.equal(frames, tags.filter(isFrame).length);
    assert.deepEqual(
      recorder
        .status()
        .finished.map((path) => basename(path))
        .sort(),
      names,
    );
  }
});

test('what a publisher left behind that was killed becomes an MP4 at the next start, up to where it was cut off', async (t) => {
  const { tags, folder, start, list, play } = await setUp(t);
  const first = start();
  await delay(50);
  await play();
  const { file } = first.status();
  await delay(200);
  const written = await readFile(file as string);
  await first.close();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const left = join(folder, `show before-001.${dead.pid}.recording.flv`);
  await writeFile(left, written.subarray(0, Math.floor(written.length * 0.6)));
  // Of a publisher that is alive: not to be touched.
  const others = join(folder, `other before-001.${process.ppid}.recording.flv`);
  await writeFile(others, written);
  const next = start();
  await until('made', () => next.status().finished.length === 1);
  await next.close();
  const names = await list();
  assert.ok(
    names.includes('show before-001.mp4') && names.includes(basename(others)) && !names.includes(basename(left)),
    String(names),
  );
  const { frames } = await decode(join(folder, 'show before-001.mp4'));
  assert.ok(frames > tags.filter(isFrame).length * 0.4, `${frames}`);
});

test('a disk that fills up pauses the recording and nothing else; it goes on when there is room, and what was written is kept', async (t) => {
  let room = 120_000;
  let looked = 0;
  const { open } = await import('node:fs/promises');
  const disk: RecorderDisk = {
    async open(path) {
      const file = await open(path, 'wx');
      return {
        write: (async (bytes: Buffer, at: number, length: number) => {
          if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          const taken = Math.min(length, room);
          room -= taken;
          return file.write(bytes, at, taken);
        }) as typeof file.write,
        datasync: () => file.datasync(),
        close: () => file.close(),
      };
    },
    async freeBytes() {
      looked++;
      return room;
    },
  };
  const { tags, folder, stream, start, play, list } = await setUp(t, { disk });
  const platform = await openPlatform(t);
  const destination = new Destination({
    id: 'a',
    url: platform.url,
    key: 'k',
    stream,
    nowMs,
    wallMs: Date.now,
    random: () => 0,
    onChange: () => {},
  });
  t.after(() => destination.close());
  const recorder = start();
  await delay(50);
  await play(0, 1_000);
  await until('live', () => destination.status().state === 'live');
  await play(1_000, 8_000);
  await until('paused', () => recorder.status().state === 'paused');
  assert.equal(recorder.status().lastError?.code, 'broadcast.recording-disk-full');
  await until('looked for room', () => looked >= 2);
  assert.equal(recorder.status().state, 'paused');
  room = 1e9;
  await until('ready again', () => recorder.status().state === 'idle');
  await play(8_000, 60_000);
  assert.equal(recorder.status().state, 'recording');
  await until('all sent', () => destination.status().sentFrames === tags.filter(isFrame).length);
  assert.equal(destination.status().droppedFrames, 0);
  assert.equal(destination.status().reconnects, 0);
  await recorder.close();
  const names = await list();
  assert.equal(names.length, 2, String(names));
  assert.ok((await decode(join(folder, names[0]))).frames > 10);
  assert.equal(
    (await decode(join(folder, names[1]))).frames,
    tags.filter((tag) => isFrame(tag) && tag.timestampMs >= 8_000).length,
  );
});

test('on a real disk that is full the recording says so, and leaves the stream alone', async (t) => {
  const folder = await scratch(t);
  const small = join(folder, 'small');
  await mkdir(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    // Only root may mount; a folder that is no folder is as unwritable as a full disk.
    await writeFile(join(small, 'file'), '');
    const { start } = await setUp(t, { folder: join(small, 'file') });
    const recorder = start();
    await until('paused', () => recorder.status().state === 'paused');
    assert.equal(recorder.status().lastError?.code, 'broadcast.recording-not-writable');
    return;
  }
  try {
    const { start, play } = await setUp(t, { folder: small });
    const recorder = start();
    await delay(50);
    await play();
    await until('paused', () => recorder.status().state === 'paused');
    assert.equal(recorder.status().lastError?.code, 'broadcast.recording-disk-full');
    await recorder.close();
    // What fitted is there, playable, for when there is room.
    const [left] = await readdir(small);
    assert.ok(/\.recording\.flv$/.test(left), left);
    assert.ok((await decode(join(small, left))).frames > 10);
  } finally {
    execFileSync('umount', ['-l', small]);
  }
});
