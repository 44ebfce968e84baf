import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeProgramme } from './encode-programme.ts';
import type { EncoderSink } from './ports/encoder.ts';
import type { FrameSource, FrameSpeech } from './ports/frames.ts';

const { signal } = new AbortController();
const sourceOf = (events: string[], frame: FrameSource['frame']): FrameSource => ({
  ...{ depth: 2, lookAheadMs: 100, subtitles: () => {}, dispose: () => Promise.resolve() },
  stats: () => ({ frames: 0, faceMs: 0, stageMs: 0 }),
  speak: ({ pcmPath }) => events.push(`speak ${pcmPath}`),
  frame: (index) => {
    events.push(`ask ${index}`);
    return frame(index);
  },
});
const speechAt = (startMs: number): FrameSpeech => ({
  ...{ startMs, samples: 0, pcmPath: `${startMs}`, emotions: [], envelope: new Float32Array() },
  timeline: { durationMs: 0, phones: [], words: [], sentences: [] },
});

test('frames are asked for ahead, speech told before the frames that show it, all written in order', async () => {
  const events: string[] = [];
  const source = sourceOf(events, async (index) => ({
    data: Uint8Array.of(index),
    release: () => void events.push(`release ${index}`),
  }));
  const sink: EncoderSink = {
    encoder: 'none',
    writeFrame: async ([index]) => void events.push(`write ${index}`),
    finish: async () => void events.push('finish'),
    abort: () => Promise.reject(new Error('unreached')),
  };
  // 100 ms to look ahead and 500 ms of margin: 1000 is due with the frame at 400, 10 000 never
  const input = { fps: 5, frames: 4, speech: [speechAt(0), speechAt(1000), speechAt(10_000)] };
  await encodeProgramme(input, source, sink, { signal });
  assert.deepEqual(events.slice(0, 4), ['speak 0', 'ask 0', 'ask 1', 'write 0']);
  const of = (kind: string): string[] => events.filter((event) => event.startsWith(kind));
  assert.deepEqual(of('write'), ['write 0', 'write 1', 'write 2', 'write 3']);
  assert.deepEqual(of('speak'), ['speak 0', 'speak 1000']);
  assert.equal(events.indexOf('speak 1000') + 1, events.indexOf('ask 2'));
  for (const index of [0, 1, 2, 3]) assert.ok(events.indexOf(`write ${index}`) < events.indexOf(`release ${index}`));
  assert.equal(events.at(-1), 'finish');
});

test('when a frame cannot be drawn, written or waited for, the output is aborted and that failure thrown', async () => {
  const failure = new Error('gone');
  for (const broken of ['frame', 'write', 'signal'] as const) {
    const events: string[] = [];
    const controller = new AbortController();
    const source = sourceOf(events, async (index) => {
      if (broken === 'frame' && index === 1) throw failure;
      return { data: Uint8Array.of(index), release: () => {} };
    });
    const sink: EncoderSink = {
      encoder: 'none',
      writeFrame: async ([index]) => {
        if (broken === 'write' && index === 1) throw failure;
        if (broken === 'signal') controller.abort(failure);
      },
      finish: () => Promise.reject(new Error('unreached')),
      abort: async () => void events.push('abort'),
    };
    const input = { fps: 25, frames: 10, speech: [] };
    const hooks = { signal: controller.signal };
    await assert.rejects(encodeProgramme(input, source, sink, hooks), failure);
    assert.equal(events.at(-1), 'abort', broken);
  }
});
