import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBroadcast } from './broadcast.ts';
import { watchPaced } from './watch-paced.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('a state that changes a hundred times a second is told five times, and its last is never lost', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const changes = createBroadcast<void>();
  const stop = new AbortController();
  let state = 0;
  const told: number[] = [];
  const reading = (async () => {
    for await (const value of watchPaced(stop.signal, changes, () => state, 200)) told.push(value);
  })();
  await settle();
  assert.deepEqual(told, [0], 'at once');
  for (let tick = 1; tick <= 100; tick++) {
    state = tick;
    changes.emit();
    t.mock.timers.tick(10);
    await settle();
  }
  assert.ok(told.length <= 6, `${told.length} in a second`);
  t.mock.timers.tick(200);
  await settle();
  assert.equal(told.at(-1), 100);
  t.mock.timers.tick(1000);
  await settle();
  assert.ok(told.length <= 7, 'nothing is told when nothing changes');
  stop.abort();
  await reading;
  assert.equal(changes.listeners, 0);
});
