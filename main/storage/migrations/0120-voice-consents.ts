import type { SqlMigration } from './index.ts';

/**
 * What people agreed to for their voices (`consent` is the record's JSON, `sha256` its recorded sentence), and the voices that were cloned
 * under it, by the vendor's id. A record that is withdrawn keeps its row for as long as a voice was made under it. Times are Unix ms.
 */
export const voiceConsents: SqlMigration = {
  number: 120,
  sql: `
    CREATE TABLE voice_consents (
      id TEXT PRIMARY KEY NOT NULL,
      consent TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      recorded_at_ms INTEGER NOT NULL,
      withdrawn_at_ms INTEGER
    ) STRICT;
    CREATE INDEX voice_consents_by_content ON voice_consents (sha256);
    CREATE TABLE cloned_voices (
      provider TEXT NOT NULL,
      voice_id TEXT NOT NULL,
      consent_id TEXT NOT NULL REFERENCES voice_consents (id),
      name TEXT NOT NULL,
      model TEXT NOT NULL,
      made_at_ms INTEGER NOT NULL,
      PRIMARY KEY (provider, voice_id)
    ) STRICT, WITHOUT ROWID;
  `,
};
