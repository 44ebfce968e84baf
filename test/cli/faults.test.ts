/** What can go wrong while a command runs: interruption, a killed encoder, a full disk, company. Linux, by its /proc and mounts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { ffmpegCandidates, locateFfmpeg } from '../../main/media/ffmpeg/locate.ts';
import { runCaptured } from '../../main/media/ffmpeg/run.ts';
import { CLI, ffmpegsIn, type Json, LAUNCHER, Place, type Running, until } from './run-cli.ts';

let place: Place;
before(async () => {
  place = await Place.make();
});
after(() => place.remove());

const LONG_TEXT = 'Once upon a time there was a very patient presenter who never stopped talking. '.repeat(25);
const long = (out: string, ...more: string[]): string[] => [
  ...[
    'export',
    '--portrait',
    'sample:lin',
    '--text',
    LONG_TEXT,
    '--size',
    '640x360',
    '--preset',
    'medium',
    '--out',
    out,
  ],
  ...more,
];

/** Into the middle of drawing: ffmpeg runs and has something to write. */
async function drawing(running: Running, folder: string): Promise<void> {
  await running.says(/Drawing and encoding/);
  await until('an encoder at work', async () => {
    if (running.child.exitCode !== null) throw new Error(running.stderr);
    return (await ffmpegsIn(folder)).length > 0;
  });
}

describe('an interrupted export', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal}: exit 130, the old file untouched, no process and no scratch file left`, async () => {
      const out = place.at('out/a.mp4');
      await writeFile(out, 'the old one');
      const running = place.start(long(out));
      await drawing(running, place.out);
      running.child.kill(signal);
      const { code, stderr } = await running.finished;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /Stopp/);
      assert.doesNotMatch(stderr, /^error|\bat .*\.ts:/m);
      assert.deepEqual(await place.files(place.out), ['a.mp4']);
      assert.equal(await readFile(out, 'utf8'), 'the old one');
      assert.deepEqual(await ffmpegsIn(place.out), []);
      assert.deepEqual(await place.files(place.temp), []);
    });
  }

  test('of a recording: its scratch files go as well; with --json the object says so', async () => {
    const recording = place.at('recording.wav');
    assert.equal((await place.run(['export', '--text', LONG_TEXT, '--out', recording])).code, 0);
    const running = place.start(long(place.at('out/b.mp4'), '--audio', recording, '--json'));
    await until('an encoder at work', async () => (await ffmpegsIn(place.out)).length > 0);
    assert.notDeepEqual(await place.files(place.temp), [], 'there was something to remove');
    running.child.kill('SIGINT');
    const { code, json } = await running.finished;
    assert.equal(code, 130);
    assert.equal(json().error?.code, 'command.interrupted');
    assert.deepEqual(await place.files(place.temp), []);
    assert.deepEqual(await ffmpegsIn(place.out), []);
  });

  test('twice: it ends at once and still leaves nothing', async () => {
    const running = place.start(long(place.at('out/c.mp4')), { program: LAUNCHER });
    await drawing(running, place.out);
    running.child.kill('SIGINT');
    await until('the first is heard', () => running.stderr.includes('Stopping') || running.child.exitCode !== null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.child.kill('SIGINT');
    assert.equal((await running.finished).code, 130);
    assert.deepEqual(
      (await place.files(place.out)).filter((name) => name.includes('c.mp4')),
      [],
    );
    await until('no encoder', async () => (await ffmpegsIn(place.out)).length === 0);
  });
});

test('an encoder killed half-way: exit 1 in clear words, nothing left', async (t) => {
  const fresh = await Place.of(t);
  const running = fresh.start(long(fresh.at('out/a.mp4'), '--json'));
  await until('an encoder at work', async () => (await ffmpegsIn(fresh.out)).length > 0);
  for (const pid of await ffmpegsIn(fresh.out)) process.kill(pid, 'SIGKILL');
  const { code, json, stderr } = await running.finished;
  assert.equal(code, 1, stderr);
  assert.equal(json().error?.code, 'media.encoder-killed');
  assert.doesNotMatch(stderr, /\bat .*\.ts:/, 'no stack for people');
  assert.deepEqual(await fresh.files(fresh.out), []);
  assert.deepEqual(await ffmpegsIn(fresh.out), []);
});

test('two exports at once, on a first start, into one file: both done, one whole file', async (t) => {
  const fresh = await Place.of(t);
  const out = fresh.at('out/same.mp4');
  const args = [
    'export',
    '--portrait',
    'sample:chen',
    '--text',
    'Both at once.',
    '--size',
    '128x128',
    '--out',
    out,
    '--json',
  ];
  const both = await Promise.all([fresh.run(args), fresh.run(args)]);
  for (const { code, stderr } of both) assert.equal(code, 0, stderr);
  assert.deepEqual(await fresh.files(fresh.out), ['same.mp4']);
  const { path } = await locateFfmpeg({ cacheDir: fresh.at('cache') });
  const decoded = await runCaptured(path, ['-v', 'error', '-i', out, '-f', 'null', '-'], { timeoutMs: 30_000 });
  assert.deepEqual([decoded.exitCode, decoded.stderr], [0, '']);
});

/**
 * Runs the command in a world of its own mounts, which end with it: `setup` may mount, `after` may look. A machine that
 * allows neither root nor user namespaces fails here, loudly: what is not tried is not passed.
 */
async function inOwnMounts(
  setup: string,
  args: readonly string[],
  afterwards = ':',
): Promise<{ code: number; json: () => Json; rest: string; stderr: string }> {
  const unshare = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const script = `set -e; ${setup}; set +e; "$@"; code=$?; ${afterwards}; exit $code`;
  const child = spawn('unshare', [...unshare, '/bin/sh', '-c', script, 'sh', process.execPath, CLI, ...args], {
    ...{ env: place.env, cwd: place.folder, stdio: ['ignore', 'pipe', 'pipe'] as const },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number];
  const [first = '', ...rest] = stdout.split('\n');
  return { code, json: () => JSON.parse(first) as Json, rest: rest.join('\n').trim(), stderr };
}

describe('a full disk', () => {
  const disk = (bytes: string): string =>
    `mkdir -p "$PWD/disk" && mount -t tmpfs -o size=${bytes} tmpfs "$PWD/disk" && echo old > "$PWD/disk/a.mp4"`;

  test('for the video: told with what is free, the old file untouched, nothing else left', async () => {
    const { code, json, rest, stderr } = await inOwnMounts(
      disk('200k'),
      long('disk/a.mp4', '--json'),
      'ls -A "$PWD/disk"; cat "$PWD/disk/a.mp4"',
    );
    assert.equal(code, 1, stderr);
    assert.equal(json().error?.code, 'media.disk-full', stderr);
    assert.equal(rest, 'a.mp4\nold');
  });

  test('for the cache: told, and a result elsewhere is not begun', async () => {
    const args = ['export', '--text', LONG_TEXT, '--out', place.at('out/full.wav'), '--data', 'disk', '--json'];
    const { code, json, stderr } = await inOwnMounts(disk('300k'), args);
    assert.equal(code, 1, stderr);
    assert.match(json().error?.code ?? '', /disk-full|cache-unwritable/);
    assert.deepEqual(
      (await place.files(place.out)).filter((name) => name.includes('full')),
      [],
    );
  });
});

test('a folder that cannot be written or made is told before the work', async () => {
  for (const [out, code] of [
    ['/proc/none/a.mp4', 'media.output-not-writable'],
    [place.at('run-cli.txt/a.mp4'), 'media.output-not-writable'],
    [place.out, 'media.output-is-folder'],
  ] as const) {
    await writeFile(place.at('run-cli.txt'), 'a file');
    const running = place.start(long(out, '--lang', 'zh-CN'));
    const { code: exit, stderr } = await running.finished;
    assert.equal(exit, 1);
    assert.match(stderr, /^错误: /);
    assert.doesNotMatch(stderr, /合成语音/, 'not begun');
    const json = (await place.run(long(out, '--json'))).json();
    assert.equal(json.error?.code, code);
  }
  const { json } = await place.run(['voices', '--data', '/proc/none', '--json']);
  assert.equal(json().error?.code, 'storage.not-writable');
});

describe('no ffmpeg at all', () => {
  /** Whatever ffmpeg is in reach is covered by nothing. */
  const hidden = async (): Promise<string> => {
    const there: string[] = [];
    for (const { path } of ffmpegCandidates(undefined, process.env))
      if ((await stat(path).catch(() => null))?.isFile()) there.push(`mount --bind /dev/null '${path}'`);
    return there.length === 0 ? ':' : there.join(' && ');
  };

  test('a video is refused with what was tried; the doctor says how to get one; sound needs none', async () => {
    const hide = await hidden();
    const video = [
      'export',
      '--portrait',
      'sample:lin',
      '--text',
      'Hi.',
      '--out',
      place.at('out/none.mp4'),
      '--ffmpeg',
      '/nowhere/ffmpeg',
      '--json',
    ];
    const refused = await inOwnMounts(hide, video);
    assert.equal(refused.code, 1, refused.stderr);
    assert.equal(refused.json().error?.code, 'media.ffmpeg-not-found');
    assert.match(refused.json().error!.message, /\/nowhere\/ffmpeg/);

    const doctor = await inOwnMounts(hide, ['doctor', '--json']);
    assert.equal(doctor.code, 1);
    assert.equal(doctor.json().error?.code, 'command.machine-lacks');
    const checks = doctor.json().checks as { id: string; level: string; fix?: string }[];
    const ffmpeg = checks.find(({ id }) => id === 'ffmpeg');
    assert.equal(ffmpeg?.level, 'missing');
    assert.match(ffmpeg.fix ?? '', /npm ci/);
    assert.ok(checks.filter(({ level }) => level === 'missing').length === 1, 'and nothing else is amiss');

    const sound = await inOwnMounts(hide, ['export', '--text', 'Hi.', '--out', place.at('out/none.wav'), '--json']);
    assert.equal(sound.code, 0, sound.stderr);
  });
});

test('an ffmpeg of the person’s that does not work is passed over, and that is told', async () => {
  const args = [
    'export',
    '--portrait',
    'sample:lin',
    '--text',
    'Hi.',
    '--size',
    '128x128',
    '--out',
    place.at('out/p.mp4'),
  ];
  const { code, json } = await place.run([...args, '--ffmpeg', '/nowhere/ffmpeg', '--json']);
  assert.equal(code, 0);
  assert.equal(json().warnings[0]?.code, 'command.ffmpeg-passed-over');
});
