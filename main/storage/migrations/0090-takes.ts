import type { SqlMigration } from './index.ts';

/** What somebody has spoken into the microphone for a project; `asset` is the JSON of an AssetRef. Times are Unix ms. */
export const takes: SqlMigration = {
  number: 90,
  sql: `
    CREATE TABLE takes (
      id TEXT PRIMARY KEY NOT NULL,
      project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      asset TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      duration_ms REAL NOT NULL,
      recorded_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX takes_by_project ON takes (project_id, recorded_at_ms DESC);
    CREATE INDEX takes_by_content ON takes (sha256);
  `,
};
