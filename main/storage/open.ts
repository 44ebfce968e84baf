/** The studio's memory on this machine: projects in SQLite, their files in a content-addressed folder beside it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import { type AssetStore, openAssetStore } from './assets.ts';
import { openDatabase } from './database.ts';
import { asStorageError } from './failures.ts';
import { studioPaths } from './paths.ts';
import { openProjectRepository, type ProjectRepository } from './repositories/projects.ts';

export interface Storage {
  readonly dataDir: string;
  /** What the person must be told about this opening, e.g. `storage.database-moved-aside`. Usually empty. */
  readonly notices: readonly StudioError[];
  readonly projects: ProjectRepository;
  readonly assets: AssetStore;
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
  const database = await openDatabase(dataDir, options);
  const notices =
    database.movedAside === null
      ? []
      : [new StudioError('storage.database-moved-aside', { keptPath: database.movedAside })];
  const projects = openProjectRepository(database);
  return {
    dataDir,
    notices,
    projects,
    assets: openAssetStore(assetsDir, { exclusively: database.write, isReferenced: projects.isAssetReferenced }),
    close: database.close,
  };
}
