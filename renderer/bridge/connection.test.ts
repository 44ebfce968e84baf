import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ConnectionLost, ConnectionRefused, createConnection, type Line } from './connection.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
afterEach(() => mock.timers.reset());

function fakeHost() {
  const state = { up: true, refuses: false, tries: 0, drop: () => {} };
  const connection = createConnection<number>(async (): Promise<Line<number>> => {
    state.tries += 1;
    await setImmediate();
    if (state.refuses) throw new ConnectionRefused();
    if (!state.up) throw new ConnectionLost();
    return { value: state.tries, closed: new Promise((resolve) => (state.drop = resolve)) };
  });
  return { state, connection };
}
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn++) await setImmediate();
};

test('a lost line is made again, with longer and longer waits, and calls meanwhile are told at once', async () => {
  const { state, connection } = fakeHost();
  connection.start();
  assert.equal(await connection.whenOpen(), 1);
  state.up = false;
  state.drop();
  await turns();
  assert.throws(() => connection.current(), ConnectionLost);
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    const now = connection.store.getState();
    assert.equal(now.phase, 'waiting');
    if (now.phase === 'waiting') waits.push(now.retryAtMs - Date.now());
    mock.timers.tick(10_000);
    await turns();
  }
  assert.ok(waits[4]! > 4 * waits[0]!, String(waits));
  assert.ok(Math.max(...waits) <= 9_600, String(waits));
  state.up = true;
  const opened = connection.whenOpen();
  connection.retryNow();
  await turns();
  assert.equal(await opened, state.tries);
  connection.close();
});

test('a page that is not let in is not tried again until it is asked for', async () => {
  const { state, connection } = fakeHost();
  state.refuses = true;
  connection.start();
  await turns();
  mock.timers.tick(60_000);
  await turns();
  assert.equal(connection.store.getState().phase, 'refused');
  assert.equal(state.tries, 1);
  state.refuses = false;
  connection.retryNow();
  await turns();
  assert.equal(connection.store.getState().phase, 'open');
  connection.close();
});
