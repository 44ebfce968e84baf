import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeProgramme } from './encode-programme.ts';
import type { EncoderSink } from './ports/encoder.ts';
import type { FrameSource } from './ports/frames.ts';

test('when the sound fails, its failure is thrown, but not before the frame being drawn has come back', async () => {
  const drawn = Promise.withResolvers<void>();
  const failure = new Error('the sound is gone');
  const events: string[] = [];
  const source: FrameSource = {
    ...{ depth: 2, lookAheadMs: 0, speak: () => {}, subtitles: () => {}, dispose: () => Promise.resolve() },
    stats: () => ({ frames: 0, faceMs: 0, stageMs: 0 }),
    frame: async () => {
      await drawn.promise;
      events.push('frame');
      return { data: new Uint8Array(), release: () => {} };
    },
  };
  const sink: EncoderSink = {
    ...{ encoder: 'none', writeAudio: () => Promise.resolve(), finish: () => Promise.reject(new Error('unreached')) },
    writeFrame: () => Promise.reject(new Error('aborted')),
    abort: async () => {
      events.push('abort');
      setImmediate(() => drawn.resolve());
    },
  };
  async function* sound(): AsyncGenerator<Int16Array> {
    yield new Int16Array(1);
    throw failure;
  }
  const input = { fps: 25, frames: 10, speech: [], sound: sound() };
  await assert.rejects(
    encodeProgramme(input, source, sink, { signal: new AbortController().signal }).finally(() => events.push('end')),
    failure,
  );
  assert.equal(events[0], 'abort');
  assert.ok(events.includes('frame') && events.at(-1) === 'end', events.join(' '));
});
