import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MOUTH_TESTS, type MouthTestRequest } from '../../../../app/contract/portraits.ts';
import { avatarSchema } from '../../../../app/document/avatar.ts';
import { MouthTrial, type Trial } from './mouth-trial.ts';

const trial = (blink: number): Trial => ({
  avatar: avatarSchema.parse({ portrait: { kind: 'sample', id: 'lin' } }),
  emotion: null,
  blink,
  maxSidePx: 256,
});

function world() {
  const waiting: {
    request: MouthTestRequest;
    signal: AbortSignal;
    answer: (path: string) => void;
    fail: (why: unknown) => void;
  }[] = [];
  const shown: string[] = [];
  const faults: unknown[] = [];
  const state = { settled: true };
  const runner = new MouthTrial({
    draw: (request, signal) =>
      new Promise((answer, fail) => {
        signal.addEventListener('abort', () => fail(signal.reason));
        waiting.push({ request, signal, answer, fail });
      }),
    shown: (mouth, _, { blink }) => void shown.push(`${mouth} ${blink}`),
    failed: (error) => void faults.push(error),
    settled: (is) => {
      state.settled = is;
    },
  });
  const next = async (): Promise<(typeof waiting)[number]> => {
    for (let turn = 0; turn < 20 && waiting.length === 0; turn++) await setImmediate();
    return waiting.shift()!;
  };
  return { runner, waiting, shown, faults, state, next };
}

test('during a drag the shape looked at follows; the others come once it rests, all of the latest points', async () => {
  const { runner, shown, state, next, waiting } = world();
  runner.try(trial(0), 'O');
  const first = await next();
  assert.equal(first.request.mouth, 'O');
  for (const blink of [0.1, 0.2, 0.3]) runner.try(trial(blink), 'O');
  assert.equal(waiting.length, 0, 'one call at a time');
  first.answer('a');
  const second = await next();
  assert.deepEqual([second.request.mouth, second.request.blink], ['O', 0.3], 'what lay between is never asked for');
  second.answer('b');
  const third = await next();
  assert.notEqual(third.request.mouth, 'O');
  runner.try(trial(0.9), 'O');
  assert.ok(third.signal.aborted, 'an outdated one is taken back');
  for (const _ of MOUTH_TESTS) (await next()).answer('c');
  await setImmediate();
  assert.equal(state.settled, true);
  assert.deepEqual(shown.slice(0, 3), ['O 0', 'O 0.3', 'O 0.9']);
  assert.deepEqual([...new Set(shown.slice(2))].sort(), MOUTH_TESTS.map((mouth) => `${mouth} 0.9`).sort());
});

test('points that make no face are told until they do again; nothing is shown after the end', async () => {
  const { runner, shown, faults, state, next } = world();
  runner.try(trial(0), 'rest');
  (await next()).fail(new Error('unusable'));
  await setImmediate();
  assert.equal(String(faults.at(-1)), 'Error: unusable');
  assert.equal(state.settled, true);
  runner.try(trial(0.5), 'rest');
  for (const _ of MOUTH_TESTS) (await next()).answer('x');
  await setImmediate();
  assert.equal(faults.at(-1), null);
  const before = shown.length;
  runner.try(trial(1), 'rest');
  const last = await next();
  runner.close();
  last.answer('y');
  await setImmediate();
  assert.equal(shown.length, before);
});
