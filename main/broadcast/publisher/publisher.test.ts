import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { kindOf } from '../flv/tags.ts';
import { openHub } from '../hub/open-hub.ts';
import { CERTIFICATE_PEM, KEY_PEM } from '../testing/certificate.ts';
import { decode, encodeInto, ffmpegPath, isFrame, openPlatform, scratch, tagsOf, until } from '../testing/stage.ts';
import { openPublisher } from './open-publisher.ts';

const never = new AbortController().signal;

/** Encoder, hub and publisher. */
async function onAir(t: TestContext) {
  const hub = await openHub({ signal: never });
  t.after(() => hub.close());
  const encoder = await encodeInto(t, hub.publishUrl('show'));
  const publisher = await openPublisher({ signal: never, flvUrl: hub.flvUrl('show') });
  t.after(() => publisher.close());
  const of = (id: string) => publisher.status?.destinations.find((each) => each.id === id);
  const live = (id: string) => until(`${id} live`, () => of(id)?.state === 'live');
  return { hub, encoder, publisher, of, live };
}

/** Times of a file's frames: in order, and the longest pause between two. */
async function pauses(path: string) {
  const frames = (await tagsOf(path)).filter(isFrame);
  let longestMs = 0;
  for (let index = 1; index < frames.length; index++) {
    const stepMs = frames[index].timestampMs - frames[index - 1].timestampMs;
    assert.ok(stepMs >= 0, 'time goes back');
    longestMs = Math.max(longestMs, stepMs);
  }
  return { frames: frames.length, longestMs, firstMs: frames[0].timestampMs };
}

test('a destination that dies for 5 s is tried again every 3 s at the latest until it is back, and the other loses no frame; nobody can read a key', async (t) => {
  const { publisher, of, live } = await onAir(t);
  const steady = await openPlatform(t);
  const shaky = await openPlatform(t);
  const key = 'key-hush?streamname=hushhush&key=a%2Fb';
  publisher.setDestinations([
    { id: 'steady', url: steady.url, key },
    { id: 'shaky', url: `${shaky.url}/${key}` },
  ]);
  await Promise.all([live('steady'), live('shaky')]);
  assert.deepEqual(steady.published[0].query, { streamname: 'hushhush', key: 'a/b' });

  const secrets = /hush/;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let line = '';
    try {
      line = readFileSync(`/proc/${pid}/cmdline`, 'latin1') + readFileSync(`/proc/${pid}/environ`, 'latin1');
    } catch {
      continue;
    }
    assert.ok(!secrets.test(line), line);
  }

  /** A connection that ends sooner may mean that the key is refused. */
  const lasts = async (): Promise<void> => {
    const from = of('shaky')!.sentFrames;
    await until('it has lasted a while', () => of('shaky')!.sentFrames >= from + 80);
  };
  await lasts();
  await shaky.kill();
  await until('the loss is seen', () => of('shaky')?.state === 'waiting');
  assert.equal(of('shaky')?.lastError?.code.startsWith('broadcast.c'), true);
  await delay(5_000);
  assert.equal(shaky.published.length, 1);
  // How soon that really is: `npm run bench -- recovery`.
  assert.ok((of('shaky')?.retryInMs ?? 0) <= 3_000, `waits for ${of('shaky')?.retryInMs} ms`);
  await shaky.start();
  await until('published again', () => shaky.published.length === 2);
  await live('shaky');
  assert.equal(of('shaky')?.reconnects, 1);

  await lasts();
  await shaky.kill();
  await until('the loss is seen', () => of('shaky')?.state === 'waiting');
  await shaky.start();
  await delay(300);
  publisher.reconnectNow('shaky');
  await until('published at once', () => shaky.published.length === 3);
  await live('shaky');
  await delay(1_000);

  assert.ok(!secrets.test(JSON.stringify(publisher.status)));
  assert.equal(of('steady')?.reconnects, 0);
  assert.equal(of('steady')?.droppedFrames, 0);
  await publisher.close();
  await delay(300);
  assert.equal(steady.published.length, 1);
  const { frames, longestMs, firstMs } = await pauses(steady.published[0].path);
  assert.ok(longestMs <= 80, `${longestMs} ms without a frame`);
  assert.ok(firstMs <= 100);
  assert.ok(frames > 200);
  for (const { path } of [steady.published[0], shaky.published.at(-1)!]) {
    const seen = await decode(path);
    assert.equal(seen.complaints, '');
    assert.equal(seen.frames, (await tagsOf(path)).filter(isFrame).length);
    assert.equal((await tagsOf(path)).filter(isFrame).map(kindOf)[0], 'keyframe');
  }
});

test('the stream goes on where it was when the encoder, and then the hub, is killed: one connection, one clock, the pause as long as it was', async (t) => {
  const { hub, encoder, publisher, of, live } = await onAir(t);
  const platform = await openPlatform(t);
  const folder = await scratch(t);
  publisher.setRecording({ folder, name: 'show', ffmpegPath: await ffmpegPath() });
  publisher.setDestinations([{ id: 'a', url: platform.url, key: 'k' }]);
  await live('a');
  const lost = of('a')!.sentFrames;
  encoder.kill();
  await delay(1_500);
  encoder.start();
  await until('frames of the next encoder', () => (of('a')?.sentFrames ?? 0) > lost + 40);
  const { rtmpPort, httpPort, tokens } = hub;
  hub.kill();
  await hub.exited;
  const before = of('a')!.sentFrames;
  const next = await openHub({ signal: never, rtmpPort, httpPort, tokens });
  t.after(() => next.close());
  await until('frames through the next hub', () => (of('a')?.sentFrames ?? 0) > before + 50);
  await publisher.close();
  await delay(300);
  assert.equal(platform.published.length, 1, 'the platform never noticed');
  const { longestMs, firstMs } = await pauses(platform.published[0].path);
  assert.ok(firstMs <= 100);
  assert.ok(longestMs >= 1_500 && longestMs <= 6_000, `${longestMs} ms`);
  const seen = await decode(platform.published[0].path);
  assert.ok(!/error|corrupt|invalid|non.?monoton/i.test(seen.complaints), seen.complaints);
  const recorded = readdirSync(folder);
  assert.equal(recorded.length, 1, String(recorded));
  const kept = await decode(join(folder, recorded[0]));
  assert.ok(
    /\.mp4$/.test(recorded[0]) && kept.frames >= seen.frames - 25,
    `${recorded[0]}: ${kept.frames} of ${seen.frames}`,
  );
});

test('an encrypted server is published to when its certificate can be trusted, and told nothing when it cannot', async (t) => {
  const folder = await scratch(t);
  const tls = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  await writeFile(tls.key, KEY_PEM);
  await writeFile(tls.cert, CERTIFICATE_PEM);
  const platform = await openPlatform(t, { tls });
  {
    const { publisher, of } = await onAir(t);
    publisher.setDestinations([{ id: 'a', url: platform.url, key: 'k' }]);
    await until('refused', () => of('a')?.state === 'refused');
    assert.equal(of('a')?.lastError?.code, 'broadcast.certificate-invalid');
    assert.equal(platform.published.length, 0);
  }
  // Installed on this machine, as far as the next processes know.
  process.env.NODE_EXTRA_CA_CERTS = tls.cert;
  t.after(() => {
    delete process.env.NODE_EXTRA_CA_CERTS;
  });
  const { publisher, of, live } = await onAir(t);
  publisher.setDestinations([{ id: 'a', url: platform.url, key: 'k' }]);
  await live('a');
  await until('frames', () => (of('a')?.sentFrames ?? 0) > 30);
  await publisher.close();
  assert.ok((await decode(platform.published[0].path)).frames >= 25);
});

test('a publisher without its parent ends, and what it had started with it', async (t) => {
  const program = `
    import { openHub } from ${JSON.stringify(new URL('../hub/open-hub.ts', import.meta.url).href)};
    import { openPublisher } from ${JSON.stringify(new URL('./open-publisher.ts', import.meta.url).href)};
    const signal = new AbortController().signal;
    const hub = await openHub({ signal });
    const publisher = await openPublisher({ signal, flvUrl: hub.flvUrl('show') });
    console.log(JSON.stringify([hub.pid, publisher.pid]));
    process.kill(process.pid, 'SIGKILL');
  `;
  let out = '';
  try {
    out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  } catch (error) {
    out = (error as { stdout: string }).stdout;
  }
  const pids = JSON.parse(out) as number[];
  t.after(() => {
    for (const pid of pids) if (isThere(pid)) process.kill(pid, 'SIGKILL');
  });
  assert.equal(pids.length, 2);
  await until('both gone', () => pids.every((pid) => !isThere(pid)), 10_000);
});

function isThere(pid: number): boolean {
  try {
    // A zombie is gone, but not yet fetched.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
