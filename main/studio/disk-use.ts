/** How much of the disk the studio's things take. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskUse } from '../../app/contract/system.ts';
import type { StudioPaths } from '../storage/paths.ts';

/** What is not there, or goes away meanwhile, takes nothing. */
export async function diskUse(
  { dataDir, cacheDir }: Pick<StudioPaths, 'dataDir' | 'cacheDir'>,
  signal: AbortSignal,
): Promise<DiskUse> {
  const libraryDir = join(dataDir, 'library');
  const [all, library, cache, disk] = await Promise.all([
    bytesOf(dataDir, signal, new Set([libraryDir, cacheDir])),
    bytesOf(libraryDir, signal),
    bytesOf(cacheDir, signal),
    statfs(dataDir).catch(() => null),
  ]);
  return {
    parts: [
      { id: 'projects', folder: dataDir, bytes: all },
      { id: 'library', folder: libraryDir, bytes: library },
      { id: 'cache', folder: cacheDir, bytes: cache },
    ],
    freeBytes: disk === null ? null : disk.bavail * disk.bsize,
  };
}

async function bytesOf(folder: string, signal: AbortSignal, without: ReadonlySet<string> = new Set()): Promise<number> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!without.has(path)) sum += await bytesOf(path, signal);
    } else if (entry.isFile()) {
      sum += (await stat(path).catch(() => ({ size: 0 }))).size;
    }
  }
  return sum;
}
