import type { SqlMigration } from './index.ts';

/**
 * Finished works; `record` is JSON (WorkRecord), made once. The files lie in `library/<id>/`. `evidence` names the asset that
 * proves the consent, which stays as long as the work does.
 */
export const works: SqlMigration = {
  number: 70,
  sql: `
    CREATE TABLE works (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      record TEXT NOT NULL,
      evidence TEXT,
      created_at_ms INTEGER NOT NULL,
      trashed_at_ms INTEGER
    ) STRICT;
    CREATE INDEX works_by_time ON works (created_at_ms DESC);
    CREATE INDEX works_by_evidence ON works (evidence) WHERE evidence IS NOT NULL;
  `,
};
