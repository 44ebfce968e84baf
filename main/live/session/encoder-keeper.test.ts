import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUDIO, type FlvTag, kindOf } from '../../broadcast/flv/tags.ts';
import { createStudio } from '../../compose.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { liveArgs } from '../../media/ffmpeg/live-args.ts';
import { EncoderKeeper, type KeeperOptions, type Quality } from './encoder-keeper.ts';
import { isPicture, shownMs } from './testing/live-world.ts';

const FPS = 25;
const FRAME_MS = 1000 / FPS;
const PX = 64;
const folder = await mkdtemp(join(tmpdir(), 'keeper-'));
const studio = createStudio({ dataDir: folder });
const ffmpegPath = (await studio.ffmpeg(new AbortController().signal)).path;
after(async () => {
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const FULL: Quality = { step: 0, videoKbps: 400, divisor: 1, widthPx: PX, heightPx: PX };

async function kept(changed: Partial<KeeperOptions> = {}) {
  const tags: FlvTag[] = [];
  const troubles: string[] = [];
  const output = { audioKbps: 96, keyframeSeconds: 2, preset: 'ultrafast' } as const;
  const keeper = new EncoderKeeper(
    {
      ...{
        ffmpegPath,
        fps: FPS,
        onTag: (tag) => void tags.push(tag),
        onTrouble: (detail) => void troubles.push(detail),
      },
      argsOf: ({ divisor, widthPx, heightPx, videoKbps }, keyframeAt) =>
        liveArgs({
          ...{ encoder: 'libx264', shape: { widthPx: PX, heightPx: PX, fps: FPS / divisor }, widthPx, heightPx },
          ...{ output: { ...output, videoKbps }, keyframeAt },
        }),
      ...changed,
    },
    FULL,
  );
  let lent = 0;
  const feed = (index: number): void => {
    lent++;
    const data = new Uint8Array((PX * PX * 3) / 2).fill(index % 256);
    keeper.feed(index, { data, release: () => void lent-- }, Buffer.alloc((SAMPLE_RATE / FPS) * 4));
  };
  const pictures = (): number[] => tags.filter(isPicture).map(shownMs);
  const sounds = (): number[] =>
    tags.filter(({ type, body }) => type === AUDIO && body[1] === 1).map(({ timestampMs }) => timestampMs);
  return { keeper, tags, troubles, feed, pictures, sounds, lent: () => lent };
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !what(); i++) await sleep(10);
  assert.ok(what(), `never: ${what}`);
}

function assertUnbroken(pictures: readonly number[], sounds: readonly number[], frames: number): void {
  assert.deepEqual(
    pictures,
    Array.from({ length: frames }, (_, i) => i * FRAME_MS),
  );
  assert.ok(sounds[0]! <= 22 && sounds.at(-1)! >= frames * FRAME_MS - 45, `${sounds[0]} to ${sounds.at(-1)} ms`);
  for (const [i, ms] of sounds.entries()) if (i > 0) assert.ok(ms - sounds[i - 1]! <= 22, `a hole at ${ms} ms`);
}

test('an encoder that falls behind keeps every sound; the picture stands meanwhile', async () => {
  const { keeper, feed, pictures, sounds, lent } = await kept();
  // All at once: none of it is taken before the last is given.
  for (let index = 0; index < 60; index++) feed(index);
  assert.equal(keeper.skipped, 35);
  assert.equal(keeper.avOffsetMs, 0);
  await until(() => keeper.drained);
  for (let index = 60; index < 70; index++) feed(index);
  await keeper.close(true);
  assertUnbroken(pictures(), sounds(), 70);
  assert.equal(lent(), 0);
});

test('another quality takes over when its encoder is awake: until then the one before goes on', async () => {
  const gate = join(folder, 'awake');
  const slow = join(folder, 'slow-ffmpeg');
  const script = `#!/bin/sh\ncase "$*" in *force_key_frames*) while [ ! -e '${gate}' ]; do sleep 0.02; done;; esac\nexec '${ffmpegPath}' "$@"\n`;
  await writeFile(slow, script);
  await chmod(slow, 0o755);
  const { keeper, feed, pictures, sounds, tags, troubles } = await kept({ ffmpegPath: slow });
  let index = 0;
  // Each frame has left before the next is due, or two after it.
  const feedOne = async (): Promise<void> => {
    feed(index++);
    await until(() => pictures().length >= index - 2);
  };
  while (index < 10) await feedOne();
  keeper.change({ ...FULL, step: 4, divisor: 2, widthPx: 32, heightPx: 32 });
  while (index < 60) await feedOne();
  assert.equal(keeper.quality.step, 0);
  await writeFile(gate, '');
  for (; keeper.quality.step === 0 && index < 2000; index++) {
    feed(index);
    await sleep(5);
  }
  assert.equal(keeper.quality.step, 4);
  const changedAt = index - 1;
  for (const until = changedAt + 20; index < until; index++) feed(index);
  await keeper.close(true);
  const shown = pictures();
  const wanted = Array.from({ length: index }, (_, i) => i).filter((i) => i < changedAt || i % 2 === 0);
  assert.deepEqual(
    shown,
    wanted.map((i) => i * FRAME_MS),
  );
  assert.equal(kindOf(tags.find((tag) => isPicture(tag) && shownMs(tag) === changedAt * FRAME_MS)!), 'keyframe');
  for (const [i, ms] of sounds().entries())
    if (i > 0) assert.ok(ms - sounds()[i - 1]! <= 22 && ms > sounds()[i - 1]!, `sound at ${ms} ms`);
  assert.deepEqual([keeper.restarts, keeper.skipped, troubles], [0, 0, []]);
});

test('an encoder that dies while another is being woken is followed by that one', async () => {
  const { keeper, feed, pictures } = await kept();
  let index = 0;
  for (; index < 10; index++) feed(index);
  await until(() => keeper.drained && pictures().length > 0);
  keeper.change({ ...FULL, step: 1, videoKbps: 200 });
  feed(index++);
  process.kill(keeper.pid!, 'SIGKILL');
  await until(() => keeper.restarts === 1);
  assert.equal(keeper.quality.step, 1);
  const from = index;
  for (; index < from + 20; index++) feed(index);
  await keeper.close(true);
  assert.deepEqual(
    pictures().slice(-20),
    Array.from({ length: 20 }, (_, i) => (from + i) * FRAME_MS),
  );
});
