import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTable, figure, holdsBar, median, quantile } from './figures.ts';

test('a bar holds up to and including its number, in its own direction; what is no number holds none', () => {
  assert.deepEqual(
    [0.74, 0.75, 0.76].map((value) => holdsBar(value, { atLeast: 0.75 })),
    [false, true, true],
  );
  assert.deepEqual(
    [-41, -40, 40, 41].map((value) => holdsBar(value, { atLeast: -40, atMost: 40 })),
    [false, true, true, false],
  );
  assert.equal(holdsBar(Number.NaN, { atMost: 5 }), false);
  assert.equal(holdsBar(1e9, null), true);
});

test('rounding for the eye never lifts a value over its bar', () => {
  assert.deepEqual(figure('ratio', 0.749_99, '', { atLeast: 0.75 }), {
    name: 'ratio',
    value: 0.75,
    unit: '',
    bar: { atLeast: 0.75 },
    holds: false,
  });
});

test('the middle of an even count lies between two; quantiles follow the straight line', () => {
  assert.equal(median([9, 1, 4, 2]), 3);
  assert.equal(quantile([0, 10], 0.95), 9.5);
});

test('the table names every figure with what was asked of it and whether it holds', () => {
  const machine = { cpu: 'X', cores: 2, memoryMb: 4000, load: 0.5, system: 's', node: 'v24', ffmpeg: null };
  const figures = [figure('lag', 50, 'ms', { atLeast: -40, atMost: 40 }), figure('frames', 10, '')];
  const [head, lag, frames] = asTable({ bench: 'lips', machine, figures }).split('\n');
  assert.match(head!, /^lips: X × 2.*no ffmpeg$/);
  assert.match(lag!, /✖ +lag +50 +ms +≥ -40, ≤ 40$/);
  assert.doesNotMatch(frames!, /[✔✖]/);
});
