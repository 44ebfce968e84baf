import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ErrorCode } from '../../../app/errors/index.ts';
import { decodeAmf, fieldsOf } from '../flv/amf0.ts';
import { FlvReader, type FlvTag, VIDEO } from '../flv/tags.ts';
import { ANSWERED, KEY, nowMs, QUICK, rtmpServer, send, status, streamOf, usual } from '../testing/scripted-server.ts';
import { freePort, openPlatform, rawServer, until } from '../testing/stage.ts';
import { pushTarget } from './push-url.ts';
import { MESSAGE, type RtmpMessage, writeMessage } from './rtmp-chunks.ts';
import { publishRtmp } from './rtmp-client.ts';

test('an address or key that is none waits for the person and says what is wrong', async (t) => {
  const cases: [string, string, ErrorCode][] = [
    ['http://example.com/live', KEY, 'broadcast.url-invalid'],
    ['rtmp://example.com/live', '', 'broadcast.key-missing'],
  ];
  for (const [url, key, code] of cases) {
    const { failed } = send(t, url, { key });
    assert.equal((await failed(code)).state, 'refused');
  }
});

test('a server that is not there, or is no RTMP server, is told apart', async (t) => {
  const nobody = send(t, 'rtmp://no-such-host.invalid/app');
  assert.equal((await nobody.failed('broadcast.host-not-found')).state, 'waiting');
  const closed = send(t, `rtmp://127.0.0.1:${await freePort()}/app`);
  assert.equal((await closed.failed('broadcast.connection-refused')).state, 'waiting');
  const web = await rawServer(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  assert.equal((await send(t, `rtmp://127.0.0.1:${web.port}/app`).failed('broadcast.not-rtmp')).state, 'refused');
  assert.equal((await send(t, `rtmps://127.0.0.1:${web.port}/app`).failed('broadcast.not-rtmp')).state, 'refused');
  const silent = await rawServer(t, () => {});
  assert.equal(
    (await send(t, `rtmp://127.0.0.1:${silent.port}/app`).failed('broadcast.server-silent')).state,
    'waiting',
  );
  assert.equal(
    (await send(t, `rtmps://127.0.0.1:${silent.port}/app`).failed('broadcast.connection-timeout')).state,
    'waiting',
  );
});

test('a wrong key is told as such, however the server says so, and tried again once a minute', async (t) => {
  const described = await rtmpServer(t, (command, say) => {
    usual(command, say);
    if (command === 'publish')
      say(...status('error', 'NetStream.Publish.BadName', 'wrong: hushhush-key?sign=hushhush-sign'));
  });
  const closing = await rtmpServer(t, (command, say, socket) => {
    usual(command, say);
    if (command === 'publish') socket.end();
  });
  // As node-media-server does: it says yes, and closes.
  const { url: lateUrl } = await openPlatform(t, { key: 'another' });
  for (const url of [described.url, closing.url, lateUrl]) {
    const { failed } = send(t, url);
    const { state, retryInMs } = await failed('broadcast.key-refused');
    assert.equal(state, 'refused');
    assert.ok(retryInMs > 50_000);
  }
  const address = await rtmpServer(t, (command, say) => {
    if (command === 'connect')
      say('_error', ANSWERED, null, { level: 'error', code: 'NetConnection.Connect.Rejected', description: 'no app' });
  });
  assert.equal((await send(t, address.url).failed('broadcast.address-refused')).state, 'refused');
  const taken = await rtmpServer(t, (command, say) => {
    usual(command, say);
    if (command === 'publish') say(...status('error', 'NetStream.Publish.BadName', 'Stream already publishing'));
  });
  assert.equal((await send(t, taken.url).failed('broadcast.stream-taken')).state, 'waiting');
});

test('a push address that has run out is told as such', async (t) => {
  const { url } = await rtmpServer(t, (command, say, socket) => {
    usual(command, say);
    if (command === 'publish') socket.end();
  });
  const wallMs = () => Date.UTC(2026, 5, 1);
  const past = ((wallMs() - 60_000) / 1000).toString(16);
  const over = send(t, url, { key: `hushhush?txSecret=hushhush&txTime=${past}`, wallMs });
  assert.equal((await over.failed('broadcast.push-url-expired')).state, 'refused');
  const future = ((wallMs() + 60_000) / 1000).toString(16);
  const wrong = send(t, url, { key: `hushhush?txSecret=hushhush&txTime=${future}`, wallMs });
  await wrong.failed('broadcast.key-refused');
});

test("a person's 'now' ends the wait of a refusal, and a hanging attempt", async (t) => {
  let good = false;
  const { url, connections } = await rtmpServer(t, (command, say) => {
    usual(command, say);
    if (command === 'publish')
      say(...(good ? status('status', 'NetStream.Publish.Start') : status('error', 'NetStream.Publish.Denied')));
  });
  const { destination, failed } = send(t, url);
  await failed('broadcast.key-refused');
  assert.equal(connections(), 1);
  good = true;
  const from = nowMs();
  destination.reconnectNow();
  await until('live', () => destination.status().state === 'live');
  assert.ok(nowMs() - from <= 2_000);

  const silent = await rawServer(t, () => {});
  let tries = 0;
  silent.server.on('connection', () => tries++);
  const hanging = send(t, `rtmp://127.0.0.1:${silent.port}/app`, { timing: { ...QUICK, answerMs: 60_000 } });
  await until('the attempt', () => tries === 1);
  hanging.destination.reconnectNow();
  await until('another', () => tries === 2);
});

test('a server that resets in the middle is connected to again, and gets a stream that begins near 0 with headers and a keyframe', async (t) => {
  const received: RtmpMessage[][] = [];
  const { url, connections } = await rtmpServer(
    t,
    (command, say, socket) => {
      usual(command, say);
      if (command === 'connect') received.push([]);
      if (command !== 'publish') return;
      say(...status('status', 'NetStream.Publish.Start'));
      if (received.length === 1) setTimeout(() => socket.resetAndDestroy(), 1_500);
    },
    (message) => received.at(-1)?.push(message),
  );
  const { destination } = send(t, url);
  await until(
    'both',
    () => connections() === 2 && (received[1]?.filter(({ type }) => type === MESSAGE.video).length ?? 0) > 20,
  );
  assert.equal(destination.status().lastError?.code, 'broadcast.connection-lost');
  for (const messages of received) {
    const media = messages.filter(
      ({ type }) => type === MESSAGE.data || type === MESSAGE.audio || type === MESSAGE.video,
    );
    assert.deepEqual(
      media.slice(0, 3).map(({ type }) => type),
      [MESSAGE.data, MESSAGE.video, MESSAGE.audio],
    );
    const [name, event, fields] = decodeAmf(media[0].payload);
    assert.deepEqual([name, event, fieldsOf(fields)], ['@setDataFrame', 'onMetaData', { width: 320 }]);
    assert.deepEqual([media[1].payload[1], media[2].payload[1]], [0, 0], 'sequence headers');
    assert.deepEqual([media[3].type, media[3].payload[0]], [MESSAGE.video, 0x17], 'a keyframe');
    assert.equal(media[3].timestampMs, 0);
    const times = media.map(({ timestampMs }) => timestampMs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  }
});

test('a server that accepts and never reads loses frames up to keyframes, then the connection, and is tried again', async (t) => {
  const { url, connections } = await rtmpServer(t, (command, say, socket) => {
    usual(command, say);
    if (command !== 'publish') return;
    say(...status('status', 'NetStream.Publish.Start'));
    socket.pause();
  });
  // 50 MB a second: what the systems between hold is soon full.
  const { destination, failed } = send(t, url, {
    stream: streamOf(t, 2_000_000),
    timing: { ...QUICK, sendTimeoutMs: 2_500 },
  });
  await until('frames given up', () => destination.status().droppedFrames > 10);
  assert.equal((await failed('broadcast.send-timeout')).state, 'waiting');
  await until('tried again', () => connections() === 2);
});

test('pings are answered in the midst of large frames, and acknowledgements kept to', async (t) => {
  let pongs = 0;
  let windows = 0;
  const { url } = await rtmpServer(
    t,
    (command, say, socket) => {
      usual(command, say);
      const control = (type: number, payload: Buffer): void =>
        void socket.write(writeMessage({ type, streamId: 0, timestampMs: 0, payload }, 2, 128));
      if (command === 'connect') control(MESSAGE.setPeerBandwidth, Buffer.from([0, 0x26, 0x25, 0xa0, 2]));
      if (command !== 'publish') return;
      say(...status('status', 'NetStream.Publish.Start'));
      const timer = setInterval(() => control(MESSAGE.userControl, Buffer.from([0, 6, 0, 0, 0, 9])), 3);
      socket.on('close', () => clearInterval(timer));
    },
    ({ type, payload }) => {
      if (type === MESSAGE.userControl && payload.equals(Buffer.from([0, 7, 0, 0, 0, 9]))) pongs++;
      if (type === MESSAGE.windowAckSize) windows++;
    },
  );
  // The server's reader takes no message of more than a megabyte; this is well within.
  const { destination } = send(t, url, { stream: streamOf(t, 300_000) });
  await until('pongs', () => pongs > 100);
  assert.equal(windows, 1);
  assert.equal(destination.status().lastError, null);
  assert.equal(destination.status().state, 'live');
});

test('times arrive as they were sent, over 24 bits, 31 bits and up to the end of 32', async (t) => {
  const platform = await openPlatform(t);
  const publication = await publishRtmp(pushTarget(platform.url, 'k'), { signal: new AbortController().signal });
  const times = [0, 0xfffffe, 0xffffff, 0x1000000, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 40, 2 ** 32 - 1];
  for (const [index, timestampMs] of times.entries()) {
    const body = Buffer.concat([Buffer.from([index === 0 ? 0x17 : 0x27, 1, 0, 0, 0]), Buffer.alloc(20_000, index)]);
    await publication.send(VIDEO, timestampMs, body, () => {});
  }
  await publication.close();
  const tags = await until('all', () => {
    const read: FlvTag[] = [];
    const { path } = platform.published[0] ?? {};
    if (path !== undefined) new FlvReader((tag) => read.push(tag)).push(readFileSync(path));
    return read.length === times.length && read;
  });
  assert.deepEqual(
    tags.map(({ timestampMs }) => timestampMs),
    times,
  );
  for (const [index, { body }] of tags.entries()) assert.ok(body.subarray(5).equals(Buffer.alloc(20_000, index)));
});
