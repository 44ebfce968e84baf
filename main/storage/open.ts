/** The studio's memory on this machine: projects in SQLite, their files in a content-addressed folder beside it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import { sweepAbandoned } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { type AssetStore, openAssetStore } from './assets.ts';
import { openDatabase, type StudioDatabase } from './database.ts';
import { studioPaths } from './paths.ts';
import { type ConsentRepository, openConsentRepository } from './repositories/consents.ts';
import { type ExportJobRepository, openExportJobRepository } from './repositories/export-jobs.ts';
import { type LiveShowRepository, openLiveShowRepository } from './repositories/live-shows.ts';
import { type OwnEmotionRepository, openOwnEmotionRepository } from './repositories/own-emotions.ts';
import { openProjectRepository, type ProjectRepository } from './repositories/projects.ts';
import { openSettingsRepository, type SettingsRepository } from './repositories/settings.ts';
import { openTakeRepository, type TakeRepository } from './repositories/takes.ts';
import { openVoiceConsentRepository, type VoiceConsentRepository } from './repositories/voice-consents.ts';
import { openWorkRepository, type WorkRepository } from './repositories/works.ts';

export interface Storage {
  readonly dataDir: string;
  /** What the person must be told about this opening, e.g. `storage.database-moved-aside`. Usually empty. */
  readonly notices: readonly StudioError[];
  readonly projects: ProjectRepository;
  readonly assets: AssetStore;
  readonly exportJobs: ExportJobRepository;
  readonly works: WorkRepository;
  readonly settings: SettingsRepository;
  readonly ownEmotions: OwnEmotionRepository;
  readonly consents: ConsentRepository;
  readonly takes: TakeRepository;
  readonly liveShows: LiveShowRepository;
  readonly voiceConsents: VoiceConsentRepository;
  /** For repositories of their own. */
  readonly database: StudioDatabase;
  /** Safe to call twice. */
  close(): void;
}

/**
 * Opens (and on first use creates) the storage in `dataDir`, else in the environment's SHENGHUA_DATA, else in the per-user
 * data folder. Any number of processes may have it open at once.
 * @throws StudioError `storage.database-newer`, `storage.database-foreign`, `storage.database-busy`, `storage.not-writable`,
 * `storage.disk-full`, `storage.io-failed`
 */
export async function openStorage(
  options: { dataDir?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Storage> {
  const { dataDir } = studioPaths(options);
  options.signal?.throwIfAborted();
  const assetsDir = join(dataDir, 'assets');
  try {
    await mkdir(assetsDir, { recursive: true });
  } catch (error) {
    throw asStorageError(error, dataDir);
  }
  await Promise.all([dataDir, assetsDir].map(sweepAbandoned));
  const database = await openDatabase(dataDir, options);
  const notices =
    database.movedAside === null
      ? []
      : [new StudioError('storage.database-moved-aside', { keptPath: database.movedAside })];
  const projects = openProjectRepository(database);
  const works = openWorkRepository(database);
  const exportJobs = openExportJobRepository(database, works);
  const consents = openConsentRepository(database);
  const takes = openTakeRepository(database);
  const liveShows = openLiveShowRepository(database);
  const voiceConsents = openVoiceConsentRepository(database);
  const isReferenced = (sha256: string): boolean =>
    [projects, exportJobs, works, consents, takes, liveShows, voiceConsents].some((keeper) =>
      keeper.isAssetReferenced(sha256),
    );
  return {
    dataDir,
    notices,
    projects,
    assets: openAssetStore(assetsDir, { exclusively: database.write, isReferenced }),
    exportJobs,
    works,
    settings: openSettingsRepository(database),
    ownEmotions: openOwnEmotionRepository(database),
    consents,
    takes,
    liveShows,
    voiceConsents,
    database,
    close: database.close,
  };
}
