/**
 * A file that appears under its final name only when complete. It grows beside it (same file system, so that the last
 * step is a rename) as `.<name>.<host>-<pid>-<random>.part.<ext>`; the name tells whose it is, so that what a
 * killed process left can be swept by the next one and what a running one needs is let be.
 */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm, stat, statfs } from 'node:fs/promises';
import { hostname, platform } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../app/errors/index.ts';

export interface PartFile {
  /** Where it will be: absolute, symbolic links resolved. */
  readonly finalPath: string;
  /** Where it grows. Exists, empty. */
  readonly path: string;
  /** The path of a working file beside it that is removed together with it. Not created. */
  beside(purpose: string, extension: string): string;
  /** Syncs and renames, replacing what was there. Working files are removed. */
  commit(): Promise<void>;
  /** Removes it and its working files. Safe to call twice, and after commit. */
  discard(): Promise<void>;
}

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
const PART_NAME = /^\..*\.([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.part(?:-[a-z]+)?\.[a-z0-9]+$/i;
const NAME_KEPT_BYTES = 100;
const isWindows = platform() === 'win32';

/**
 * Makes the folder if needed and the part file in it, which proves that it can be written, and sweeps what dead
 * processes left there. @throws StudioError media.output-is-folder, -not-a-file, -not-writable, disk-full.
 */
export async function openPartFile(outPath: string): Promise<PartFile> {
  const finalPath = await checkedFinalPath(resolve(outPath));
  const folder = dirname(finalPath);
  const extension =
    extname(finalPath)
      .slice(1)
      .replace(/[^a-z0-9]/gi, '') || 'bin';
  const stem = `.${shortened(basename(finalPath))}.${HOST}-${process.pid}-${randomBytes(4).toString('hex')}.part`;
  const path = join(folder, `${stem}.${extension}`);
  try {
    await makeFolder(folder);
    await sweepStaleParts(folder);
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw await fileError(error, finalPath, 0);
  }
  const mine = new Set([path]);
  const release = removeOnExit(mine);
  let settled = false;
  const removeAll = async (): Promise<void> => {
    await Promise.all([...mine].map((each) => rm(each, { force: true, recursive: true, maxRetries: 5 })));
    release();
  };
  return {
    finalPath,
    path,
    beside: (purpose, besideExtension) => {
      const working = join(folder, `${stem}-${purpose}.${besideExtension}`);
      mine.add(working);
      return working;
    },
    commit: async () => {
      await syncFile(path);
      await renameOver(path, finalPath);
      settled = true;
      mine.delete(path);
      await removeAll();
      await syncFolder(folder);
    },
    discard: async () => {
      if (settled) return;
      await removeAll();
    },
  };
}

/**
 * The folder with those above it. Node's own recursive mkdir tries forever where a folder that is there takes no new one and
 * says ENOENT, as in /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  const make = async (): Promise<void> => {
    try {
      await mkdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    await makeFolder(above);
    await make();
  }
}

async function checkedFinalPath(path: string): Promise<string> {
  try {
    const link = await lstat(path).catch(ignoreMissing);
    if (link === undefined) return path;
    if (link.isSymbolicLink()) {
      const target = await realpath(path).catch(ignoreMissing);
      return target === undefined ? path : await checkedFinalPath(target); // a dangling link is replaced
    }
    if (link.isDirectory()) throw new StudioError('media.output-is-folder', { path });
    if (!link.isFile()) throw new StudioError('media.output-not-a-file', { path });
    return path;
  } catch (error) {
    throw error instanceof StudioError ? error : await fileError(error, path, 0);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** The name, cut so that with what is added to it it stays under 255 bytes; never inside a character. */
function shortened(name: string): string {
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > NAME_KEPT_BYTES) break;
    kept += character;
  }
  return kept;
}

/** Removes part files in the folder whose process on this machine is gone. What cannot be read or removed is let be. */
export async function sweepStaleParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, host, pid] = PART_NAME.exec(name) ?? [];
    if (host !== HOST || isAlive(Number(pid))) continue;
    await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: someone else's, but alive
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable. Windows and some network file systems have no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

const RENAME_ATTEMPTS = 5;

/** On Windows a player, indexer or antivirus may hold the old file for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (isWindows && attempt < RENAME_ATTEMPTS && ['EPERM', 'EACCES', 'EBUSY'].includes(code)) {
        await sleep(200 * attempt);
        continue;
      }
      // Minutes of work are complete: keep them under a free name rather than lose them.
      const kept = await renameToFreeName(from, to);
      throw new StudioError('media.output-busy', { path: to, detail: code, kept }, { cause: error });
    }
  }
}

async function renameToFreeName(from: string, to: string): Promise<string> {
  const extension = extname(to);
  for (let number = 1; ; number++) {
    const kept = `${to.slice(0, to.length - extension.length)} (${number})${extension}`;
    if (await lstat(kept).catch(() => undefined)) continue;
    await rename(from, kept);
    return kept;
  }
}

const leftToRemove = new Set<Iterable<string>>();

/** Last resort for process.exit() with files open: nothing can be awaited there. */
function removeOnExit(paths: Iterable<string>): () => void {
  if (leftToRemove.size === 0) process.on('exit', removeLeft);
  leftToRemove.add(paths);
  return () => {
    leftToRemove.delete(paths);
    if (leftToRemove.size === 0) process.off('exit', removeLeft);
  };
}

function removeLeft(): void {
  for (const paths of leftToRemove) {
    for (const path of paths) {
      try {
        rmSync(path, { force: true });
      } catch {
        // swept by the next process
      }
    }
  }
}

/** A failure of the file system in words. @param neededBytes what the output is thought to need, 0 if unknown */
export async function fileError(error: unknown, path: string, neededBytes: number): Promise<unknown> {
  if (error instanceof StudioError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return await diskFull(path, neededBytes, error);
  return new StudioError('media.output-not-writable', { path, detail: REASONS[code] ?? code }, { cause: error });
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
  EROFS: 'the disk is read-only (EROFS)',
  ENAMETOOLONG: 'the name is too long (ENAMETOOLONG)',
  ENOTDIR: 'a part of the path is a file, not a folder (ENOTDIR)',
  EEXIST: 'a part of the path is a file, not a folder (EEXIST)',
  ENOENT: 'there is no such folder and it cannot be made (ENOENT)',
  EIO: 'the disk reports an error (EIO)',
  ERR_INVALID_ARG_VALUE: 'the name holds a character that no file name may hold',
};

export async function diskFull(path: string, neededBytes: number, cause?: unknown): Promise<StudioError> {
  const freeBytes = await freeBytesAt(dirname(path)).catch(() => 0);
  const neededMb = megabytes(Math.max(neededBytes, freeBytes + 1), Math.ceil);
  return new StudioError(
    'media.disk-full',
    { path, neededMb, freeMb: megabytes(freeBytes, Math.floor) },
    cause === undefined ? {} : { cause },
  );
}

/** Rounded apart, so that what is needed never reads like what is there. */
const megabytes = (bytes: number, round: (value: number) => number): number =>
  bytes >= 10e6 ? round(bytes / 1e6) : round(bytes / 1e4) / 100;

/** Free bytes for this user on the file system that holds, or will hold, the folder. */
export async function freeBytesAt(folder: string): Promise<number> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw error;
    }
  }
}

/**
 * Refuses an output that is one of the inputs, however it is spelt: through symbolic links, hard links, `..`, or
 * another case where the file system ignores it. Inputs that do not exist are not its business.
 * @throws StudioError media.output-is-input
 */
export async function assertOutputNotInput(outPath: string, inputPaths: readonly string[]): Promise<void> {
  const output = await stat(outPath, { bigint: true }).catch(() => undefined);
  for (const input of inputPaths) {
    const other = await stat(input, { bigint: true }).catch(() => undefined);
    const same =
      resolve(outPath) === resolve(input) ||
      (output !== undefined && other !== undefined && output.dev === other.dev && output.ino === other.ino);
    if (same) throw new StudioError('media.output-is-input', { path: outPath, input });
  }
}
