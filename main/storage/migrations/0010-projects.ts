import type { SqlMigration } from './index.ts';

/** `document` is the project's JSON and the truth; `name` is only for the list. Times are Unix ms. */
export const projects: SqlMigration = {
  number: 10,
  sql: `
    CREATE TABLE projects (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      revision INTEGER NOT NULL CHECK (revision >= 1),
      document TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX projects_by_update ON projects (updated_at_ms DESC);
  `,
};
