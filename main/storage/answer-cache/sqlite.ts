/** Answers in a SQLite file of their own in the cache folder: gone is no loss, so it is written without waiting for the disk. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { AnswerCache, TextVector } from '../../engine/ports/answer-cache.ts';
import { asStorageError } from '../../files/failures.ts';
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

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, answer TEXT NOT NULL, space TEXT, vector BLOB, made_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS answers_by_space ON answers (space);
  CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used_ms);
`;
const VERSION = 1;

/** @throws StudioError `storage.*` */
export function openSqliteAnswers(path: string, options: AnswerCacheOptions): AnswerCache {
  const { maxEntries, ttlMs, similarity, nowMs = Date.now } = options;
  const sql = openFile(path);
  const select = sql.prepare<[string, number], { answer: string }>(
    'SELECT answer FROM answers WHERE key = ? AND made_ms > ?',
  );
  const touch = sql.prepare<[number, string]>('UPDATE answers SET used_ms = ? WHERE key = ?');
  const upsert = sql.prepare<[string, string, string | null, Buffer | null, number, number]>(
    'INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET answer = excluded.answer, ' +
      'space = excluded.space, vector = excluded.vector, made_ms = excluded.made_ms, used_ms = excluded.used_ms',
  );
  const expire = sql.prepare<[number]>('DELETE FROM answers WHERE made_ms <= ?');
  const trim = sql.prepare<[number]>(
    'DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY used_ms DESC, key LIMIT -1 OFFSET ?)',
  );
  const remove = sql.prepare<[string]>('DELETE FROM answers WHERE key = ?');
  const count = sql.prepare<[], { entries: number }>('SELECT count(*) AS entries FROM answers');
  const vectors = sql.prepare<[string], { key: string; vector: Buffer }>(
    'SELECT key, vector FROM answers WHERE space = ? AND vector IS NOT NULL',
  );
  const hits = new HitCount();
  const tables = new Map<string, VectorTable>();
  /** Changes when another process writes. */
  let version = sql.pragma('data_version', { simple: true });
  let open = true;

  const tableOf = (space: string, dimensions: number): VectorTable => {
    const now = sql.pragma('data_version', { simple: true });
    if (now !== version) tables.clear();
    version = now;
    let table = tables.get(space);
    if (!table) {
      table = new VectorTable(dimensions);
      for (const { key, vector } of vectors.iterate(space)) table.add(key, fromBytes(vector));
      tables.set(space, table);
    }
    return table;
  };
  const answerOf = (key: string): string | null => select.get(key, nowMs() - ttlMs)?.answer ?? null;
  const similar = (scope: string, vector: TextVector): { key: string; answer: string; similarity: number }[] => {
    const space = scopeKey(scope, vector.space);
    for (let tries = 0; tries < 2; tries++) {
      const near = tableOf(space, vector.values.length).near(vector.values, similarity!, COMPARED);
      const there = near.flatMap(({ key, similarity }) => {
        const answer = answerOf(key);
        return answer === null ? [] : [{ key, answer, similarity }];
      });
      if (there.length === near.length) return there;
      // Some have gone since the table was read.
      for (const { key } of near) if (!there.some((each) => each.key === key)) remove.run(key);
      tables.delete(space);
    }
    return [];
  };

  return {
    async find(scope, question, vector, choose) {
      if (!open) return null;
      const key = keyOf(scope, question);
      const answer = answerOf(key);
      if (answer !== null) {
        touch.run(nowMs(), key);
        hits.exactHits += 1;
        return { answer, kind: 'exact', similarity: 1 };
      }
      const direction = similarity === null ? null : ((await vector?.()) ?? null);
      const found = await chosenOf(direction && open ? similar(scope, direction) : [], choose);
      if (found) hits.similarHits += 1;
      else hits.misses += 1;
      if (found && open) touch.run(nowMs(), found.key);
      return found && { answer: found.answer, kind: 'similar', similarity: found.similarity };
    },
    async keep(scope, question, answer, vector) {
      if (!open) return;
      const key = keyOf(scope, question);
      const space = vector ? scopeKey(scope, vector.space) : null;
      const now = nowMs();
      const gone = sql
        .transaction(() => {
          upsert.run(key, answer, space, vector ? toBytes(vector.values) : null, now, now);
          return expire.run(now - ttlMs).changes + trim.run(maxEntries).changes;
        })
        .immediate();
      if (gone > 0) tables.clear();
      else if (vector && space !== null) tables.get(space)?.add(key, vector.values);
    },
    figures: async () => hits.figures(open ? count.get()!.entries : 0),
    async clear() {
      sql.exec('DELETE FROM answers');
      tables.clear();
    },
    async close() {
      if (!open) return;
      open = false;
      sql.close();
    },
  };
}

/** A damaged file is begun anew. */
function openFile(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    for (let tries = 0; ; tries++) {
      let sql: Database.Database | null = null;
      try {
        sql = new Database(path, { timeout: 2000 });
        sql.pragma('journal_mode = WAL');
        sql.pragma('synchronous = OFF');
        if (sql.pragma('user_version', { simple: true }) !== VERSION) sql.exec('DROP TABLE IF EXISTS answers');
        sql.exec(SCHEMA);
        sql.pragma(`user_version = ${VERSION}`);
        return sql;
      } catch (error) {
        sql?.close();
        const { code } = error as { code?: string };
        if (tries > 0 || (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT')) throw error;
        for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
      }
    }
  } catch (error) {
    throw asStorageError(error, path);
  }
}
