import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUDIO, VIDEO } from '../flv/tags.ts';
import type { StreamTag } from './live-stream.ts';
import { SendQueue } from './send-queue.ts';

const tag = (kind: StreamTag['kind'], timeMs: number, bytes = 100): StreamTag => ({
  type: kind === 'audio' ? AUDIO : VIDEO,
  kind,
  timeMs,
  body: Buffer.alloc(bytes),
});
const drain = (queue: SendQueue): string[] => {
  const out: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) out.push(`${next.kind}@${next.timeMs}`);
  return out;
};

test('what is sent in time is all sent', () => {
  let nowMs = 0;
  const queue = new SendQueue(() => nowMs);
  // Two seconds at once, as at the start of a connection, and then sent.
  for (let at = 0; at < 2_000; at += 40) queue.push(tag(at === 0 ? 'keyframe' : 'inter', at));
  nowMs += 500;
  queue.push(tag('inter', 2_000));
  assert.equal(drain(queue).length, 51);
  assert.equal(queue.droppedFrames, 0);
});

test('a destination that falls behind loses disposable frames first, then up to the next keyframe, and never sound or keyframes', () => {
  let nowMs = 0;
  const queue = new SendQueue(() => nowMs);
  const push = (kind: StreamTag['kind']): void => queue.push(tag(kind, nowMs));
  push('keyframe');
  for (nowMs = 40; nowMs <= 680; nowMs += 40) {
    push(nowMs % 80 === 0 ? 'disposable' : 'inter');
    push('audio');
  }
  assert.equal(queue.droppedFrames, 0);
  nowMs = 760;
  push('inter');
  assert.equal(queue.droppedFrames, 8, 'after 700 ms the disposable ones');
  nowMs = 1_080;
  push('inter');
  const before = queue.droppedFrames;
  assert.equal(before, 8 + 9 + 2, 'after a second all that refer to others');
  push('inter');
  push('audio');
  assert.equal(queue.droppedFrames, before + 1, 'and those that come, until a keyframe');
  push('keyframe');
  const kinds = drain(queue).map((entry) => entry.split('@')[0]);
  assert.deepEqual(kinds, ['keyframe', ...Array.from({ length: 18 }, () => 'audio'), 'keyframe']);
  push('inter');
  assert.deepEqual(drain(queue), ['inter@1080'], 'from there on all');
});

test('memory is bounded whatever comes', () => {
  const queue = new SendQueue(() => 0, { disposableMs: 700, interMs: 1_000, mostBytes: 10_000 });
  queue.push(tag('video-header', 0, 50));
  for (let at = 0; at < 1_000; at++)
    queue.push(tag(at % 50 === 0 ? 'keyframe' : at % 2 ? 'audio' : 'inter', at, 1_000));
  assert.ok(queue.bytes <= 11_000);
  assert.equal(drain(queue)[0], 'video-header@0');
  assert.ok(queue.droppedAudio > 0 && queue.droppedFrames > 0);
});
