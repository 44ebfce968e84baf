/** Locks between processes that vanish with their holder: held through SQLite on an empty file, so a kill leaves none. */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { asStorageError, isBusy, isDamage } from './failures.ts';

/**
 * Takes the lock and gives what releases it; null while another process, or another part of this one, holds it.
 * @throws StudioError `storage.not-writable`, `storage.disk-full` …
 */
export function tryProcessLock(path: string): (() => void) | null {
  let lock: Database.Database | null = null;
  try {
    lock = new Database(path, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return () => {
      held.close();
    };
  } catch (error) {
    lock?.close();
    if (isDamage(error)) rmSync(path, { force: true });
    else if (!isBusy(error)) throw asStorageError(error, path);
    return null;
  }
}
