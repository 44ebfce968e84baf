/**
 * Answers in a Redis that several machines share. One that cannot be reached has nothing and keeps nothing: whoever asks is answered all
 * the same, and within {@link PATIENCE_MS}.
 */
import { Redis } from 'ioredis';
import type { AnswerCache, TextVector } from '../../engine/ports/answer-cache.ts';
import {
  type AnswerCacheOptions,
  COMPARED,
  chosenOf,
  fromBytes,
  HitCount,
  keyOf,
  scopeKey,
  toBytes,
  VectorTable,
} from './question.ts';

const PATIENCE_MS = 400;
const PREFIX = 'shenghua:answer:';
/** All keys by their last use. */
const BY_USE = `${PREFIX}by-use`;

export interface RedisAnswersOptions extends AnswerCacheOptions {
  password?: string | undefined;
  /** Once for each kind of trouble. */
  onTrouble?: (error: Error) => void;
}

export function openRedisAnswers(url: string, options: RedisAnswersOptions): AnswerCache {
  const { maxEntries, ttlMs, similarity, password, nowMs = Date.now } = options;
  const redis = new Redis(url, {
    ...(password ? { password } : {}),
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: true,
    retryStrategy: (times) => Math.min(30_000, 500 * 2 ** Math.min(times, 6)),
  });
  const told = new Set<string>();
  const trouble = (error: Error): void => {
    if (told.has(error.message)) return;
    told.add(error.message);
    options.onTrouble?.(error);
  };
  redis.on('error', trouble);
  const hits = new HitCount();
  const tables = new Map<string, VectorTable>();
  let open = true;

  /** Whatever Redis says to it: null. */
  const tolerant = async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (!open) return null;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('Redis does not answer')), PATIENCE_MS);
      });
      return await Promise.race([work(), late]);
    } catch (error) {
      trouble(error as Error);
      return null;
    } finally {
      clearTimeout(timer);
    }
  };
  const answerOf = (key: string): Promise<string | null> => redis.hget(PREFIX + key, 'answer');
  const touch = (key: string): Promise<unknown> => redis.zadd(BY_USE, nowMs(), key);
  /** Only vectors that were not seen yet are fetched; keys that ended are left out. */
  const tableOf = async (space: string, dimensions: number): Promise<VectorTable> => {
    const keys = await redis.smembers(PREFIX + space);
    const before = tables.get(space);
    const known = new Set(before?.keys);
    const there = new Set(keys);
    const kept = before?.keys.every((key) => there.has(key)) ? before : new VectorTable(dimensions);
    const wanted = kept === before ? keys.filter((key) => !known.has(key)) : keys;
    if (wanted.length > 0) {
      const pipeline = redis.pipeline();
      for (const key of wanted) pipeline.hgetBuffer(PREFIX + key, 'vector');
      const ended: string[] = [];
      for (const [i, [error, bytes]] of ((await pipeline.exec()) ?? []).entries()) {
        if (!error && bytes instanceof Buffer) kept.add(wanted[i]!, fromBytes(bytes));
        else ended.push(wanted[i]!);
      }
      if (ended.length > 0) await redis.srem(PREFIX + space, ...ended);
    }
    tables.set(space, kept);
    return kept;
  };
  const similar = async (scope: string, vector: TextVector) => {
    const space = scopeKey(scope, vector.space);
    for (let tries = 0; tries < 2; tries++) {
      const near = (await tableOf(space, vector.values.length)).near(vector.values, similarity!, COMPARED);
      const answers = await Promise.all(near.map(({ key }) => answerOf(key)));
      const there = near.flatMap((each, i) => {
        const answer = answers[i] ?? null;
        return answer === null ? [] : [{ ...each, answer }];
      });
      const ended = near.filter((_, i) => answers[i] === null).map(({ key }) => key);
      if (ended.length === 0) return there;
      await redis.srem(PREFIX + space, ...ended);
    }
    return [];
  };

  return {
    async find(scope, question, vector, choose) {
      const key = keyOf(scope, question);
      const answer = await tolerant(() => answerOf(key));
      if (answer !== null) {
        await tolerant(() => touch(key));
        hits.exactHits += 1;
        return { answer, kind: 'exact', similarity: 1 };
      }
      const direction = similarity === null ? null : ((await vector?.()) ?? null);
      const near = direction && (await tolerant(() => similar(scope, direction)));
      const found = await chosenOf(near ?? [], choose);
      if (found) {
        hits.similarHits += 1;
        await tolerant(() => touch(found.key));
      } else hits.misses += 1;
      return found && { answer: found.answer, kind: 'similar', similarity: found.similarity };
    },
    async keep(scope, question, answer, vector) {
      const key = keyOf(scope, question);
      const space = vector ? scopeKey(scope, vector.space) : null;
      await tolerant(async () => {
        const write = redis.multi();
        write.hset(PREFIX + key, { answer, ...(vector && { vector: toBytes(vector.values) }) });
        write.pexpire(PREFIX + key, Math.max(1, Math.round(ttlMs)));
        write.zadd(BY_USE, nowMs(), key);
        if (space !== null) write.sadd(PREFIX + space, key);
        await write.exec();
        const surplus = (await redis.zcard(BY_USE)) - maxEntries;
        if (surplus <= 0) return;
        const oldest = await redis.zrange(BY_USE, '0', String(surplus - 1));
        const remove = redis.multi();
        remove.del(...oldest.map((each) => PREFIX + each));
        remove.zrem(BY_USE, ...oldest);
        await remove.exec();
      });
    },
    figures: async () =>
      hits.figures(
        (await tolerant(async () => {
          // Those that ended by themselves stand in the list until somebody looks.
          await redis.zremrangebyscore(BY_USE, '-inf', nowMs() - Math.max(ttlMs, 1) * 2);
          return redis.zcard(BY_USE);
        })) ?? 0,
      ),
    async clear() {
      tables.clear();
      await tolerant(async () => {
        for await (const keys of redis.scanStream({ match: `${PREFIX}*`, count: 500 }) as AsyncIterable<string[]>)
          if (keys.length > 0) await redis.del(...keys);
      });
    },
    async close() {
      if (!open) return;
      open = false;
      redis.disconnect();
    },
  };
}
