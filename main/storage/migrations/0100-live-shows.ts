import type { SqlMigration } from './index.ts';

/**
 * Shows that are or were on air. `document` is the project as it went out; `destinations` is JSON without keys; `on_air` is 1 until
 * somebody ends the show, so it still says 1 after a crash or a power cut. `position` is JSON (ShowPosition). `ends_at_ms` is Unix
 * time, null for a show without an end. `host` is who brings it back: the studio at its start, the command line when asked. `owner` says which process had it last, for the words of a refusal.
 */
export const liveShows: SqlMigration = {
  number: 100,
  sql: `
    CREATE TABLE live_shows (
      project_id TEXT PRIMARY KEY NOT NULL,
      document TEXT NOT NULL,
      destinations TEXT NOT NULL,
      recording_dir TEXT,
      ends_at_ms INTEGER,
      on_air INTEGER NOT NULL CHECK (on_air IN (0, 1)),
      position TEXT,
      stream_ms REAL NOT NULL DEFAULT 0,
      host TEXT NOT NULL CHECK (host IN ('command', 'studio')),
      owner TEXT NOT NULL,
      began_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE live_show_assets (
      project_id TEXT NOT NULL REFERENCES live_shows (project_id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (project_id, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX live_show_assets_by_content ON live_show_assets (sha256);
  `,
};
