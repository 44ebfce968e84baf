import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitAtPauses } from './split-at-pauses.ts';

/** Speech with a pause of 10 frames after every 40, and a short breath of 2 in the middle of each stretch. */
const talk = (frames: number): number[] =>
  Array.from({ length: frames }, (_, i) => (i % 50 >= 40 || [20, 21].includes(i % 50) ? 0 : 5 + (i % 3)));

test('a long sound is parted in the middle of its pauses, into pieces that all fit', () => {
  const pieces = splitAtPauses(talk(1000), { maxFrames: 240, minFrames: 50 });
  assert.equal(
    pieces.reduce((sum, { frames }) => sum + frames, 0),
    1000,
  );
  for (const [i, { fromFrame, frames }] of pieces.entries()) {
    assert.ok(frames >= 50 && frames <= 240, `${frames}`);
    if (i > 0) assert.equal(fromFrame % 50, 45);
  }
  assert.equal(pieces.length, 5);
});

test('what fits stays whole; without a pause it is parted all the same; no piece is too short', () => {
  assert.deepEqual(splitAtPauses(talk(240), { maxFrames: 240, minFrames: 50 }), [{ fromFrame: 0, frames: 240 }]);
  const noise = new Array<number>(260).fill(3);
  const pieces = splitAtPauses(noise, { maxFrames: 250, minFrames: 50 });
  assert.deepEqual(
    pieces.map(({ frames }) => frames >= 50 && frames <= 250),
    [true, true],
  );
  assert.deepEqual(splitAtPauses([1, 2], { maxFrames: 100, minFrames: 50 }), [{ fromFrame: 0, frames: 2 }]);
});
