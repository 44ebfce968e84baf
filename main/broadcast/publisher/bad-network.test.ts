import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { badNetwork } from '../testing/proxy.ts';
import { QUICK, rtmpServer, send, status, streamOf, usual } from '../testing/scripted-server.ts';
import { until } from '../testing/stage.ts';
import { MESSAGE, type RtmpMessage } from './rtmp-chunks.ts';

const portOf = (url: string): number => Number(new URL(url.replace('rtmp:', 'http:')).port);
const at = (port: number): string => `rtmp://127.0.0.1:${port}/app`;

/** A server that takes everything, and what it took, a list for each connection. */
async function taking(t: Parameters<typeof rtmpServer>[0]) {
  const received: RtmpMessage[][] = [];
  const server = await rtmpServer(
    t,
    (command, say) => {
      usual(command, say);
      if (command === 'connect') received.push([]);
      if (command === 'publish') say(...status('status', 'NetStream.Publish.Start'));
    },
    (message) => {
      // A hundred kilobytes each: their beginnings are enough.
      if (message.type === MESSAGE.video)
        received.at(-1)?.push({ ...message, payload: Buffer.from(message.payload.subarray(0, 5)) });
    },
  );
  return { received, port: portOf(server.url) };
}

/** What can be decoded: each frame follows the one before it, or is a keyframe. */
function assertWhole(messages: readonly RtmpMessage[]): void {
  const frames = messages.filter(({ payload }) => payload[1] === 1);
  for (const [i, { timestampMs, payload }] of frames.entries()) {
    const step = i === 0 ? 40 : timestampMs - frames[i - 1]!.timestampMs;
    assert.ok(step > 0, 'time goes back');
    assert.ok(
      step === 40 || payload[0] === 0x17,
      `a frame ${step} ms after the one before refers to one that is missing`,
    );
  }
}

test('over a line of 300 ms that loses a fifth, a stream too thick for it waits no longer than its bound, drops whole groups, stays connected, and recovers', async (t) => {
  const { received, port } = await taking(t);
  const network = await badNetwork(t, port);
  const frameBytes = 100_000;
  const { destination } = send(t, at(network.port), {
    stream: streamOf(t, frameBytes),
    timing: { ...QUICK, sendTimeoutMs: 10_000, answerMs: 10_000 },
  });
  await until('live', () => destination.status().state === 'live');
  network.set({ delayMs: 300, loss: 0.2 });
  let mostBytes = 0;
  await until('drops', () => {
    const { queueBytes, droppedFrames } = destination.status();
    mostBytes = Math.max(mostBytes, queueBytes);
    return droppedFrames > 40;
  });
  // A second and what one keyframe interval brings; 25 frames a second.
  assert.ok(mostBytes < 3 * 25 * frameBytes, `${mostBytes} bytes waited`);
  network.set({});
  await until('recovered', () => destination.status().queueMs < 200);
  const { droppedFrames, sentFrames } = destination.status();
  await until('frames again', () => destination.status().sentFrames > sentFrames + 50);
  const after = destination.status();
  assert.ok(after.droppedFrames - droppedFrames < 25, 'it goes on dropping');
  assert.deepEqual([after.state, after.reconnects, after.lastError], ['live', 0, null]);
  assert.equal(received.length, 1);
  await until('all of it', () => received[0]!.length > 100);
  assertWhole(received[0]!);
});

test('a thin stream over the same line loses nothing', async (t) => {
  const { received, port } = await taking(t);
  const network = await badNetwork(t, port, 7);
  network.set({ delayMs: 300, loss: 0.2 });
  const { destination } = send(t, at(network.port), { timing: { ...QUICK, answerMs: 10_000, connectMs: 10_000 } });
  await until('frames', () => (received[0]?.length ?? 0) > 100);
  const { state, droppedFrames, reconnects, lastError } = destination.status();
  assert.deepEqual([state, droppedFrames, reconnects, lastError], ['live', 0, 0, null]);
  assertWhole(received[0]!);
});

test('a network that is gone without a word is noticed by what it does not take, and connected through again when it is back', async (t) => {
  const { received, port } = await taking(t);
  const network = await badNetwork(t, port);
  const { destination, failed } = send(t, at(network.port), {
    stream: streamOf(t, 400_000),
    timing: { ...QUICK, sendTimeoutMs: 1_500, answerMs: 1_000 },
  });
  await until('live', () => destination.status().state === 'live');
  network.set({ blackhole: true });
  assert.equal((await failed('broadcast.send-timeout')).state, 'waiting');
  // Nobody answers there either.
  await failed('broadcast.server-silent');
  await delay(500);
  network.set({});
  await until('back', () => destination.status().state === 'live' && destination.status().reconnects === 1);
  await until('frames', () => (received.at(-1)?.length ?? 0) > 50);
  assert.ok(received.length >= 2);
  for (const messages of received) assertWhole(messages);
  const media = received.at(-1)!.filter(({ payload }) => payload[1] === 1);
  assert.deepEqual([media[0]!.timestampMs, media[0]!.payload[0]], [0, 0x17], 'from the beginning, with a keyframe');
});
