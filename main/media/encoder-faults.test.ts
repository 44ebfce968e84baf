import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { outputSchema } from '../../app/document/output.ts';
import type { StudioError } from '../../app/errors/index.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import { type OpenEncoderOptions, openEncoder } from './encoder-sink.ts';
import type { Ffmpeg } from './ffmpeg/locate.ts';
import { assertOutputNotInput } from './part-file.ts';
import { ffmpegsToTest, noisyFrame, sine, soundFile, temporaryFolder } from './testing/frames.ts';

const W = 320;
const H = 240;
const isLinux = process.platform === 'linux';
const software = outputSchema.parse({ encoder: 'software', crf: 10 });
let ffmpegs: Ffmpeg[] = [];
before(async () => {
  ffmpegs = await ffmpegsToTest();
});

const openIn = (folder: string, more: Partial<OpenEncoderOptions> = {}): Promise<EncoderSink> =>
  openEncoder({
    ...{ ffmpeg: ffmpegs[0], format: 'mp4', widthPx: W, heightPx: H, fps: 25, alpha: false, output: software },
    outPath: join(folder, 'a.mp4'),
    metadata: { produceId: 'id', software: 'Studio' },
    cacheDir: join(folder, 'cache'),
    ...more,
  });

async function writeNoise(sink: EncoderSink, frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) await sink.writeFrame(noisyFrame(W, H, i));
}

/** Our ffmpegs: the processes whose arguments name the folder. */
async function ffmpegPids(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const state = /^State:\s+(\S)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1];
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (command.includes(folder) && state !== 'Z' && program.includes('ffmpeg')) found.push(Number(pid));
  }
  return found;
}

async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail(`not reached: ${what}`);
}

const shell = (command: string): Buffer => execFileSync('/bin/sh', ['-c', command], { stdio: 'pipe' });

/** A disk of so many bytes, or undefined (with the reason told) where none may be mounted. */
async function tinyDisk(t: TestContext, bytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-disk-'));
  try {
    shell(`mount -t tmpfs -o size=${bytes} tmpfs '${folder}'`);
  } catch (error) {
    console.error(`THE FULL DISK IS NOT TESTED HERE: no tmpfs may be mounted (${String(error).split('\n')[0]})`);
    t.skip('needs root on Linux to mount a tiny tmpfs');
    await rm(folder, { recursive: true });
    return undefined;
  }
  t.after(async () => {
    shell(`umount -l '${folder}'`);
    await rm(folder, { recursive: true });
  });
  return folder;
}

describe('a full disk', () => {
  for (const format of ['mp4', 'webm', 'gif', 'wav'] as const) {
    test(`is told with path and sizes, and nothing is left (${format})`, async (t) => {
      const disk = await tinyDisk(t, 400_000);
      if (!disk) return;
      const soundPath = await soundFile(t, sine(48_000 * 5));
      for (const ffmpeg of ffmpegs) {
        const outPath = join(disk, `a.${format}`);
        await writeFile(outPath, 'old');
        const work = async (): Promise<void> => {
          const sink = await openIn(disk, { ffmpeg, format, outPath, soundPath, expectedDurationMs: 60_000 });
          await writeNoise(sink, 120);
          await sink.finish();
        };
        await assert.rejects(work(), (error: StudioError) => {
          assert.equal(error.code, 'media.disk-full', `${ffmpeg.version}: ${error.stack}`);
          assert.equal(error.params.path, outPath);
          assert.ok(Number(error.params.neededMb) > Number(error.params.freeMb), JSON.stringify(error.params));
          assert.ok(Number(error.params.freeMb) > 0.3, 'free is what is free once the rest is removed');
          return true;
        });
        assert.deepEqual(await readdir(disk), [`a.${format}`]);
        assert.equal(await readFile(outPath, 'utf8'), 'old');
      }
    });
  }

  test('met only when the last frames come out is told too', async (t) => {
    const disk = await tinyDisk(t, 700_000);
    if (!disk) return;
    const output = outputSchema.parse({ encoder: 'software', crf: 18 });
    const sink = await openIn(disk, { output });
    await writeNoise(sink, 10);
    await writeFile(join(disk, 'filler'), new Uint8Array(600_000));
    await assert.rejects(sink.finish(), { code: 'media.disk-full' });
    assert.deepEqual(await readdir(disk), ['filler']);
  });
});

describe('an encoder that goes wrong', { skip: !isLinux && 'looks into /proc' }, () => {
  test('killed half-way: a retryable error for the pending and the later calls, nothing left', async (t) => {
    const folder = await temporaryFolder(t);
    const sink = await openIn(folder, { soundPath: await soundFile(t, sine(48_000)) });
    await writeNoise(sink, 20);
    for (const pid of await ffmpegPids(folder)) process.kill(pid, 'SIGKILL');
    const killed = { code: 'media.encoder-killed', retryable: true, params: { signal: 'SIGKILL' } };
    await assert.rejects(writeNoise(sink, 200), killed);
    await assert.rejects(sink.writeFrame(noisyFrame(W, H, 0)), killed);
    await assert.rejects(sink.finish(), killed);
    await sink.abort();
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(await ffmpegPids(folder), []);
  });

  test('killed while nobody writes: cleaned up without being asked', async (t) => {
    const folder = await temporaryFolder(t);
    const sink = await openIn(folder);
    await writeNoise(sink, 2);
    for (const pid of await ffmpegPids(folder)) process.kill(pid, 'SIGKILL');
    await eventually('an empty folder', async () => (await readdir(folder)).length === 0);
    await assert.rejects(sink.finish(), { code: 'media.encoder-killed' });
  });

  test('that stops reading is given up after a while instead of waited for without end', async (t) => {
    const folder = await temporaryFolder(t);
    const sink = await openIn(folder, { stallMs: 500 });
    await writeNoise(sink, 1);
    for (const pid of await ffmpegPids(folder)) process.kill(pid, 'SIGSTOP');
    await assert.rejects(writeNoise(sink, 100), { code: 'media.encoder-stalled', retryable: true });
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(await ffmpegPids(folder), []);
  });

  test('a long pause of the writer is no stall', async (t) => {
    const folder = await temporaryFolder(t);
    const sink = await openIn(folder, { stallMs: 300, soundPath: await soundFile(t, sine(48_000)) });
    await writeNoise(sink, 3);
    await sleep(1200);
    await writeNoise(sink, 3);
    await sink.finish();
    assert.deepEqual(await readdir(folder), ['a.mp4']);
  });

  test('that cannot be started, or has no such encoder, says so', async (t) => {
    const folder = await temporaryFolder(t);
    const gone = { ...ffmpegs[0]!, path: join(folder, 'no-ffmpeg') };
    const sink = await openIn(folder, { ffmpeg: gone });
    await assert.rejects(writeNoise(sink, 1), { code: 'media.encoder-not-started' });
    const poor = { ...ffmpegs[0]!, encoders: new Set(['libx264', 'aac']) };
    await assert.rejects(openIn(folder, { ffmpeg: poor, format: 'webm' }), { code: 'media.encoder-missing' });
    assert.deepEqual(await readdir(folder), []);
  });
});

describe('stopping', { skip: !isLinux && 'looks into /proc' }, () => {
  for (const when of ['before a frame', 'with writes pending', 'while finishing'] as const) {
    test(`by the signal, ${when}: rejects with its reason; no process, no file`, async (t) => {
      const folder = await temporaryFolder(t);
      const controller = new AbortController();
      const reason = new Error('Ctrl-C');
      const soundPath = await soundFile(t, sine(4800));
      const sink = await openIn(folder, { signal: controller.signal, soundPath });
      await writeFile(join(folder, 'a.mp4'), 'old');
      const finishing = Promise.withResolvers<void>();
      const work = (async () => {
        if (when === 'before a frame') await once(controller.signal, 'abort');
        await writeNoise(sink, when === 'while finishing' ? 40 : 10_000);
        const finished = sink.finish();
        finishing.resolve();
        await finished;
      })();
      work.catch(() => {});
      if (when === 'with writes pending') await sleep(200);
      if (when === 'while finishing') await finishing.promise;
      controller.abort(reason);
      await assert.rejects(work, reason);
      await sink.abort();
      await sink.abort();
      await assert.rejects(sink.writeFrame(noisyFrame(W, H, 0)), reason);
      assert.deepEqual(await readdir(folder), ['a.mp4']);
      assert.equal(await readFile(join(folder, 'a.mp4'), 'utf8'), 'old');
      assert.deepEqual(await ffmpegPids(folder), []);
    });
  }

  test('an aborted signal opens nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const reason = new Error('too late');
    await assert.rejects(openIn(folder, { signal: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(await readdir(folder), []);
  });

  for (const end of ["process.kill(process.pid, 'SIGKILL')", 'process.exit(3)']) {
    test(`our own process gone (${end}): ffmpeg ends, and what is left is swept by the next`, async (t) => {
      const folder = await temporaryFolder(t);
      const script = `
        import { openEncoder } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'encoder-sink.ts')).href)};
        const ffmpeg = ${JSON.stringify({ ...ffmpegs[0]!, encoders: null })};
        const sink = await openEncoder({
          ffmpeg: { ...ffmpeg, encoders: new Set(['libx264', 'aac']) }, format: 'mp4', widthPx: ${W}, heightPx: ${H},
          fps: 25, alpha: false, output: ${JSON.stringify(software)}, outPath: ${JSON.stringify(join(folder, 'a.mp4'))},
          metadata: { produceId: 'id', software: 'Studio' }, cacheDir: ${JSON.stringify(folder)},
        });
        for (let i = 0; i < 20; i++) await sink.writeFrame(new Uint8Array(${W * H * 1.5}));
        ${end};`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      await once(child, 'exit');
      await eventually('no ffmpeg', async () => (await ffmpegPids(folder)).length === 0);
      if (end.includes('exit')) assert.deepEqual(await readdir(folder), []);
      else assert.notDeepEqual(await readdir(folder), [], 'something to sweep');
      const sink = await openIn(folder);
      await writeNoise(sink, 3);
      await sink.finish();
      assert.deepEqual(await readdir(folder), ['a.mp4']);
    });
  }
});

describe('the output path', () => {
  test('that is a folder, a device, under a file or not writable is refused before anything starts', async (t) => {
    const folder = await temporaryFolder(t);
    const open = (outPath: string) => openIn(folder, { outPath });
    await assert.rejects(open(folder), { code: 'media.output-is-folder' });
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(open(join(folder, 'file/x/a.mp4')), { code: 'media.output-not-writable' });
    await assert.rejects(open(join(folder, 'nul\0.mp4')), { code: 'media.output-not-writable' });
    await assert.rejects(open(join(folder, 'y'.repeat(300))), { code: 'media.output-not-writable' });
    if (process.platform !== 'win32') {
      await assert.rejects(open('/dev/null'), { code: 'media.output-not-a-file' });
    }
    if (isLinux) await assert.rejects(open('/proc/a.mp4'), { code: 'media.output-not-writable' });
    assert.deepEqual(await readdir(folder), ['file']);
  });

  test('in a folder without write permission is refused', async (t) => {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      // root may write anywhere: the read-only mount below stands for it
      const disk = await tinyDisk(t, 400_000);
      if (!disk) return;
      shell(`mount -o remount,ro '${disk}'`);
      await assert.rejects(openIn(disk), { code: 'media.output-not-writable' });
      return;
    }
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o555);
    await assert.rejects(openIn(folder), { code: 'media.output-not-writable' });
    await chmod(folder, 0o755);
  });

  test('equal to an input is found through links and other spellings', async (t) => {
    const folder = await temporaryFolder(t);
    const input = join(folder, 'me.jpg');
    await writeFile(input, 'picture');
    await symlink(input, join(folder, 'soft.jpg'));
    await link(input, join(folder, 'hard.jpg'));
    for (const name of ['me.jpg', 'soft.jpg', 'hard.jpg', `../${folder.split('/').at(-1)}/me.jpg`]) {
      await assert.rejects(assertOutputNotInput(join(folder, name), ['/nowhere', input]), {
        code: 'media.output-is-input',
      });
    }
    await assertOutputNotInput(join(folder, 'new.mp4'), [input, join(folder, 'missing')]);
  });

  test('that became a folder meanwhile does not cost the finished film', async (t) => {
    const folder = await temporaryFolder(t);
    const sink = await openIn(folder);
    await writeNoise(sink, 3);
    await mkdir(join(folder, 'a.mp4/full'), { recursive: true });
    const kept = join(folder, 'a (1).mp4');
    await assert.rejects(sink.finish(), (error: StudioError) => {
      assert.equal(error.code, 'media.output-busy');
      assert.equal(error.params.kept, kept);
      return true;
    });
    assert.equal((await readFile(kept)).toString('latin1', 4, 8), 'ftyp');
    assert.deepEqual((await readdir(folder)).sort(), ['a (1).mp4', 'a.mp4']);
  });
});
