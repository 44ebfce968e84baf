import type { SqlMigration } from './index.ts';

/**
 * `trashed_at_ms` is null for a project in use. `recent_edits` is a JSON list of `[editId, revision]`: which of an editor's changes
 * are in the document, so that one that is sent again is not applied again.
 */
export const projectTrash: SqlMigration = {
  number: 30,
  sql: `
    ALTER TABLE projects ADD COLUMN trashed_at_ms INTEGER;
    ALTER TABLE projects ADD COLUMN recent_edits TEXT NOT NULL DEFAULT '[]';
  `,
};
