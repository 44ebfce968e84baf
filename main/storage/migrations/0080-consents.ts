import type { SqlMigration } from './index.ts';

/**
 * What people agreed to for their faces, kept by the face (`consent` is the record's JSON), and which pictures were made from which:
 * a crop of a picture shows the same face. `record` is a SHA-256 of a file.
 */
export const consents: SqlMigration = {
  number: 80,
  sql: `
    CREATE TABLE consents (
      likeness_key TEXT PRIMARY KEY NOT NULL,
      consent TEXT NOT NULL,
      recorded_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE derived_pictures (
      sha256 TEXT PRIMARY KEY NOT NULL,
      likeness_key TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
