/** Numbers, dates, sizes and times as the language writes them. */
import type { Locale } from './index.ts';

export interface Format {
  number(value: number, options?: Intl.NumberFormatOptions): string;
  percent(share: number): string;
  /** A moment, as a date and a time to the minute. */
  dateTime(epochMs: number): string;
  date(epochMs: number): string;
  /** How long ago, to the largest sensible unit: `3 minutes ago`. */
  ago(epochMs: number, nowMs?: number): string;
  bytes(count: number): string;
  /** `1:02:03`, `2:03` or, with `tenths`, `2:03.4`. */
  clock(ms: number, tenths?: boolean): string;
  /** A duration in words: `2.4 s`, `3 min`. */
  duration(ms: number): string;
}

const AGO_STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function createFormat(locale: Locale): Format {
  const unit = (value: number, name: string, digits: number): string =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  return {
    number: (value, options) => new Intl.NumberFormat(locale, options).format(value),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    dateTime: (ms) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms),
    date: (ms) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(ms),
    ago(ms, nowMs = Date.now()) {
      const since = ms - nowMs;
      const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
      for (const [name, length] of AGO_STEPS)
        if (Math.abs(since) >= length) return words.format(Math.round(since / length), name);
      return words.format(0, 'minute');
    },
    bytes(count) {
      const step = Math.min(
        BYTE_UNITS.length - 1,
        count < 1 ? 0 : Math.floor(Math.log(Math.max(count, 1)) / Math.log(1000)),
      );
      return unit(count / 1000 ** step, BYTE_UNITS[step]!, step < 2 ? 0 : 1);
    },
    clock(ms, tenths = false) {
      const total = tenths ? Math.floor(ms / 100) / 10 : Math.floor(ms / 1000);
      const hours = Math.floor(total / 3600);
      const minutes = Math.floor(total / 60) % 60;
      const seconds = (total % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, '0');
      return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
    },
    duration: (ms) =>
      ms < 60_000
        ? unit(ms / 1000, 'second', 1)
        : ms < 3_600_000
          ? unit(ms / 60_000, 'minute', 1)
          : unit(ms / 3_600_000, 'hour', 1),
  };
}
