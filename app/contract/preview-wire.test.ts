import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodePreviewMedia,
  decodePreviewRequest,
  encodePreviewMedia,
  encodePreviewRequest,
  frameBytes,
  HEADER_BYTES,
  type PreviewMedia,
} from './preview-wire.ts';

const data = Uint8Array.from({ length: frameBytes(6, 4, true) }, (_, index) => index);
const frame: PreviewMedia = {
  ...{ kind: 'frame', generation: 2 ** 32 - 1, index: 90_000, widthPx: 6, heightPx: 4 },
  ...{ begins: true, alpha: true, data },
};
const sound: PreviewMedia = {
  ...{ kind: 'sound', generation: 7, startSample: 3_000_000_000, begins: false },
  samples: Int16Array.of(-32768, 0, 5, 32767),
};

test('frames and sound arrive as they were sent, wherever in a buffer they lie', () => {
  for (const media of [frame, sound]) {
    const message = encodePreviewMedia(media);
    for (const offset of [0, 1, 4]) {
      const shifted = new Uint8Array(offset + message.length);
      shifted.set(message, offset);
      assert.deepEqual(decodePreviewMedia(shifted.subarray(offset)), media);
    }
    const pool = new Uint8Array(1000);
    const used = encodePreviewMedia(media, pool);
    assert.equal(used.buffer, pool.buffer);
    assert.deepEqual(decodePreviewMedia(used), media);
  }
});

test('a message that was cut, lengthened or made up is none', () => {
  const message = encodePreviewMedia(frame);
  const kind = message.slice();
  kind[0] = 9;
  const smaller = message.slice();
  smaller[2] = 4;
  for (const bytes of [message.slice(0, -1), message.slice(0, HEADER_BYTES - 1), kind, smaller, new Uint8Array(0)])
    assert.equal(decodePreviewMedia(bytes), null);
});

test('requests are checked, and what is left out is filled in', () => {
  const play = encodePreviewRequest({ type: 'play', generation: 3, fromMs: 40 });
  assert.deepEqual(decodePreviewRequest(play), { type: 'play', generation: 3, fromMs: 40, toMs: null, loop: false });
  for (const text of ['', '{', 'null', '{"type":"play"}', '{"type":"seek","generation":-1,"atMs":0}'])
    assert.equal(decodePreviewRequest(text), null, text);
});
