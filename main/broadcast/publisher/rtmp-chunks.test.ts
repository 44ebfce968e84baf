import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ChunkReader, MESSAGE, type RtmpMessage, writeMessage } from './rtmp-chunks.ts';

test('messages of any size and time come through chunks whole, in pieces of any length', () => {
  const chunkSize = Buffer.alloc(4);
  chunkSize.writeUInt32BE(4_096);
  const messages: RtmpMessage[] = [];
  for (const timestampMs of [0, 40, 0xfffffe, 0xffffff, 0x1000000, 2 ** 31 + 5, 2 ** 32 - 1]) {
    for (const bytes of [1, 4_095, 4_096, 4_097, 8_192, 50_000]) {
      messages.push({
        type: bytes % 2 ? MESSAGE.audio : MESSAGE.video,
        streamId: 1,
        timestampMs,
        payload: randomBytes(bytes),
      });
    }
  }
  const wire = Buffer.concat([
    writeMessage({ type: MESSAGE.setChunkSize, streamId: 0, timestampMs: 0, payload: chunkSize }, 2, 128),
    ...messages.map((message) => writeMessage(message, message.type === MESSAGE.audio ? 4 : 6, 4_096)),
  ]);
  for (const most of [700, 1_460, 100_000]) {
    const read: RtmpMessage[] = [];
    const reader = new ChunkReader((message) => read.push(message));
    for (let at = 0, step = 1; at < wire.length; at += step) {
      step = 1 + ((at * 31) % most);
      reader.push(wire.subarray(at, at + step));
    }
    assert.equal(read.length, messages.length);
    for (const [index, message] of messages.entries()) assert.deepEqual(read[index], message);
  }
});

test('a server that compresses its headers is understood, and one that is out of its mind ends the reading', () => {
  const read: RtmpMessage[] = [];
  const reader = new ChunkReader((message) => read.push(message));
  reader.push(Buffer.from([0x03, 0, 0, 10, 0, 0, 2, 20, 1, 0, 0, 0, 0xaa, 0xbb]));
  reader.push(Buffer.from([0x43, 0, 0, 5, 0, 0, 1, 20, 0xcc]));
  reader.push(Buffer.from([0x83, 0, 0, 5, 0xdd]));
  reader.push(Buffer.from([0xc3, 0xee]));
  assert.deepEqual(
    read.map(({ timestampMs, payload }) => [timestampMs, payload.toString('hex')]),
    [
      [10, 'aabb'],
      [15, 'cc'],
      [20, 'dd'],
      [25, 'ee'],
    ],
  );
  assert.throws(() => reader.push(Buffer.from([0xc9, 0])));
  assert.throws(() =>
    new ChunkReader(() => {}).push(Buffer.from([0x03, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0, 1])),
  );
});
