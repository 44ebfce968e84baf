import type { SqlMigration } from './index.ts';

/** Which asset files each project needs, so that nothing in use is ever collected. */
export const projectAssets: SqlMigration = {
  number: 20,
  sql: `
    CREATE TABLE project_assets (
      project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (project_id, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX project_assets_by_content ON project_assets (sha256);
  `,
};
