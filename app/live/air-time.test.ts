import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AirTime, airTimeSchema, type Segment, segmentSchema } from '../document/live.ts';
import {
  isOnAir,
  localTime,
  mayPlay,
  nextOpening,
  type PlayCount,
  playedOnceMore,
  type UtcOffset,
} from './air-time.ts';

const HOUR = 3_600_000;
const utc = (iso: string): number => Date.parse(`${iso}Z`);
const noOffset: UtcOffset = () => 0;
/** Central Europe in 2026: an hour ahead, two from 29 March to 25 October, changed at 01:00 UTC. */
const berlin: UtcOffset = (ms) => (ms >= utc('2026-03-29T01:00') && ms < utc('2026-10-25T01:00') ? 120 : 60);
/** With the quarter of an hour that Nepal has. */
const kathmandu: UtcOffset = () => 345;

const air = (value: object): AirTime => airTimeSchema.parse(value);
const idle = (more: object): Segment => segmentSchema.parse({ kind: 'idle', id: 'a', durationMs: 1000, ...more });
const onAir = (airTime: AirTime, iso: string, offset = noOffset): boolean =>
  isOnAir(airTime, localTime(utc(iso), offset));

test('a day, an hour and a weekday are those of the wall clock', () => {
  assert.deepEqual(localTime(utc('2026-11-22T18:20'), kathmandu), {
    ...{ day: '2026-11-23', hour: '2026-11-23T00', weekday: 1, minute: 5 },
  });
  assert.equal(localTime(utc('2026-11-22T12:00'), noOffset).weekday, 7);
  assert.equal(localTime(utc('2026-03-29T00:59'), berlin).hour, '2026-03-29T01');
  assert.equal(localTime(utc('2026-03-29T01:00'), berlin).hour, '2026-03-29T03');
});

test('a window has its beginning and not its end; one over midnight counts to the day it began on', () => {
  const morning = air({ from: '08:30', to: '10:00' });
  assert.deepEqual(
    ['08:29', '08:30', '09:59', '10:00'].map((time) => onAir(morning, `2026-11-22T${time}`)),
    [false, true, true, false],
  );
  // 20 November 2026 is a Friday.
  const friday = air({ weekdays: [5], from: '22:00', to: '02:00' });
  const times = ['20T21:59', '20T22:00', '20T23:59', '21T00:00', '21T01:59', '21T02:00', '21T22:00', '20T01:00'];
  assert.deepEqual(
    times.map((time) => onAir(friday, `2026-11-${time}`)),
    [false, true, true, true, true, false, false, false],
  );
  const sunday = air({ weekdays: [7], from: '23:00', to: '01:00' });
  assert.equal(onAir(sunday, '2026-11-23T00:30'), true, 'Monday night still is Sunday’s');
  assert.equal(onAir(air({ weekdays: [1] }), '2026-11-23T00:00'), true);
  assert.equal(onAir(air({ weekdays: [1], to: '00:00' }), '2026-11-23T13:00'), true);
  assert.equal(onAir(air({ weekdays: [1], to: '00:00' }), '2026-11-24T13:00'), false);
});

test('where clocks are put forward a window in the lost hour does not open, and one about it is shorter', () => {
  const night = air({ from: '01:30', to: '03:30' });
  const times = ['00:29', '00:30', '00:59', '01:00', '01:29', '01:30'].map((time) => `2026-03-29T${time}`);
  assert.deepEqual(
    times.map((time) => onAir(night, time, berlin)),
    [false, true, true, true, true, false],
  );
  const lost = idle({ airTime: { from: '02:10', to: '02:50' } });
  assert.equal(nextOpening([lost], {}, utc('2026-03-29T00:00'), berlin), utc('2026-03-30T00:10'));
});

test('limits count by the hour and the day on the wall, and for the whole show', () => {
  const offset = kathmandu;
  const segment = (per: string): Segment => idle({ limit: { times: 2, per } });
  let played: PlayCount | undefined;
  const plays: string[] = [];
  for (let at = utc('2026-11-22T17:00'); at < utc('2026-11-22T20:00'); at += HOUR / 4) {
    const now = localTime(at, offset);
    const may = ['hour', 'day', 'show'].map((per) => (mayPlay(segment(per), played, now) ? per[0] : '-')).join('');
    if (may !== '---') plays.push(`${now.hour.slice(8)}:${now.minute % 60} ${may}`);
    if (may !== '---') played = playedOnceMore(played, now);
  }
  assert.deepEqual(plays, [
    ...['22T22:45 hds', '22T23:0 hds', '22T23:15 h--'],
    ...['23T00:0 hd-', '23T00:15 hd-', '23T01:0 h--', '23T01:15 h--'],
  ]);
});

test('the next opening is the very minute at which something may be played', () => {
  const now = utc('2026-11-22T12:34');
  const next = (...segments: Segment[]): string | null => {
    const at = nextOpening(segments, { a: count }, now, noOffset);
    return at === null ? null : new Date(at).toISOString().slice(5, 16);
  };
  const count: PlayCount = { show: 1, hour: '2026-11-22T12', inHour: 1, day: '2026-11-22', inDay: 1 };
  assert.equal(next(idle({ airTime: { from: '13:07', to: '14:00' } })), '11-22T13:07');
  assert.equal(next(idle({ airTime: { from: '11:00', to: '12:00' } })), '11-23T11:00');
  assert.equal(next(idle({ airTime: { weekdays: [6], from: '23:59', to: '00:01' } })), '11-28T23:59');
  assert.equal(next(idle({ limit: { times: 1, per: 'hour' } })), '11-22T13:00');
  assert.equal(next(idle({ limit: { times: 1, per: 'day' }, airTime: { from: '22:00', to: '02:00' } })), '11-23T00:00');
  assert.equal(next(idle({ limit: { times: 1, per: 'day' }, airTime: { weekdays: [7] } })), '11-29T00:00');
  assert.equal(next(idle({ limit: { times: 1, per: 'show' } })), null);
  assert.equal(
    next(idle({ enabled: false }), idle({ id: 'b', airTime: { from: '12:35', to: '12:36' } })),
    '11-22T12:35',
  );
});
