/** The whole way, as a person goes it: the command line on air to two servers, one of which falls; a session killed; the end asked for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { FlvReader } from '../../main/broadcast/flv/tags.ts';
import { ffmpegPath, openPlatform, type Platform } from '../../main/broadcast/testing/stage.ts';
import { Place, type Running, until } from '../cli/run-cli.ts';

const KEY = 'sk_secret_of_the_platform';

interface Show {
  destinations: { state: string }[];
  session: { speaking: string | null } | null;
  restarts: { session: number };
  processes: { name: string; pid: number }[];
}

async function health(port: number): Promise<{ status: number; show: Show | undefined; text: string }> {
  return await new Promise((resolve, reject) => {
    // A connection of its own: one that is kept may be closed by the server as it is used again.
    request({ host: '127.0.0.1', port, path: '/health', agent: false }, async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve({ status: response.statusCode ?? 0, show: JSON.parse(text).shows[0], text });
    })
      .on('error', reject)
      .end();
  });
}

/** When nothing of a show is left, its processes have gone too. */
async function goLive(
  t: TestContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ place: Place; running: Running }> {
  const place = await Place.of(t);
  const running = place.start(['live', ...args], { env });
  t.after(() => running.child.kill('SIGKILL'));
  return { place, running };
}

const timesOf = async (platform: Platform): Promise<{ video: number[]; audio: number[]; path: string }> => {
  const { path } = platform.published.at(-1)!;
  const times = { video: [] as number[], audio: [] as number[], path };
  const reader = new FlvReader(({ type, timestampMs }) => {
    if (type === 9) times.video.push(timestampMs);
    if (type === 8) times.audio.push(timestampMs);
  });
  reader.push(await readFile(path));
  return times;
};

test('on air to two servers: a killed session speaks again where it was, a killed server touches nobody, and the end is in order', async (t) => {
  const [kept, falls] = await Promise.all([openPlatform(t, { key: KEY }), openPlatform(t, { key: KEY })]);
  const words = 'First comes the apple. [200ms] Then comes the pear. And the plum comes last.';
  const { running, place } = await goLive(
    t,
    // biome-ignore format: as one writes it
    ['--portrait', 'sample:lin', '--text', words, '--voice', 'espeak:en-us', '--size', '320x180', '--preset', 'ultrafast',
      '--kbps', '300', '--to', kept.url, '--to', falls.url, '--health-port', '0', '--lang', 'en'],
    { SHENGHUA_STREAM_KEY_1: KEY, SHENGHUA_STREAM_KEY_2: KEY },
  );
  await running.says(/On air/);
  const port = Number(/127\.0\.0\.1:(\d+)\/health/.exec(running.stderr)?.[1]);
  const seen = await health(port);
  assert.ok(seen.show !== undefined);
  await until('both get it', async () => {
    const { status, show } = await health(port);
    return status === 200 && show!.destinations.every(({ state }) => state === 'live');
  });
  await until('something is said', async () => (await health(port)).show!.session?.speaking != null);

  const pidOf = async (name: string): Promise<number> => {
    let pid: number | undefined;
    await until(`the ${name} is known`, async () => {
      pid = (await health(port)).show!.processes.find((each) => each.name === name)?.pid;
      return pid !== undefined;
    });
    return pid!;
  };
  const session = await pidOf('session');
  await falls.kill();
  process.kill(session, 'SIGKILL');
  await until('it is told as unwell', async () => (await health(port)).status === 503);
  await until('it speaks again', async () => {
    const { status, show } = await health(port);
    return status === 200 && show!.session?.speaking != null && show!.restarts.session >= 1;
  });
  await falls.start();
  await until('the server that fell is back', async () =>
    (await health(port)).show!.destinations.every(({ state }) => state === 'live'),
  );
  const { text } = await health(port);
  assert.ok(!text.includes(KEY));

  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.finished;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Off air after \d+ s/);
  for (const path of await place.paths(place.folder))
    assert.ok(!(await readFile(path)).includes(KEY), `the key is in ${path}`);
  assert.ok(!(stdout + stderr).includes(KEY));

  // One connection from start to end for the server that stayed, with one clock, and a picture that can be decoded to its end.
  assert.equal(kept.published.length, 1);
  const { video, audio, path } = await timesOf(kept);
  for (const times of [video, audio])
    assert.ok(
      times.every((time, index) => index === 0 || time >= times[index - 1]!),
      'the clock goes back',
    );
  assert.ok(Math.abs(video.at(-1)! - audio.at(-1)!) < 500, `${video.at(-1)} ${audio.at(-1)}`);
  const decoded = spawnSync(await ffmpegPath(), ['-v', 'error', '-i', path, '-f', 'null', '-'], { encoding: 'utf8' });
  assert.equal(decoded.stderr.trim(), '');
});

test('a show whose command is killed, or told to end by the system, goes on where it was; one that was ended does not come back', async (t) => {
  const server = await openPlatform(t, { key: KEY });
  const env = { SHENGHUA_STREAM_KEY_1: KEY };
  const words = Array.from({ length: 30 }, (_, index) => `This is number ${index + 1}.`).join('\n');
  const place = await Place.of(t);
  const start = (args: readonly string[]): Running => {
    const running = place.start(['live', ...args, '--health-port', '0', '--lang', 'en'], { env });
    t.after(() => running.child.kill('SIGKILL'));
    return running;
  };
  const saying = async (running: Running, from: number): Promise<number> => {
    await running.says(/On air/);
    const port = Number(/127\.0\.0\.1:(\d+)\/health/.exec(running.stderr)?.[1]);
    let number = 0;
    await until(`number ${from} or later is said`, async () => {
      number = Number(/number (\d+)/.exec((await health(port)).show?.session?.speaking ?? '')?.[1] ?? 0);
      return number >= from;
    });
    return number;
  };
  // biome-ignore format: as one writes it
  const first = start(['--portrait', 'sample:lin', '--text', words, '--voice', 'espeak:en-us', '--size', '320x180',
    '--preset', 'ultrafast', '--kbps', '300', '--to', server.url]);
  const before = await saying(first, 3);
  first.child.kill('SIGKILL');
  await first.finished;

  const second = start(['--resume']);
  const after = await saying(second, 1);
  assert.ok(after >= before && after <= before + 2, `${before} before, ${after} after`);
  second.child.kill('SIGTERM');
  assert.equal((await second.finished).code, 0);

  const third = start(['--resume']);
  const again = await saying(third, 1);
  assert.ok(again >= after && again <= after + 2, `${after} before, ${again} after`);
  third.child.kill('SIGINT');
  assert.equal((await third.finished).code, 0);

  const none = await place.run(['live', '--resume', '--json'], { env });
  assert.deepEqual([none.code, none.json().resumed], [0, false]);
});
