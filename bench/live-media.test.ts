import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesHeard } from './live-lips.ts';
import { beginnings, continuity, onset, pictureLag, quietStretches, standstills, type TimedTag } from './live-media.ts';
import { growth, slopePerMinute } from './live-processes.ts';
import { SENTENCES } from './live-show.ts';

const FRAME_MS = 40;
const pictures = (times: readonly number[]): TimedTag[] => times.map((timeMs) => ({ kind: 'inter', timeMs }));
/** Sound from each of these ms on, for 300 ms. */
const sounding = (lengthMs: number, startsMs: readonly number[]): Float32Array =>
  Float32Array.from({ length: lengthMs }, (_, ms) =>
    startsMs.some((startMs) => ms >= startMs && ms < startMs + 300) ? 0.3 : 0,
  );

test('times that stand, go back, or leave pictures out are seen', () => {
  const even = continuity(pictures([0, 40, 80, 120]), 25);
  assert.deepEqual([even.pictureGapMs, even.missingPictures, even.backwards], [40, 0, 0]);
  const holed = continuity(pictures([0, 40, 160, 200]), 25);
  assert.deepEqual([holed.pictureGapMs, holed.missingPictures, holed.backwards], [120, 2, 0]);
  assert.equal(continuity(pictures([0, 40, 40, 20]), 25).backwards, 2);
  assert.equal(continuity([...pictures([0, 40]), { kind: 'audio', timeMs: 0 }], 25).backwards, 0);
});

test('a beginning is sound after quiet, not the middle of a sound', () => {
  const peaks = sounding(2000, [500, 1200]);
  assert.equal(onset(peaks, 300, 900), 500);
  assert.equal(onset(peaks, 520, 900), null);
  assert.equal(onset(peaks, 900, 1100), null);
  assert.deepEqual(quietStretches(peaks, 450), [
    { fromMs: 0, toMs: 500 },
    { fromMs: 1500, toMs: 2000 },
  ]);
});

test('how late a picture is comes out between frames, and a frame more or less later is seen as drift', () => {
  const leadInMs = 25;
  /** Lines that begin anywhere, shown in the first picture after their beginning, everything shown `lateMs` later. */
  const seen = (fromMs: number, lateMs: number) =>
    Array.from({ length: 24 }, (_, i) => {
      const beginsMs = fromMs + i * 1013;
      return { seenMs: Math.ceil(beginsMs / FRAME_MS) * FRAME_MS + lateMs, heardMs: beginsMs + leadInMs };
    });
  const exact = pictureLag(seen(0, 0), leadInMs).ms;
  assert.ok(Math.abs(exact - FRAME_MS / 2) <= 3, `${exact}`);
  assert.ok(Math.abs(pictureLag(seen(50_000, 0), leadInMs).ms - exact) <= 3);
  assert.ok(Math.abs(pictureLag(seen(50_000, 8), leadInMs).ms - exact - 8) <= 3);
  const { leftOut, ms } = pictureLag([...seen(0, 0), { seenMs: 900, heardMs: 600 }], leadInMs);
  assert.equal(leftOut, 1);
  assert.ok(Math.abs(ms - exact) <= 3);
  assert.deepEqual(beginnings([480, 5000], sounding(6000, [500])), [{ seenMs: 480, heardMs: 500 }]);
});

test('a ticker that stands for a frame is counted, one that has hardly begun is not', () => {
  const runs = Array.from({ length: 60 }, (_, i) => 28 + (i % 5));
  assert.equal(standstills(runs), 0);
  assert.equal(standstills(runs.with(20, 0.4).with(41, 1)), 2);
  assert.equal(standstills(Array.from({ length: 60 }, () => 1.5).with(20, 0)), 0);
});

test('lines are found again by when they were said, wherever the recording’s clock begins', () => {
  const traces = [0, 1, 2, 3, 4].map((line, i) => ({
    ...{ id: `${i}`, source: 'show' as const, text: `[#show flash]${SENTENCES[line]}`, askedAtMs: 0, spokenAtMs: 0 },
    ...{ announcedAtMs: 0, firstFrameDrawnAtMs: 0, firstFrameFedAtMs: 0, toStreamMs: null, interrupted: false },
    ...{ fromStreamMs: 60_000 + i * 4500 + line * line * 200, lateFrames: 0 },
  }));
  const startsMs = traces.slice(1).map(({ fromStreamMs }) => fromStreamMs - 58_213);
  assert.deepEqual(linesHeard(startsMs, traces), [1, 2, 3, 4]);
  assert.deepEqual(linesHeard([...startsMs, 90_000], traces), [1, 2, 3, 4, null]);
});

test('memory that grows is told by its slope and by its ends', () => {
  const points = Array.from({ length: 40 }, (_, i) => ({ atMs: i * 5000, value: 300 + (i * 5) / 60 + (i % 2) }));
  assert.ok(Math.abs(slopePerMinute(points) - 1) < 0.1);
  assert.equal(growth([5, 5, 5, 5, 9, 5, 7, 7]), 2);
});
