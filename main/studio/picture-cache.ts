/** Pictures on disk by what they were made from, as WebP: made when first asked for, those looked at longest ago go. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files/atomic-file.ts';

/** Raise when the same name would give another picture. */
const VERSION = 1;
const FILE = /^[0-9a-f]{64}\.webp$/;

export interface PictureCache {
  /** The file's name, for paths. */
  fileOf(name: string): string;
  isFile(file: string): boolean;
  read(file: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** A cache that cannot be written is no reason to fail: the picture is made again next time. */
  keep(file: string, webp: Uint8Array): Promise<void>;
}

export function openPictureCache(folder: string, maxBytes: number): PictureCache {
  let bytesSinceSweep = Number.POSITIVE_INFINITY;
  return {
    fileOf: (name) => `${createHash('sha256').update(`${VERSION} ${name}`).digest('hex')}.webp`,
    isFile: (file) => FILE.test(file),
    async read(file, signal) {
      const path = join(folder, file);
      const kept = await readFile(path, { signal }).catch(() => null);
      signal.throwIfAborted();
      const now = new Date();
      if (kept) await utimes(path, now, now).catch(() => undefined);
      return kept;
    },
    async keep(file, webp) {
      try {
        await mkdir(folder, { recursive: true });
        await writeWhole(
          folder,
          (handle) => handle.writeFile(webp),
          (_, temporary) => rename(temporary, join(folder, file)),
        );
        bytesSinceSweep += webp.length;
        if (bytesSinceSweep > maxBytes / 10) {
          bytesSinceSweep = 0;
          await sweep(folder, maxBytes);
        }
      } catch {
        // A full disk, a folder that may not be written to: told where something is lost by it.
      }
    },
  };
}

async function sweep(folder: string, maxBytes: number): Promise<void> {
  const files: { path: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info && FILE.test(name)) files.push({ path, bytes: info.size, usedMs: info.mtimeMs });
    // What a killed writer left.
    else if (info && Date.now() - info.mtimeMs > 3_600_000) await rm(path, { force: true });
  }
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= maxBytes) break;
    await rm(path, { force: true });
    total -= bytes;
  }
}
