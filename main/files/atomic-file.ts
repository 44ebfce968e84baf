/** Files that are either whole or not there: written beside their final name, flushed, renamed. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a killed writer may leave behind starts like this; never a final name. */
export const TEMP_PREFIX = '.writing-';

/** Whether a file of that name was being written by a process that is gone, and never will be whole. */
export function isAbandoned(name: string): boolean {
  const pid = new RegExp(`^\\${TEMP_PREFIX}(\\d+)-`).exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // No permission to ask is somebody's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes what killed writers left in a folder. */
export async function sweepAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter(isAbandoned)) await rm(join(folder, name), { force: true }).catch(() => {});
}

/**
 * A new file in `folder`, filled by `write` and flushed, under a name that is nobody's. Whatever fails leaves none.
 */
export async function writeAside<T>(
  folder: string,
  write: (handle: FileHandle) => Promise<T>,
): Promise<{ written: T; temporary: string }> {
  const temporary = join(folder, `${TEMP_PREFIX}${process.pid}-${randomUUID()}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      const written = await write(handle);
      await handle.sync();
      return { written, temporary };
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Lets `write` fill a new file in `folder` and `place` say its final path, then puts it there, over what is there.
 * Whatever fails leaves the final path as it was and no other file.
 */
export async function writeWhole<T>(
  folder: string,
  write: (handle: FileHandle) => Promise<T>,
  place: (written: T, temporary: string) => Promise<void>,
): Promise<T> {
  const { written, temporary } = await writeAside(folder, write);
  try {
    await place(written, temporary);
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Puts `text` under `path` as UTF-8, whole or not at all, and safe from a power cut when it returns. */
export async function writeTextWhole(path: string, text: string, signal?: AbortSignal): Promise<void> {
  const folder = dirname(path);
  await writeWhole(
    folder,
    (handle) => handle.writeFile(text, { encoding: 'utf8', signal }),
    async (_, temporary) => {
      signal?.throwIfAborted();
      await rename(temporary, join(folder, basename(path)));
    },
  );
  await syncFolder(folder);
}

/** Makes a rename last through a power cut. Windows keeps its own journal and opens no folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
