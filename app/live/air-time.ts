/** The machine's calendar, and what of a show may be played when. */
import type { AirTime, Segment } from '../document/live.ts';
import type { ShowPosition } from './protocol.ts';

/** Minutes east of UTC at a moment, daylight saving included: what turns Unix time into the time on the wall. */
export type UtcOffset = (wallMs: number) => number;

/** Of the system this runs on. */
export const systemUtcOffset: UtcOffset = (wallMs) => -new Date(wallMs).getTimezoneOffset();

export interface LocalTime {
  /** ISO, local: `2026-11-22` and `2026-11-22T18`. */
  day: string;
  hour: string;
  /** 1 Monday … 7 Sunday. */
  weekday: number;
  /** Since midnight. */
  minute: number;
}

/** How often a segment was played, as a {@link ShowPosition} keeps it. */
export type PlayCount = ShowPosition['played'][string];

/** A segment may be called whatever an object has by nature. */
export const playsOf = (played: ShowPosition['played'], segmentId: string): PlayCount | undefined =>
  Object.hasOwn(played, segmentId) ? played[segmentId] : undefined;

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const MINUTES_OF_DAY = 1440;
/** Windows come again every week; a day more for one that a limit passes over. */
const LOOK_AHEAD_MS = 8 * 24 * 60 * MINUTE_MS;

export function localTime(wallMs: number, utcOffset: UtcOffset): LocalTime {
  const shifted = new Date(wallMs + utcOffset(wallMs) * MINUTE_MS);
  const iso = shifted.toISOString();
  return {
    day: iso.slice(0, 10),
    hour: iso.slice(0, 13),
    weekday: shifted.getUTCDay() || 7,
    minute: shifted.getUTCHours() * 60 + shifted.getUTCMinutes(),
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const fromMinute = ({ from }: AirTime): number => (from === null ? 0 : minuteOf(from));

/** A window that ends when it begins, or before, reaches into the next day and counts to the day it began on. */
export function isOnAir(airTime: AirTime | null, { weekday, minute }: LocalTime): boolean {
  if (airTime === null) return true;
  const from = fromMinute(airTime);
  const to = airTime.to === null ? MINUTES_OF_DAY : minuteOf(airTime.to);
  const beganToday = minute >= from && (minute < to || to <= from);
  const beganYesterday = to <= from && minute < to;
  if (!beganToday && !beganYesterday) return false;
  const beganOn = beganToday ? weekday : ((weekday + 5) % 7) + 1;
  return airTime.weekdays.length === 0 || airTime.weekdays.includes(beganOn);
}

/** Enabled, within its air time, and not yet played as often as it may be. */
export function mayPlay(
  { enabled, airTime, limit }: Pick<Segment, 'enabled' | 'airTime' | 'limit'>,
  played: PlayCount | undefined,
  now: LocalTime,
): boolean {
  if (!enabled || !isOnAir(airTime, now)) return false;
  if (limit === null || played === undefined) return true;
  if (limit.per === 'show') return played.show < limit.times;
  if (limit.per === 'hour') return played.hour !== now.hour || played.inHour < limit.times;
  return played.day !== now.day || played.inDay < limit.times;
}

/** The count with one more, begun at `now`. */
export const playedOnceMore = (played: PlayCount | undefined, { hour, day }: LocalTime): PlayCount => ({
  show: (played?.show ?? 0) + 1,
  hour,
  inHour: (played?.hour === hour ? played.inHour : 0) + 1,
  day,
  inDay: (played?.day === day ? played.inDay : 0) + 1,
});

/** The first moment after `wallMs` at which one of `segments` may be played; null where none ever will be. */
export function nextOpening(
  segments: readonly Segment[],
  played: ShowPosition['played'],
  wallMs: number,
  utcOffset: UtcOffset,
): number | null {
  // Hours, days and daylight saving begin and end with a quarter of an hour in every zone; windows with any minute.
  const minutes = new Set(segments.flatMap(({ airTime }) => (airTime === null ? [] : [fromMinute(airTime) % 15])));
  const steps = [...minutes.add(0)].sort((a, b) => a - b);
  for (
    let quarter = Math.floor(wallMs / QUARTER_MS) * QUARTER_MS;
    quarter < wallMs + LOOK_AHEAD_MS;
    quarter += QUARTER_MS
  ) {
    for (const step of steps) {
      const at = quarter + step * MINUTE_MS;
      if (at <= wallMs) continue;
      const local = localTime(at, utcOffset);
      if (segments.some((segment) => mayPlay(segment, playsOf(played, segment.id), local))) return at;
    }
  }
  return null;
}
