import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { decodeAmf } from '../flv/amf0.ts';
import { AUDIO, FlvReader, type FlvTag, SCRIPT, VIDEO } from '../flv/tags.ts';
import { pushTarget } from '../publisher/push-url.ts';
import { publishRtmp } from '../publisher/rtmp-client.ts';
import { encodeInto, isFrame, rawServer, until } from '../testing/stage.ts';
import { type HubEvent, type HubOptions, openHub } from './open-hub.ts';

const never = new AbortController().signal;

async function hubFor(t: TestContext, options: Partial<HubOptions> = {}) {
  const events: HubEvent[] = [];
  const hub = await openHub({ signal: never, onEvent: (event) => events.push(event), ...options });
  t.after(() => hub.close());
  return { hub, events };
}

/** A player that stays: every tag with when it came. */
async function play(t: TestContext, url: string) {
  const tags: (FlvTag & { atMs: number })[] = [];
  const request = get(url, { agent: false });
  t.after(() => request.destroy());
  request.on('error', () => {});
  const [response] = await once(request, 'response');
  let ended = false;
  const reader = new FlvReader((tag) => tags.push({ ...tag, atMs: performance.now() }));
  response.on('data', (piece: Buffer) => reader.push(piece));
  response.on('close', () => {
    ended = true;
  });
  return {
    status: response.statusCode as number,
    tags,
    frames: () => tags.filter(isFrame),
    get ended() {
      return ended;
    },
  };
}

test('a player goes on within 3 s when the encoder is killed and another begins; time never jumps, picture and sound stay together', async (t) => {
  const { hub, events } = await hubFor(t);
  let encoder = await encodeInto(t, hub.publishUrl('show'));
  const player = await play(t, hub.flvUrl('show'));
  await until('frames', () => player.frames().length > 50);
  for (let round = 0; round < 3; round++) {
    const before = player.frames().length;
    const killedMs = performance.now();
    // Once alone, and with all that publishes it.
    if (round === 0) await encoder.replace();
    else {
      await encoder.close();
      encoder = await encodeInto(t, hub.publishUrl('show'));
    }
    const next = await until('the next frame', () => player.frames()[before + 3]);
    assert.ok(next.atMs - killedMs <= 3_000, `${next.atMs - killedMs} ms`);
    await until('a second of it', () => player.frames().length > before + 40);
  }
  assert.equal(player.ended, false);
  for (const type of [AUDIO, VIDEO]) {
    const times = player.tags.filter((tag) => tag.type === type).map(({ timestampMs }) => timestampMs);
    for (let index = 1; index < times.length; index++) {
      assert.ok(times[index] >= times[index - 1], `${times[index - 1]} → ${times[index]}`);
      assert.ok(times[index] - times[index - 1] <= 3_000);
    }
  }
  // Both began at the same moment of every encoder, so the last ones cannot be far apart.
  const last = (type: number) => player.tags.findLast((tag) => tag.type === type)!.timestampMs;
  assert.ok(Math.abs(last(AUDIO) - last(VIDEO)) <= 100, `${last(AUDIO)} ${last(VIDEO)}`);
  assert.equal(events.filter(({ type }) => type === 'published').length, 3);
  const metadata = player.tags.filter(({ type }) => type === SCRIPT).map(({ body }) => decodeAmf(body)[0]);
  assert.ok(metadata.length > 0 && metadata.every((name) => name === 'onMetaData'), String(metadata));
});

test('an encoder that comes while the one before still hangs on takes its place at once', async (t) => {
  const { hub } = await hubFor(t);
  const target = pushTarget(hub.publishUrl('show'));
  const first = await publishRtmp(target, { signal: never });
  const second = await publishRtmp(target, { signal: never });
  assert.ok((await first.ended) instanceof StudioError);
  const player = await play(t, hub.flvUrl('show'));
  await second.send(AUDIO, 0, Buffer.from([0xaf, 1, 1, 2, 3]), () => {});
  await until('its sound', () => player.tags.some((tag) => tag.type === AUDIO));
  await second.close();
});

test('a stranger can neither publish nor play nor slip anything in, and is counted', async (t) => {
  const { hub, events } = await hubFor(t);
  const encoder = await encodeInto(t, hub.publishUrl('show'));
  const player = await play(t, hub.flvUrl('show'));
  await until('frames', () => player.frames().length > 10);
  const own = new URL(hub.publishUrl('show').replace('rtmp:', 'http:'));
  const bad = [
    `rtmp://${own.host}/live/show`,
    `rtmp://${own.host}/live/show?token=guess`,
    // The token to play is none to publish.
    `rtmp://${own.host}/live/show?token=${hub.tokens.play}`,
    `rtmp://${own.host}/other/show?token=${hub.tokens.publish}`,
  ];
  const mark = Buffer.from([0xaf, 1, ...Buffer.from('stranger')]);
  for (const url of bad) {
    const stranger = await publishRtmp(pushTarget(url), { signal: never }).catch(() => null);
    if (stranger === null) continue;
    for (let index = 0; index < 20; index++) await stranger.send(AUDIO, index, mark, () => {});
    await stranger.ended;
  }
  assert.equal((await play(t, `http://127.0.0.1:${hub.httpPort}/live/show.flv`)).status, 403);
  assert.equal(
    (await play(t, `http://127.0.0.1:${hub.httpPort}/live/show.flv?token=${hub.tokens.publish}`)).status,
    403,
  );
  await until('all counted', () => hub.counts.refused >= 6);
  assert.equal(events.filter((event) => event.type === 'refused' && event.what === 'publish').length, 4);
  const before = player.frames().length;
  await until('the stream goes on', () => player.frames().length > before + 10);
  assert.ok(!player.tags.some(({ body }) => body.includes('stranger')));
  assert.ok(encoder.frames > 0);
});

test('garbage on its ports ends the connection it came on, and nothing else', async (t) => {
  const { hub } = await hubFor(t);
  const handshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536), Buffer.alloc(1536)]);
  // A connect without an address, a chunk size of no bytes, an HTTP request, noise.
  const connectNothing = Buffer.from([
    3,
    0,
    0,
    0,
    0,
    0,
    25,
    20,
    0,
    0,
    0,
    0,
    2,
    0,
    7,
    ...Buffer.from('connect'),
    0,
    0x3f,
    0xf0,
    0,
    0,
    0,
    0,
    0,
    0,
    3,
    0,
    0,
    9,
    5,
  ]);
  const noise = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 251));
  for (const piece of [connectNothing, Buffer.from([2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), noise]) {
    const socket = connect(hub.rtmpPort, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(Buffer.concat([handshake, piece]));
    await delay(100);
    socket.destroy();
  }
  for (const path of ['/', '/a%20b/c.flv', '/live/..%2f.flv', '/live/show.flv?token[]=1']) {
    await new Promise((resolve) => {
      get({ port: hub.httpPort, host: '127.0.0.1', path, agent: false }, (response) => resolve(response.destroy())).on(
        'error',
        resolve,
      );
    });
    const upgrade = connect(hub.httpPort, '127.0.0.1');
    upgrade.on('error', () => {});
    upgrade.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await once(upgrade, 'close');
  }
  // It is alive, and the same process.
  const publication = await publishRtmp(pushTarget(hub.publishUrl('show')), { signal: never });
  await publication.close();
  assert.doesNotThrow(() => process.kill(hub.pid, 0));
});

test('a port that is taken is told, and another is taken', async (t) => {
  const { port } = await rawServer(t, () => {});
  const { hub } = await hubFor(t, { rtmpPort: port });
  assert.deepEqual(hub.portsTaken, [port]);
  assert.notEqual(hub.rtmpPort, port);
  const publication = await publishRtmp(pushTarget(hub.publishUrl('show')), { signal: never });
  await publication.close();
  // The one that follows it keeps its addresses.
  const { rtmpPort, httpPort, tokens } = hub;
  const url = hub.publishUrl('show');
  hub.kill();
  const exit = await hub.exited;
  assert.deepEqual([exit.signal, exit.expected, exit.hung], ['SIGKILL', false, false]);
  const { hub: next } = await hubFor(t, { rtmpPort, httpPort, tokens });
  assert.equal(next.publishUrl('show'), url);
  assert.deepEqual(next.portsTaken, []);
});

test('a hub that hangs is killed, one whose start is given up leaves nothing, one that is closed ends in order', async (t) => {
  const { hub } = await hubFor(t);
  process.kill(hub.pid, 'SIGSTOP');
  const exit = await hub.exited;
  assert.equal(exit.hung, true);
  const stop = new AbortController();
  const opening = openHub({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await assert.rejects(opening, /enough/);
  const { hub: last } = await hubFor(t);
  await last.close();
  const { code, expected } = await last.exited;
  assert.deepEqual([code, expected], [0, true]);
  await last.close();
});
