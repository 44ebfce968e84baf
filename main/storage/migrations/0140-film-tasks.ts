import type { SqlMigration } from './index.ts';

/**
 * Films that a vendor is making, by the SHA-256 of everything they depend on: what is asked for again is waited for, not paid for again.
 * `yuan` is what was entered for it in the day's spending. Times are Unix ms.
 */
export const filmTasks: SqlMigration = {
  number: 140,
  sql: `
    CREATE TABLE film_tasks (
      key TEXT PRIMARY KEY NOT NULL,
      renderer TEXT NOT NULL,
      model TEXT NOT NULL,
      task_id TEXT NOT NULL,
      submitted_at_ms INTEGER NOT NULL,
      yuan REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
