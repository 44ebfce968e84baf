/** Answers given before: on this machine, or in a Redis by its URL for several. */
import { join } from 'node:path';
import type { CacheSettings } from '../../../app/providers/settings.ts';
import type { AnswerCache } from '../../engine/ports/answer-cache.ts';
import { openSqliteAnswers } from './sqlite.ts';

export interface OpenAnswers {
  settings: CacheSettings;
  cacheDir: string;
  /** Of the Redis; '' for none. */
  password: string;
  /** A Redis is not asked; what this machine keeps is. */
  offline: boolean;
}

/** null where the person wants none. @throws StudioError `storage.*` */
export async function openAnswerCache({
  settings,
  cacheDir,
  password,
  offline,
}: OpenAnswers): Promise<AnswerCache | null> {
  const { enabled, maxEntries, ttlHours, similarity, redisUrl } = settings;
  if (!enabled) return null;
  const limits = { maxEntries, ttlMs: ttlHours * 3_600_000, similarity };
  if (redisUrl === null || offline) return openSqliteAnswers(join(cacheDir, 'answers.db'), limits);
  // Not loaded by who needs none.
  const { openRedisAnswers } = await import('./redis.ts');
  return openRedisAnswers(redisUrl, { ...limits, password });
}
