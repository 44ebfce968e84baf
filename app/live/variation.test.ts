import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shuffledRound, variationAt } from './variation.ts';

test('every round has each once, begins with another than the last ended with, and is the same for the same seed', () => {
  for (let size = 1; size <= 7; size++) {
    const ids = Array.from({ length: size }, (_, i) => `s${i}`);
    const orders = new Set<string>();
    let last = '';
    for (let round = 0; round < 60; round++) {
      const order = shuffledRound(ids, 5, 'x', round);
      assert.deepEqual(order.toSorted(), ids);
      assert.deepEqual(shuffledRound(ids, 5, 'x', round), order);
      if (size > 1) assert.notEqual(order[0], last);
      last = order.at(-1)!;
      orders.add(order.join());
    }
    if (size > 3) assert.ok(orders.size > 15, `${orders.size} orders of ${size}`);
    if (size > 3) assert.notDeepEqual(shuffledRound(ids, 6, 'x', 3), shuffledRound(ids, 5, 'x', 3));
  }
});

test('alternatives take turns: none twice in a row, each as often as the others, another course for every slot', () => {
  for (let count = 1; count <= 6; count++) {
    const course = (name: string): number[] => Array.from({ length: 60 }, (_, nth) => variationAt(count, 3, name, nth));
    const said = course('a');
    for (let choice = 0; choice < count; choice++)
      assert.equal(said.filter((each) => each === choice).length, 60 / count);
    if (count > 1) assert.ok(said.every((each, i) => i === 0 || each !== said[i - 1]));
    if (count > 2) assert.notDeepEqual(said, course('b'));
  }
});
