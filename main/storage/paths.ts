/** Where the studio keeps its things on this machine, and scratch folders that leave nothing behind. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { asStorageError } from '../files/failures.ts';

export interface StudioPaths {
  /** The database and the asset store. Precious. */
  dataDir: string;
  /** What can be made again: synthesised speech, prepared portraits. */
  cacheDir: string;
  /** What a run needs only while it lasts. */
  tempDir: string;
}

/**
 * The folders of this user; none of them is created here. An explicit `dataDir`, else the environment's SHENGHUA_DATA, moves
 * data and cache together to one place; scratch files stay where the system keeps them (TMPDIR).
 */
export function studioPaths(options: { dataDir?: string | undefined; env?: NodeJS.ProcessEnv } = {}): StudioPaths {
  const { data, cache, temp } = envPaths('shenghua-studio', { suffix: '' });
  const chosen = options.dataDir || (options.env ?? process.env).SHENGHUA_DATA;
  if (!chosen) return { dataDir: data, cacheDir: cache, tempDir: temp };
  const dataDir = resolve(chosen);
  return { dataDir, cacheDir: join(dataDir, 'cache'), tempDir: temp };
}

export interface TempDir {
  readonly path: string;
  /** Removes it with all it holds. Safe to call twice. */
  dispose(): Promise<void>;
}

/**
 * A fresh scratch folder in `tempDir`. Folders that killed runs left behind are removed on the way.
 * @throws StudioError `storage.not-writable`, `storage.disk-full`
 */
export async function openTempDir(tempDir: string): Promise<TempDir> {
  try {
    await mkdir(tempDir, { recursive: true });
    await removeAbandoned(tempDir);
    const path = await mkdtemp(join(tempDir, `run-${process.pid}-`));
    return { path, dispose: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  } catch (error) {
    throw asStorageError(error, tempDir);
  }
}

/** Another machine or container may share the folder, where our process ids mean nothing: young folders stay. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

async function removeAbandoned(tempDir: string): Promise<void> {
  for (const name of await readdir(tempDir)) {
    const pid = Number(/^run-(\d+)-/.exec(name)?.[1]);
    if (!pid || isRunning(pid)) continue;
    const path = join(tempDir, name);
    const info = await stat(path).catch(() => null);
    if (info === null || Date.now() - info.mtimeMs < ABANDONED_AFTER_MS) continue;
    // Someone else may be removing it at the same moment, or own it: neither is this run's trouble.
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
