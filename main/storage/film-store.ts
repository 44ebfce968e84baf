/**
 * Films that vendors made, by what they were made of (`<key>.mp4`): an export made again, with other subtitles or after a failure, needs
 * no second one. Beyond a size the least recently used go.
 */
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilmStore } from '../engine/ports/cloud-renderer.ts';
import { sweepAbandoned, syncFolder, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { tryProcessLock } from '../files/process-lock.ts';

const MAX_BYTES = 4 * 1024 ** 3;
const KEY = /^[0-9a-f]{64}$/;

/** Makes its folder when it is first needed. */
export function openFilmStore(folder: string, maxBytes = MAX_BYTES): FilmStore {
  const nameOf = (key: string, ending: string): string => {
    if (!KEY.test(key)) throw new RangeError('a film is named by a SHA-256');
    return join(folder, key + ending);
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asStorageError(error, folder);
    }
  };
  return {
    async find(key) {
      const path = nameOf(key, '.mp4');
      const now = new Date();
      return await utimes(path, now, now).then(
        () => path,
        () => null,
      );
    },
    write: (key, pieces) =>
      guarded(async () => {
        await mkdir(folder, { recursive: true });
        await sweepAbandoned(folder);
        const path = nameOf(key, '.mp4');
        await writeWhole(
          folder,
          async (handle) => {
            for await (const piece of pieces) await handle.writeFile(piece);
          },
          (_, temporary) => rename(temporary, path),
        );
        await syncFolder(folder);
        await prune(folder, maxBytes, path);
        return path;
      }),
    remove: (key) => rm(nameOf(key, '.mp4'), { force: true }),
    lock: (key) =>
      guarded(async () => {
        await mkdir(folder, { recursive: true });
        const path = nameOf(key, '.lock');
        const release = tryProcessLock(path);
        return release;
      }),
  };
}

async function prune(folder: string, maxBytes: number, keep: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mp4'));
  const films = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const info = await stat(path).catch(() => null);
      return { path, bytes: info?.size ?? 0, usedMs: info?.mtimeMs ?? 0 };
    }),
  );
  let bytes = films.reduce((sum, film) => sum + film.bytes, 0);
  for (const film of films.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= maxBytes) return;
    if (film.path === keep) continue;
    await rm(film.path, { force: true }).catch(() => {});
    bytes -= film.bytes;
  }
}
