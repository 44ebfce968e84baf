/** The machine's calendar, and what of a show may be played when. */
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
