import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextState, OFF, PARTS, type ShowEvent, type ShowState } from './state.ts';

const after = (events: ShowEvent[], from: ShowState = OFF): ShowState =>
  events.reduce((state, event, index) => nextState(state, event, index + 1), from);
const ALL_UP: ShowEvent[] = PARTS.map((part) => ({ type: 'up', part }));
const error = { code: 'live.no-destination', params: {} };

test('on air is when all parts do their work; one that falls is recovered from, and before that it is still starting', () => {
  assert.equal(after([{ type: 'go-live' }]).state, 'starting');
  assert.equal(after([{ type: 'go-live' }, ...ALL_UP.slice(0, 2)]).state, 'starting');
  assert.equal(
    after([{ type: 'go-live' }, { type: 'up', part: 'hub' }, { type: 'down', part: 'hub' }]).state,
    'starting',
  );
  const onAir = after([{ type: 'go-live' }, ...ALL_UP]);
  assert.deepEqual([onAir.state, onAir.sinceWallMs], ['on-air', 4]);
  for (const part of PARTS) {
    const fallen = after([{ type: 'down', part }], onAir);
    assert.equal(fallen.state, 'recovering');
    assert.equal(after([{ type: 'up', part }], fallen).state, 'on-air');
  }
  const twice = after(
    [
      { type: 'down', part: 'hub' },
      { type: 'down', part: 'session' },
      { type: 'up', part: 'hub' },
    ],
    onAir,
  );
  assert.equal(twice.state, 'recovering');
});

test('what falls while it is being stopped does not bring it back', () => {
  const stopping = after([{ type: 'go-live' }, ...ALL_UP, { type: 'stop', graceful: true }]);
  for (const part of PARTS)
    assert.equal(
      after(
        [
          { type: 'down', part },
          { type: 'up', part },
        ],
        stopping,
      ).state,
      'stopping',
    );
  assert.equal(after([{ type: 'closed' }], stopping).state, 'off');
  const now = after([{ type: 'stop', graceful: false }], stopping);
  assert.ok(now.state === 'stopping' && !now.graceful);
  const still = after([{ type: 'stop', graceful: true }], now);
  assert.ok(still.state === 'stopping' && !still.graceful);
});

test('a failure keeps its reason until the next start, and late words of dead processes change nothing', () => {
  const failed = after([{ type: 'go-live' }, { type: 'failed', error }]);
  assert.deepEqual(after([...ALL_UP, { type: 'closed' }, { type: 'stop', graceful: true }], failed), failed);
  assert.equal(after([{ type: 'go-live' }], failed).state, 'starting');
  assert.equal(after([...ALL_UP, { type: 'stop', graceful: true }, { type: 'failed', error }]), OFF);
});
