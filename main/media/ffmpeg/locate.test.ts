import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ffmpegsToTest, temporaryFolder } from '../testing/frames.ts';
import { executableCopy, type FfmpegCandidate, ffmpegCandidates, locateFfmpeg, parseEncoders } from './locate.ts';

const posixOnly = { skip: process.platform === 'win32' && 'uses shell scripts and modes' };

test('candidates come in the promised order: option, environment, package, PATH, bundled', () => {
  const env = { SHENGHUA_FFMPEG: '/env/ffmpeg', PATH: ['/a', '/x/node_modules/.bin', '/b'].join(':') };
  const sources = ffmpegCandidates('/my/ffmpeg', env).map(({ source, path }) => `${source} ${path}`);
  const wanted = ['option /my/ffmpeg', 'SHENGHUA_FFMPEG /env/ffmpeg', 'system /a/ffmpeg', 'system /b/ffmpeg'];
  const seen = sources.filter((each) => !/^(ffmpeg-static|@ffmpeg-installer)/.test(each));
  if (process.platform !== 'win32') assert.deepEqual(seen, wanted);
  assert.match(sources.at(-1)!, /^@ffmpeg-installer /, 'the bundled one is the last resort');
});

describe('an ffmpeg is believed only when it was run', posixOnly, () => {
  test('what does not work is passed over and named, the first that works is taken', async (t) => {
    const folder = await temporaryFolder(t);
    const make = async (name: string, script: string): Promise<string> => {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return join(folder, name);
    };
    const encodersWithoutX264 = "echo ' ------'; echo ' A..... aac                  AAC'";
    const candidates: FfmpegCandidate[] = [
      { source: 'option', path: join(folder, 'missing') },
      { source: 'SHENGHUA_FFMPEG', path: folder },
      { source: 'system', path: await make('other', 'echo hello') },
      { source: 'system', path: await make('broken', 'echo "libfoo.so: not found" >&2; exit 127') },
      { source: 'system', path: await make('free', `echo 'ffmpeg version 6.0-free'; ${encodersWithoutX264}`) },
      { source: 'system', path: join(folder, 'not-in-this-folder') },
    ];
    await writeFile(join(folder, 'text'), 'not a program', { mode: 0o755 });
    candidates.push({ source: 'ffmpeg-static', path: join(folder, 'text') });
    const [working] = await ffmpegsToTest();
    const found = await locateFfmpeg({
      cacheDir: folder,
      candidates: [...candidates, { source: '@ffmpeg-installer', path: working!.path }],
    });
    assert.equal(found.path, working!.path);
    assert.ok(found.encoders.has('libx264') && found.encoders.has('aac') && found.version.length > 2);
    const reasons = found.rejected.map(({ reason }) => reason);
    assert.deepEqual(reasons.slice(0, 5), [
      ...['not there', 'is not a file', 'is not ffmpeg', 'exit 127: libfoo.so: not found', 'lacks libx264'],
    ]);
    assert.match(reasons[5]!, /cannot be run|exit 1\d\d/);
    assert.equal(reasons.length, 6, 'a PATH folder without ffmpeg is no news');

    await assert.rejects(locateFfmpeg({ cacheDir: folder, candidates }), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'media.ffmpeg-not-found');
      assert.match(error.message, /option .*missing \(not there\).*lacks libx264/);
      return true;
    });
    const reason = new Error('stop');
    await assert.rejects(locateFfmpeg({ cacheDir: folder, candidates, signal: AbortSignal.abort(reason) }), reason);
  });

  test('one without the executable bit gets it, or is copied where it may have it', async (t) => {
    const folder = await temporaryFolder(t);
    const script =
      "#!/bin/sh\necho 'ffmpeg version 9'; echo ' ------'; echo ' V..... libx264 x'; echo ' A..... aac y'\n";
    const path = join(folder, 'ffmpeg');
    await writeFile(path, script, { mode: 0o644 });
    const found = await locateFfmpeg({ cacheDir: folder, candidates: [{ source: '@ffmpeg-installer', path }] });
    assert.equal(found.path, path);
    assert.equal((await stat(path)).mode & 0o111, 0o111);

    await chmod(path, 0o444);
    const copy = await executableCopy(path, '1', join(folder, 'cache'));
    assert.match(execFileSync(copy, { encoding: 'utf8' }), /ffmpeg version 9/);
    assert.equal(await executableCopy(path, '1', join(folder, 'cache')), copy, 'copied once');
    assert.notEqual(await executableCopy(path, '2', join(folder, 'cache')), copy, 'a new version is copied anew');
  });

  test('a path with spaces and other letters works', async (t) => {
    const folder = join(await temporaryFolder(t), '程序 (1)');
    await mkdir(folder);
    const [working] = await ffmpegsToTest();
    await copyFile(working!.path, join(folder, 'ffmpeg 6'));
    const found = await locateFfmpeg({ explicitPath: join(folder, 'ffmpeg 6'), env: {}, cacheDir: folder });
    assert.equal(found.source, 'option');
  });
});

test('the encoder list is read from its columns, not from its legend', () => {
  const listing = `Encoders:
 V..... = Video
 ------
 V....D libx264              libx264 H.264 (codec h264)
 A..X.. opus                 Opus
`;
  assert.deepEqual([...parseEncoders(listing)], ['libx264', 'opus']);
});
