/** What the file system and SQLite say, in the studio's own errors. */
import Database from 'better-sqlite3';
import { StudioError } from '../../app/errors/index.ts';

/** SQLite's word that a file is not, or no longer, a database. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** The error to throw for a failure at `path`; a StudioError, an abort or a bug is given back as it is. */
export function asStorageError(error: unknown, path: string): unknown {
  if (error instanceof Database.SqliteError) return fromSqlite(error, path);
  if (error instanceof Error && 'syscall' in error && 'code' in error)
    return fromSystem(error as NodeJS.ErrnoException, path);
  return error;
}

function fromSqlite(cause: InstanceType<typeof Database.SqliteError>, path: string): Error {
  const { code } = cause;
  if (isDamage(cause)) return new StudioError('storage.database-damaged', { path, reason: code }, { cause });
  if (isBusy(cause)) return new StudioError('storage.database-busy', { path }, { cause, retryable: true });
  if (code === 'SQLITE_FULL') return new StudioError('storage.disk-full', { path }, { cause, retryable: true });
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    return new StudioError('storage.not-writable', { path, reason: code }, { cause });
  }
  if (/^SQLITE_(IOERR|NOLFS|PROTOCOL|INTERRUPT)/.test(code)) {
    return new StudioError('storage.io-failed', { path, reason: code }, { cause, retryable: true });
  }
  return cause;
}

function fromSystem(cause: NodeJS.ErrnoException, path: string): StudioError {
  const reason = cause.code ?? cause.message;
  if (reason === 'ENOSPC' || reason === 'EDQUOT')
    return new StudioError('storage.disk-full', { path }, { cause, retryable: true });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG'].includes(reason)) {
    return new StudioError('storage.not-writable', { path, reason }, { cause });
  }
  return new StudioError('storage.io-failed', { path, reason }, { cause, retryable: true });
}
