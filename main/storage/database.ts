/**
 * The studio's SQLite file: opened safe against power cuts and other processes, migrated, and moved aside when damaged.
 *
 * Opening is one process at a time: a lock held through SQLite itself (on an empty file beside the database) vanishes with
 * its holder, so a killed process never leaves one. Once open, SQLite's own locks do the rest.
 */
import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { StudioError } from '../../app/errors/index.ts';
import { syncFolder } from '../files/atomic-file.ts';
import { asStorageError, isDamage } from '../files/failures.ts';
import { tryProcessLock } from '../files/process-lock.ts';
import { MIGRATIONS, type SqlMigration } from './migrations/index.ts';

/** "SHHU" in the file's header says that the database is ours (https://www.sqlite.org/fileformat.html#application_id). */
const APPLICATION_ID = 0x53484855;
const BUSY_TIMEOUT_MS = 10_000;
const OPEN_LOCK_ATTEMPT_MS = 20;
const OPEN_LOCK_ATTEMPTS = 1500;

export interface StudioDatabase {
  readonly path: string;
  /** Where a damaged predecessor was kept, when this opening met one. */
  readonly movedAside: string | null;
  readonly sql: Database.Database;
  /**
   * Runs `work` alone among all processes, on disk when it returns, or not at all when it throws.
   * @throws StudioError `storage.disk-full`, `storage.database-busy`, `storage.database-replaced` …
   */
  write<T>(work: () => T): T;
  read<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens `studio.db` in an existing folder, creating or migrating it.
 * @throws StudioError `storage.database-newer`, `storage.database-foreign`, `storage.database-busy`, `storage.not-writable` …
 */
export async function openDatabase(
  folder: string,
  { signal, migrations = MIGRATIONS }: { signal?: AbortSignal | undefined; migrations?: readonly SqlMigration[] } = {},
): Promise<StudioDatabase> {
  const path = join(folder, 'studio.db');
  const releaseLock = await takeOpenLock(join(folder, 'studio.lock'), path, signal);
  let sql: Database.Database | null = null;
  try {
    let movedAside: string | null = null;
    if (isDamaged(path, migrations)) movedAside = moveAside(folder, path);
    sql = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    sql.pragma('journal_mode = WAL');
    sql.pragma('synchronous = FULL');
    sql.pragma('foreign_keys = ON');
    migrate(sql, migrations);
    await syncFolder(folder);
    return handle(path, movedAside, sql);
  } catch (error) {
    sql?.close();
    throw asStorageError(error, path);
  } finally {
    releaseLock();
  }
}

function handle(path: string, movedAside: string | null, sql: Database.Database): StudioDatabase {
  const opened = identity(path);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asStorageError(error, path);
    }
  };
  return {
    path,
    movedAside,
    sql,
    read: guarded,
    write: (work) =>
      guarded(() =>
        sql
          .transaction(() => {
            // Another process that found the file damaged has moved it; what is written here would be seen by no one.
            if (identity(path) !== opened) throw new StudioError('storage.database-replaced', { path });
            return work();
          })
          .immediate(),
      ),
    close: () => {
      sql.close();
    },
  };
}

function identity(path: string): string | null {
  const info = statSync(path, { bigint: true, throwIfNoEntry: false });
  return info === undefined ? null : `${info.dev}:${info.ino}`;
}

async function takeOpenLock(lockPath: string, path: string, signal: AbortSignal | undefined): Promise<() => void> {
  for (let attempt = 0; attempt < OPEN_LOCK_ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    const release = tryProcessLock(lockPath);
    if (release !== null) return release;
    await delay(OPEN_LOCK_ATTEMPT_MS, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
  throw new StudioError('storage.database-busy', { path }, { retryable: true });
}

/**
 * Looks without writing a byte: a read-only connection cannot checkpoint, so a database that is refused stays as it is.
 * @returns whether the file is no sound database any more
 * @throws StudioError `storage.database-newer`, `storage.database-foreign`
 */
function isDamaged(path: string, migrations: readonly SqlMigration[]): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // SQLite throws away a log whose database is empty; a log with content says that there was more once.
  if (size === 0) return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const sql = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const version = Number(sql.pragma('user_version', { simple: true }));
    const applicationId = Number(sql.pragma('application_id', { simple: true }));
    const tables = Number(sql.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
    if (applicationId !== APPLICATION_ID && (applicationId !== 0 || tables > 0))
      throw new StudioError('storage.database-foreign', { path });
    if (version > newest(migrations)) throw new StudioError('storage.database-newer', { path });
    return sql.pragma('quick_check(1)', { simple: true }) !== 'ok';
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  } finally {
    sql.close();
  }
}

/** The database first: should this be cut short, the log left alone is still recognised and follows next time. */
function moveAside(folder: string, path: string): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const free = (name: string) => !['', '-wal', '-shm'].some((suffix) => existsSync(join(folder, name + suffix)));
  let name = `studio.corrupt-${stamp}.db`;
  for (let count = 2; !free(name); count++) name = `studio.corrupt-${stamp}-${count}.db`;
  const kept = join(folder, name);
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
  return kept;
}

const newest = (migrations: readonly SqlMigration[]): number => migrations.at(-1)?.number ?? 0;

function migrate(sql: Database.Database, migrations: readonly SqlMigration[]): void {
  for (const step of migrations) {
    sql
      .transaction(() => {
        if (Number(sql.pragma('user_version', { simple: true })) >= step.number) return;
        sql.pragma(`application_id = ${APPLICATION_ID}`);
        sql.exec(step.sql);
        sql.pragma(`user_version = ${step.number}`);
      })
      .immediate();
  }
}
