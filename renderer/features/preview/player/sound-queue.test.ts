import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SoundAnchor } from './sound-messages.ts';
import { SoundQueue } from './sound-queue.ts';

const PIECE = 2400;

/** A queue with a clock; samples of the programme are their own number plus one, so that what is heard says where it is from. */
function listen() {
  const said: SoundAnchor[] = [];
  const queue = new SoundQueue((anchor) => said.push(anchor));
  let frame = 0;
  queue.obey({ type: 'reset', generation: 1 });
  return {
    queue,
    said,
    sound(round: number, from: number, to: number, generation = 1): void {
      for (let at = from; at < to; at += PIECE) {
        const samples = Int16Array.from({ length: Math.min(PIECE, to - at) }, (_, i) => at + i + 1);
        queue.obey({ type: 'sound', generation, round, startSample: at, samples });
      }
    },
    limit(round: number, sample: number, final = false): void {
      queue.obey({ type: 'limit', generation: 1, round, sample, final });
    },
    /** The next samples, as the programme's own numbers; NaN where nothing is played. */
    hear(count: number): number[] {
      const output = new Float32Array(count);
      const from = said.length;
      queue.fill(output, frame);
      const begin = frame;
      frame += count;
      let playing = said.slice(0, from).at(-1)?.running ?? false;
      return Array.from(output, (value, i) => {
        for (const anchor of said.slice(from)) if (anchor.frame - begin === i) playing = anchor.running;
        return playing ? Math.round(value * 32_768) - 1 : Number.NaN;
      });
    },
  };
}

test('sound goes no further than its limit, and what is said of it is what is heard', () => {
  const { sound, limit, hear, said } = listen();
  sound(0, 0, 24_000);
  limit(0, 4800);
  assert.ok(hear(128).every(Number.isNaN), 'too little to begin with');
  limit(0, 12_000);
  const heard = [...hear(10_000), ...hear(5000)];
  assert.equal(heard[5000], 5000);
  assert.equal(heard[11_999], 11_999);
  assert.ok(Number.isNaN(heard[12_000]), 'it holds at the limit');
  assert.deepEqual(
    said.map(({ frame, sample, running, ended }) => [frame, sample, running, ended]),
    [
      [128, 0, true, false],
      [128 + 12_000, 12_000, false, false],
    ],
  );
  limit(0, 24_000, true);
  const rest = hear(14_000);
  assert.equal(rest[1000], 13_000);
  assert.equal(said.at(-1)!.ended, true);
  assert.equal(said.at(-1)!.sample, 24_000);
});

test('a loop goes on without a gap; what a round had too much is dropped', () => {
  const { sound, limit, hear, said } = listen();
  sound(0, 9600, 28_800);
  limit(0, 24_000);
  hear(1000);
  // The next round was sent ahead of its pictures.
  sound(1, 9600, 19_200);
  hear(1000);
  limit(0, 19_200, true);
  limit(1, 12_000);
  const heard = hear(9600);
  const turn = heard.indexOf(9600);
  assert.equal(heard[turn - 1], 19_199);
  assert.equal(heard[turn + 500], 10_100);
  assert.deepEqual([said.at(-1)!.round, said.at(-1)!.sample, said.at(-1)!.running], [1, 9600, true]);
});

test('a round that never had a picture is passed over, and sound of another time is never heard', () => {
  const { sound, limit, hear, said, queue } = listen();
  sound(0, 0, 12_000);
  sound(1, 0, 4800);
  sound(2, 40_00, 16_000);
  sound(0, 20_000, 22_000, 7);
  limit(0, 9600, true);
  limit(2, 16_000, true);
  const heard = hear(22_000);
  assert.equal(heard[9599], 9599);
  assert.equal(heard[9600], 4000);
  assert.equal(said.at(-1)!.ended, true);
  queue.obey({ type: 'reset', generation: 8 });
  assert.ok(hear(500).every(Number.isNaN));
});
