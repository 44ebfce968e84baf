import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptLine } from '../../../app/document/script.ts';
import { addKeyframeAt, dragKeyframe, moodSpans, nearestWord, neighbourWord, paceOf } from './mood-track.ts';
import { endOf, linesBetween, placeLines } from './placed-lines.ts';
import { clampView, fitScale, snapTo, ticks, toMs, toPx, zoomAround } from './time-axis.ts';

const line = (text: string, change: Partial<ScriptLine> = {}): ScriptLine => ({
  ...{ id: text, text, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 300 },
  ...change,
});

test('zooming keeps what is under the pointer, and never shows more than there is', () => {
  const before = { pxPerMs: 0.1, fromMs: 20_000 };
  const nearer = zoomAround(before, 2, 300, 100_000, 1000);
  assert.equal(nearer.pxPerMs, 0.2);
  assert.ok(Math.abs(toMs(nearer, 300) - toMs(before, 300)) < 1e-6);
  const farthest = zoomAround(before, 1e-6, 300, 100_000, 1000);
  assert.equal(farthest.pxPerMs, fitScale(100_000, 1000));
  assert.equal(farthest.fromMs, 0);
  assert.ok(toPx(clampView({ pxPerMs: 0.2, fromMs: 1e9 }, 100_000, 1000), 100_000) <= 1000);
});

test('labels never touch, and lie at round times', () => {
  for (const pxPerMs of [0.8, 0.2, 0.05, 0.004, 0.0001]) {
    const view = { pxPerMs, fromMs: 12_345 };
    const majors = ticks(view, 1200).filter(({ major }) => major);
    for (const [i, { atMs }] of majors.entries()) {
      if (i > 0) assert.ok((atMs - majors[i - 1]!.atMs) * pxPerMs >= 84);
      assert.ok(atMs >= view.fromMs && Number.isInteger(atMs / 50));
    }
  }
  assert.equal(snapTo(103, [0, 100, 200], 5), 100);
  assert.equal(snapTo(150, [0, 100, 200], 5), 150);
});

test("lines lie as the preview's clock has them, and those it does not know follow", () => {
  const lines = [line('a'), line('b', { pauseAfterMs: 1000 }), line('new'), line('c')];
  const clock = [
    { lineId: 'a', startMs: 400, endMs: 1400 },
    { lineId: 'b', startMs: 1700, endMs: 2700 },
    { lineId: 'c', startMs: 3700, endMs: 4200 },
  ];
  const placed = placeLines(lines, clock, () => 800);
  assert.deepEqual(
    placed.map(({ startMs, durationMs }) => [startMs, durationMs]),
    [
      [400, 1000],
      [1700, 1000],
      [3700, 800],
      [4800, 500],
    ],
  );
  assert.equal(endOf(placed), 5300);
  assert.deepEqual(
    linesBetween(placed, 1500, 3700).map((each) => each.line.id),
    ['b', 'new'],
  );
  assert.deepEqual(linesBetween(placed, 6000, 7000), []);
});

const spoken = {
  displayText: 'one two three',
  durationMs: 900,
  words: [
    { text: 'one', from: 0, to: 3, startMs: 100, endMs: 300 },
    { text: 'two', from: 4, to: 7, startMs: 300, endMs: 600 },
    { text: 'three', from: 8, to: 13, startMs: 600, endMs: 900 },
  ],
};

test('moods begin with the words they act on', () => {
  const moody = line('one [happy 0.5]two [sad]three', { emotion: 'gentle', intensity: 0.3 });
  const pace = paceOf(moody, 1000, spoken, []);
  assert.deepEqual(
    moodSpans(moody, pace, []).map(({ index, emotion, intensity, fromMs, toMs: end }) => [
      index,
      emotion,
      intensity,
      fromMs,
      end,
    ]),
    [
      [null, 'gentle', 0.3, 0, 300],
      [0, 'happy', 0.5, 300, 600],
      [1, 'sad', 1, 600, 900],
    ],
  );
  // What was spoken of another text says nothing of this one's words.
  const changed = line('one [happy]two three four');
  const spread = moodSpans(changed, paceOf(changed, 1800, spoken, []), []);
  assert.equal(spread[1]!.fromMs, (4 / 18) * 1800);
});

test('a keyframe is dragged to a word and a height, and only the cue changes', () => {
  const text = 'one [happy 0.5]two three';
  const pace = paceOf(line(text), 900, spoken, []);
  assert.equal(dragKeyframe(text, 0, nearestWord(pace, 870), 0.8, [])?.text, 'one two [happy 0.8]three');
  assert.equal(dragKeyframe(text, 0, null, 0, [])?.text, 'one [happy 0]two three');
  assert.equal(dragKeyframe(text, 0, nearestWord(pace, 0), 1, [])?.text, '[happy]one two three');
  assert.equal(neighbourWord(text, 0, 1, pace, []), 8);
  assert.equal(neighbourWord(text, 0, -1, pace, []), 0);
  assert.equal(neighbourWord('one two [happy]three', 0, 1, pace, []), null);
});

test('a new keyframe stands at the nearest word, in the mood that holds there', () => {
  const given = line('one [happy]two three');
  const pace = paceOf(given, 900, spoken, []);
  assert.equal(addKeyframeAt(given, pace, 640, 0.4, [])?.text, 'one [happy]two [happy 0.4]three');
  const chinese = line('你好世界', { emotion: 'sad' });
  assert.equal(addKeyframeAt(chinese, paceOf(chinese, 800, null, []), 400, 0.5, [])?.text, '你好[sad 0.5]世界');
  assert.equal(addKeyframeAt(line('[nope]'), paceOf(line('[nope]'), 800, null, []), 400, 0.5, []), null);
});
