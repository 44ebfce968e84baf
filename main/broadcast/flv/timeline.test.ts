import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUDIO, TIMESTAMP_SPAN, VIDEO } from './tags.ts';
import { Timeline, wrap } from './timeline.ts';

test('a source that begins anew goes on after the gap that really passed, with picture and sound as far apart as they came', () => {
  let nowMs = 5_000;
  const timeline = new Timeline(() => nowMs);
  assert.equal(timeline.place(VIDEO, 100), 0);
  assert.equal(timeline.place(AUDIO, 93), 0, 'never before the beginning');
  assert.equal(timeline.place(VIDEO, 140), 40);
  assert.equal(timeline.place(AUDIO, 163), 63);
  nowMs += 2_500;
  timeline.restart();
  const video = timeline.place(VIDEO, 0);
  assert.equal(video, 63 + 2_500);
  assert.equal(timeline.place(AUDIO, 21), video + 21);
});

test('a source that begins anew without a word is noticed', () => {
  let nowMs = 0;
  const timeline = new Timeline(() => nowMs);
  timeline.place(VIDEO, 0);
  for (let at = 40; at <= 100_000; at += 40) timeline.place(VIDEO, at);
  nowMs = 700;
  assert.equal(timeline.place(VIDEO, 0), 100_700);
  assert.equal(timeline.place(VIDEO, 40), 100_740);
});

for (const [name, span] of [
  ['31 bits, as ffmpeg writes them', 2 ** 31],
  ['32 bits', TIMESTAMP_SPAN],
] as const) {
  test(`time goes on when ${name}, run over`, () => {
    let nowMs = 0;
    const timeline = new Timeline(() => nowMs);
    let last = timeline.place(VIDEO, 2 ** 31 - 4_000);
    if (span === TIMESTAMP_SPAN) last = timeline.place(VIDEO, 2 ** 31 - 3_960);
    const from = span - 4_000;
    // A stream that is up for that long: in steps that no source makes at once.
    for (let at = 2 ** 31 - 4_000; at < from; at += 50_000) last = timeline.place(VIDEO, at);
    const steps: number[] = [];
    for (let at = from; at < from + 8_000; at += 40) {
      nowMs += 40;
      const next = timeline.place(VIDEO, at % span);
      steps.push(next - last);
      last = next;
    }
    // The first step is what was left to `from`.
    assert.ok(
      steps.slice(1).every((step) => step === 40),
      String(new Set(steps)),
    );
    assert.ok(wrap(last) < TIMESTAMP_SPAN);
  });
}
