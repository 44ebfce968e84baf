import type { SqlMigration } from './index.ts';

/** The person's choices for the whole studio, and emotions of their own for all projects. Values are JSON. */
export const settings: SqlMigration = {
  number: 40,
  sql: `
    CREATE TABLE settings (
      name TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE own_emotions (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      emotion TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
