import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ffmpegsToTest, temporaryFolder } from '../testing/frames.ts';
import { chooseVideoEncoder, compareFrames, distrustVideoEncoder, trialFrames } from './encoders.ts';
import type { Ffmpeg } from './locate.ts';

const WISH = { mode: 'auto', widthPx: 128, heightPx: 96, fps: 25 } as const;

/**
 * A driver that works stands in as a wrapper which encodes `-c:v h264_nvenc` by x264; every run is logged.
 * `filter` damages the picture as bad drivers do.
 */
async function wrapped(folder: string, real: Ffmpeg, filter = 'null'): Promise<Ffmpeg> {
  const path = join(folder, `ffmpeg-${filter.replace(/\W/g, '')}`);
  const script = `#!/bin/sh
echo run >> "${join(folder, 'log')}"
for each do
  shift
  case "$each" in
    h264_nvenc) set -- "$@" libx264 -vf '${filter}' ;;
    -rc|-cq) skip=1 ;;
    *) if [ -n "$skip" ]; then skip=; else set -- "$@" "$each"; fi ;;
  esac
done
exec "${real.path}" "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
  return { ...real, path, encoders: new Set(['libx264', 'h264_nvenc']) };
}

const runs = async (folder: string): Promise<number> =>
  (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n').length - 1;

describe('a hardware encoder', { skip: process.platform !== 'linux' && 'stands in as a shell script' }, () => {
  test('is taken when its frames come back right, and the trial is remembered', async (t) => {
    const folder = await temporaryFolder(t);
    const cacheDir = join(folder, 'cache');
    const ffmpeg = await wrapped(folder, (await ffmpegsToTest())[0]!);
    const first = await chooseVideoEncoder(ffmpeg, WISH, cacheDir);
    assert.deepEqual(first, { name: 'h264_nvenc', trials: [{ name: 'h264_nvenc', works: true, detail: '' }] });
    const after = await runs(folder);
    assert.deepEqual(await chooseVideoEncoder(ffmpeg, WISH, cacheDir), first);
    assert.equal(await runs(folder), after, 'no second trial');
    assert.equal((await chooseVideoEncoder(ffmpeg, { ...WISH, mode: 'software' }, cacheDir)).name, 'libx264');
    await chooseVideoEncoder(ffmpeg, { ...WISH, widthPx: 256 }, cacheDir);
    assert.ok((await runs(folder)) > after, 'another size is another trial');

    await distrustVideoEncoder(ffmpeg, 'h264_nvenc', WISH, cacheDir, 'hung');
    assert.equal((await chooseVideoEncoder(ffmpeg, WISH, cacheDir)).name, 'libx264');
    await writeFile(join(cacheDir, 'video-encoders.json'), '{"broken');
    assert.equal(
      (await chooseVideoEncoder(ffmpeg, WISH, cacheDir)).name,
      'h264_nvenc',
      'a damaged memory is forgotten',
    );
  });

  test('that damages or drops frames, or fails, is not taken, and why is told', async (t) => {
    const folder = await temporaryFolder(t);
    const [real] = await ffmpegsToTest();
    for (const [filter, why] of [
      ['lutyuv=y=90', /frame \d came out damaged/],
      ['hflip', /damaged/],
      ['select=lt(n\\,6)', /8 frames went in, 6 came out/],
      ['nosuchfilter', /nosuchfilter/i],
    ] as const) {
      const ffmpeg = await wrapped(folder, real!, filter);
      const { name, trials } = await chooseVideoEncoder(ffmpeg, WISH, join(folder, 'cache'));
      assert.equal(name, 'libx264', filter);
      assert.match(trials[0]!.detail, why);
    }
  });

  test('of this machine, whatever it has, is chosen or refused for a reason', async (t) => {
    for (const ffmpeg of await ffmpegsToTest()) {
      const { name, trials } = await chooseVideoEncoder(ffmpeg, WISH, await temporaryFolder(t));
      for (const trial of trials) assert.equal(trial.works, trial.detail === '', JSON.stringify(trial));
      assert.equal(name, trials.find(({ works }) => works)?.name ?? 'libx264');
    }
  });
});

test('trial frames tell a frozen, a shifted and a mirrored picture from the right one', () => {
  const sent = trialFrames(64, 48);
  assert.equal(compareFrames(sent, Buffer.from(sent), 64, 48), undefined);
  const frame = (64 * 48 * 3) / 2;
  const frozen = Buffer.concat(Array.from({ length: 8 }, () => sent.subarray(0, frame)));
  assert.match(compareFrames(sent, frozen, 64, 48) ?? '', /damaged/);
  assert.match(compareFrames(sent, sent.subarray(frame), 64, 48) ?? '', /8 frames went in, 7 came out/);
});
