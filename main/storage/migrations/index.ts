/** Every step of the database's shape, in order. A released step never changes; a new one takes the next number. */
import { projects } from './0010-projects.ts';
import { projectAssets } from './0020-project-assets.ts';
import { projectTrash } from './0030-project-trash.ts';
import { settings } from './0040-settings.ts';
import { exportJobs } from './0060-export-jobs.ts';
import { works } from './0070-works.ts';
import { consents } from './0080-consents.ts';
import { takes } from './0090-takes.ts';
import { liveShows } from './0100-live-shows.ts';
import { voiceConsents } from './0120-voice-consents.ts';
import { filmTasks } from './0140-film-tasks.ts';

export interface SqlMigration {
  /** Becomes `PRAGMA user_version`. Rising, with room between. */
  number: number;
  sql: string;
}

export const MIGRATIONS: readonly SqlMigration[] = [
  projects,
  projectAssets,
  projectTrash,
  settings,
  exportJobs,
  works,
  consents,
  takes,
  liveShows,
  voiceConsents,
  filmTasks,
];
