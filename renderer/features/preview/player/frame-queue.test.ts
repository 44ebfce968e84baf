import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PreviewFrame } from '../../../../app/contract/preview-wire.ts';
import { FrameQueue } from './frame-queue.ts';

const frame = (index: number, begins = false): PreviewFrame => ({
  ...{ kind: 'frame', generation: 1, index, begins, widthPx: 2, heightPx: 2, alpha: false },
  data: new Uint8Array(6),
});
const queueOf = (...indices: number[]): FrameQueue => {
  const queue = new FrameQueue();
  for (const index of indices) queue.push(frame(index, index === indices[0]), 0);
  return queue;
};
/** Which frames are shown when one looks at these positions, and how many are passed over. */
function play(queue: FrameQueue, positions: readonly number[], round = 0): { shown: (number | null)[]; over: number } {
  let over = 0;
  const shown = positions.map((position) => {
    const { frame: due, taken } = queue.due(round, position, 0.2);
    over += Math.max(0, taken - 1);
    return due?.index ?? null;
  });
  return { shown, over };
}

test('each frame is shown in the refresh nearest to its time', () => {
  assert.deepEqual(play(queueOf(0, 1, 2), [0, 0.4, 0.79, 0.85, 1.3, 1.9]), {
    ...{ shown: [0, null, null, 1, null, 2], over: 0 },
  });
});

test('after a busy moment frames that are still in their time come one a refresh, none is lost', () => {
  // Nothing was looked at between 0.1 and 1.75: frame 1 is late, and frame 2 is about to be due at the next look.
  assert.deepEqual(play(queueOf(0, 1, 2, 3), [0.1, 1.75, 2.17, 2.59, 3.01]), {
    ...{ shown: [0, 1, 2, null, 3], over: 0 },
  });
  // The lead of the next must not cost a frame that has not been seen.
  assert.deepEqual(play(queueOf(0, 1), [0.8, 1.2]), { shown: [0, 1], over: 0 });
});

test('frames whose time is over are passed over, and the last of them is better than none', () => {
  assert.deepEqual(play(queueOf(0, 1, 2, 3), [2.3]), { shown: [2], over: 2 });
  assert.deepEqual(play(queueOf(0, 1), [5]), { shown: [1], over: 1 });
});

test('what is left of a round that has been heard gives way to the next round', () => {
  const queue = queueOf(8, 9);
  queue.push(frame(0, true), 1);
  assert.deepEqual(play(queue, [0.1], 1), { shown: [0], over: 2 });
});
