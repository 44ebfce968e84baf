import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../errors/index.ts';
import { type AlarmEvent, type AlarmSample, newAlarms, stepAlarms } from './alarms.ts';
import { wellDestination, wellSession, wellStatus } from './live-figures.fixture.ts';

type Second = Partial<Omit<AlarmSample, 'nowMs' | 'wallMs'>>;

function watchShow() {
  let state = newAlarms();
  let nowMs = 0;
  const events: string[] = [];
  let standing: string[] = [];
  let last: AlarmEvent[] = [];
  return {
    events,
    get standing() {
      return standing;
    },
    get last() {
      return last;
    },
    run(seconds: number, second: (index: number) => Second = () => ({})): void {
      for (let i = 0; i < seconds; i++) {
        nowMs += 1000;
        const frames = nowMs / 40;
        const sample = { status: wellStatus({ session: wellSession({ frames }) }), memoryMb: 500, diskFreeMb: null };
        const result = stepAlarms(state, { nowMs, wallMs: 1e12 + nowMs, ...sample, ...second(i) });
        state = result.state;
        standing = result.alarms.map(({ id }) => id);
        if (result.events.length > 0) last = result.events;
        events.push(...result.events.map(({ type, alarm }) => `${nowMs / 1000} ${type} ${alarm.id}`));
      }
    },
  };
}

test('a destination is told down after half a minute, once, and up again', () => {
  const show = watchShow();
  const down = () => ({
    status: wellStatus({ destinations: [wellDestination('a'), wellDestination('b', { state: 'waiting' })] }),
  });
  const refused = () => ({
    status: wellStatus({ destinations: [wellDestination('a'), wellDestination('b', { state: 'connecting' })] }),
  });
  show.run(10);
  // Trying and failing by turns is down all the same.
  show.run(60, (i) => (i % 2 ? down() : refused()));
  assert.deepEqual(show.standing, ['destination-down:b']);
  show.run(30);
  assert.deepEqual(show.events, ['41 raised destination-down:b', '80 cleared destination-down:b']);
  assert.match(describeError(show.last[0]!.alarm.error, 'en').message, /“b”.* s\./);
});

test('a destination that comes back in time is not told, nor one that is switched off', () => {
  const show = watchShow();
  show.run(25, () => ({ status: wellStatus({ destinations: [wellDestination('a', { state: 'waiting' })] }) }));
  show.run(5);
  show.run(25, () => ({ status: wellStatus({ destinations: [wellDestination('a', { state: 'waiting' })] }) }));
  show.run(120, () => ({ status: wellStatus({ destinations: [wellDestination('a', { state: 'off' })] }) }));
  assert.deepEqual(show.events, []);
});

test('late frames are told as a share of the last half minute, and one burst long ago is forgotten', () => {
  const show = watchShow();
  let late = 0;
  let frames = 0;
  const busy = (perSecond: number) => () => {
    late += perSecond;
    frames += 25;
    return { status: wellStatus({ session: wellSession({ frames, lateFrames: late }) }) };
  };
  // Late at its start, while everything is loaded, is nobody's alarm.
  show.run(9, busy(10));
  show.run(31, busy(0));
  assert.deepEqual(show.events, []);
  show.run(30, busy(2));
  assert.deepEqual(show.standing, ['frames-late']);
  show.run(60, busy(0));
  assert.deepEqual(show.standing, []);
  assert.equal(show.events.length, 2);
});

test('a slow encoder, a full disk and a show that does not come back are told', () => {
  const show = watchShow();
  show.run(30, () => ({ status: wellStatus({ session: wellSession({ encoderSpeed: 0.7 }) }), diskFreeMb: 300 }));
  assert.deepEqual([...show.standing].sort(), ['disk-nearly-full', 'encoder-slow']);
  show.run(14, () => ({ status: wellStatus({ state: 'recovering', session: null }) }));
  assert.ok(!show.standing.includes('not-running'));
  show.run(3, () => ({ status: wellStatus({ state: 'recovering', session: null }) }));
  assert.ok(show.standing.includes('not-running'));
});

test('memory that grows is told, and memory that was needed at the start is not', () => {
  const grows = watchShow();
  grows.run(45 * 60, (i) => ({ memoryMb: 400 + (i / 60) * 3 }));
  assert.deepEqual(grows.standing, ['memory-grows']);
  const settles = watchShow();
  settles.run(90 * 60, (i) => ({ memoryMb: 400 + Math.min(600, i) + 20 * Math.sin(i / 100) + i / 3600 }));
  assert.deepEqual(settles.events, []);
});
