/** Shows that were on air when their process ended, and how they come back. */
import { StudioError } from '../../../app/errors/index.ts';
import type { LiveHost, LiveShowRecord, LiveShowRepository } from '../../storage/repositories/live-shows.ts';
import type { LiveDestination } from './live-show.ts';

/** Nobody expects a show to come back by itself after longer than this. */
export const COMES_BACK_WITHIN_MS = 24 * 60 * 60 * 1000;

/**
 * Those of this host that nobody has ended, latest first. One whose time has run out meanwhile is ended here.
 * @param withinMs since it was last heard of
 */
export function resumableShows(
  liveShows: Pick<LiveShowRepository, 'onAir' | 'end'>,
  { host, withinMs, nowMs = Date.now() }: { host: LiveHost; withinMs: number; nowMs?: number },
): { record: LiveShowRecord; forMs: number | null }[] {
  return liveShows.onAir().flatMap((record) => {
    if (record.host !== host || nowMs - record.updatedAtMs > withinMs) return [];
    const forMs = record.endsAtMs === null ? null : record.endsAtMs - nowMs;
    if (forMs !== null && forMs <= 0) {
      liveShows.end(record.projectId);
      return [];
    }
    return [{ record, forMs }];
  });
}

/** A destination's key, wherever the person keeps it; null: not known. `number` counts from 1. */
export type KeyOf = (id: string, number: number) => Promise<string | null>;

/** @throws StudioError live.key-missing */
export async function destinationsWithKeys(
  record: Pick<LiveShowRecord, 'destinations'>,
  keyOf: KeyOf,
): Promise<LiveDestination[]> {
  return await Promise.all(
    record.destinations.map(async ({ id, url }, index) => {
      const key = await keyOf(id, index + 1);
      if (key === null || key === '') throw new StudioError('live.key-missing', { id, number: index + 1 });
      return { id, url, key };
    }),
  );
}
