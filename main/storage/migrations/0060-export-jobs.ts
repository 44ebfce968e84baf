import type { SqlMigration } from './index.ts';

/**
 * The queue of exports, in the order of `number`. `document` is what is exported, as it was when the job was made; a done job
 * needs it no more and keeps none. `outcome` is JSON: the error of a failed job, the warnings of a done one.
 */
export const exportJobs: SqlMigration = {
  number: 60,
  sql: `
    CREATE TABLE export_jobs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT UNIQUE NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
      project_id TEXT NOT NULL,
      project_name TEXT NOT NULL,
      project_revision INTEGER NOT NULL,
      name TEXT NOT NULL,
      file_name TEXT NOT NULL,
      target TEXT NOT NULL,
      document TEXT,
      copy_to TEXT,
      outcome TEXT,
      restarts INTEGER NOT NULL DEFAULT 0,
      stop_asked INTEGER NOT NULL DEFAULT 0,
      created_at_ms INTEGER NOT NULL,
      started_at_ms INTEGER,
      finished_at_ms INTEGER
    ) STRICT;
    CREATE TABLE export_job_assets (
      job_id TEXT NOT NULL REFERENCES export_jobs (id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (job_id, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX export_job_assets_by_content ON export_job_assets (sha256);
  `,
};
