import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { StageFrame } from '../../engine/ports/frames.ts';
import { type AheadSource, RenderAhead } from './render-ahead.ts';

const AHEAD = 6;

/** Draws in order, what it is told to and when; a picture is its frame's number and which drawing of it this is. */
class Drawer implements AheadSource {
  readonly lent = new Set<StageFrame>();
  #waiting: { index: number; resolve: (frame: StageFrame) => void; reject: (error: unknown) => void }[] = [];
  #version = 0;

  frame(index: number): Promise<StageFrame> {
    return new Promise((resolve, reject) => this.#waiting.push({ index, resolve, reject }));
  }
  rewind(from: number): void {
    this.#version++;
    for (const each of this.#waiting.filter(({ index }) => index >= from))
      each.reject(new DOMException('given up', 'AbortError'));
    this.#waiting = this.#waiting.filter(({ index }) => index < from);
  }
  get asked(): number[] {
    return this.#waiting.map(({ index }) => index);
  }
  async draw(count: number): Promise<void> {
    for (const { index, resolve } of this.#waiting.splice(0, count)) {
      const frame = { data: Uint8Array.of(index, this.#version), release: () => void this.lent.delete(frame) };
      this.lent.add(frame);
      resolve(frame);
    }
    await turn();
  }
  async dispose(): Promise<void> {}
}

function ahead() {
  const drawer = new Drawer();
  const frames = new RenderAhead<Drawer>(AHEAD, 0, {
    drawn: () => undefined,
    lost: (_, error) => {
      throw error;
    },
  });
  frames.use(drawer);
  /** Number and version of the picture shown at a frame; null: the one before it again. */
  const shown = (index: number): number[] | null => {
    const frame = frames.take(index);
    frame?.release();
    return frame && [...frame.data];
  };
  return { drawer, frames, shown };
}

test('what is drawn again is shown as it was until its replacement is there', async () => {
  const { drawer, frames, shown } = ahead();
  await drawer.draw(AHEAD);
  assert.deepEqual(shown(0), [0, 0]);
  frames.rewind(2, null);
  frames.fill();
  assert.equal(frames.ready, 1);
  assert.equal(frames.has(2), false);
  assert.deepEqual(
    [shown(1), shown(2)],
    [
      [1, 0],
      [2, 0],
    ],
  );
  await drawer.draw(3);
  assert.deepEqual(
    [shown(3), shown(4), shown(5)],
    [
      [3, 1],
      [4, 1],
      [5, 0],
    ],
  );
  await drawer.draw(99);
  await frames.dispose();
  assert.equal(drawer.lent.size, 0);
});

test('a mouth whose voice was cut off goes on for three frames at most', async () => {
  const { drawer, frames, shown } = ahead();
  await drawer.draw(AHEAD);
  shown(0);
  frames.rewind(1, 40);
  frames.fill();
  assert.deepEqual([shown(1), shown(2), shown(3), shown(4)], [[1, 0], [2, 0], [3, 0], null]);
  await frames.dispose();
  assert.equal(drawer.lent.size, 0);
});

test('cut off twice, the newest that was drawn stands in', async () => {
  const { drawer, frames, shown } = ahead();
  await drawer.draw(AHEAD);
  frames.rewind(0, 0);
  frames.fill();
  await drawer.draw(2);
  frames.rewind(0, 0);
  frames.fill();
  assert.deepEqual(
    [shown(0), shown(1), shown(2)],
    [
      [0, 1],
      [1, 1],
      [2, 0],
    ],
  );
  await frames.dispose();
  assert.equal(drawer.lent.size, 0);
});

test('after a standstill of drawing only what can still be shown is drawn', async () => {
  const { drawer, frames, shown } = ahead();
  await drawer.draw(AHEAD);
  for (let index = 0; index < 30; index++) shown(index);
  assert.ok(drawer.asked.length <= AHEAD, `${drawer.asked.length} frames wait`);
  await drawer.draw(AHEAD);
  const after = [30, 31, 32, 33, 34].map(shown);
  assert.ok(after.filter((picture) => picture === null).length <= 3, JSON.stringify(after));
  await frames.dispose();
  assert.equal(drawer.lent.size, 0);
});
