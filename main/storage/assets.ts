/**
 * The asset store: files named by their SHA-256, `assets/ab/cdef…`, so that equal content is kept once and a damaged file
 * shows. A file under its final name is always whole; only {@link AssetStore.collectGarbage} ever removes one.
 */
import { createHash } from 'node:crypto';
import { createReadStream, renameSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { StudioError } from '../../app/errors/index.ts';
import { syncFolder, TEMP_PREFIX, writeAside, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';

interface Cancellable {
  signal?: AbortSignal | undefined;
}

/** Where the bytes behind an {@link AssetRef} are found: the store, or the folder beside a project file. */
export interface AssetSource {
  /**
   * The path of the file; with `verify`, after reading it whole and comparing its hash.
   * @throws StudioError `storage.asset-missing`, `storage.asset-corrupt`
   */
  resolve(ref: AssetRef, options?: Cancellable & { verify?: boolean | undefined }): Promise<string>;
}

export interface AssetStore extends AssetSource {
  /**
   * Keeps a copy of a file (by path) or of bytes. Content that is there already is not written again, and a damaged copy
   * of it is repaired. Streams: a long recording costs no memory.
   * @throws StudioError `storage.asset-source-unreadable`, `storage.disk-full` (nothing changed), `storage.not-writable` …
   */
  put(
    source: string | Uint8Array,
    about: Cancellable & { mediaType: string; fileName?: string | undefined },
  ): Promise<AssetRef>;
  /**
   * Takes in content as it comes, from a stream that is read once. It is kept only by `keep()`; until then it is a file
   * nobody knows of. With `sha256`, content that is not what it should be is refused.
   * @throws StudioError `storage.asset-corrupt`, `storage.disk-full` (nothing changed), `storage.not-writable` …; whatever
   * `pieces` throws
   */
  receive(
    pieces: AsyncIterable<Uint8Array>,
    about?: Cancellable & { sha256?: string | undefined; fileName?: string | undefined },
  ): Promise<ReceivedAsset>;
  /** The whole content, its hash checked. */
  read(ref: AssetRef, options?: Cancellable): Promise<Uint8Array<ArrayBuffer>>;
  /** Removes what no project names and nobody added within `olderThanMs` (a day), and what killed writers left. */
  collectGarbage(
    options?: Cancellable & { olderThanMs?: number | undefined },
  ): Promise<{ removed: number; freedBytes: number }>;
}

/** Content on disk whose fate is not decided. One of the two is called, else a day later it is collected. */
export interface ReceivedAsset {
  sha256: string;
  bytes: number;
  /** Puts it into the store. @throws StudioError `storage.*` */
  keep(): Promise<void>;
  /** Removes it. Safe to call twice, and after keep. */
  discard(): Promise<void>;
}

export interface AssetStoreOptions {
  /** Runs `work` alone among all processes: a file added again while another process collects must not vanish. */
  exclusively<T>(work: () => T): T;
  isReferenced(sha256: string): boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function openAssetStore(folder: string, { exclusively, isReferenced }: AssetStoreOptions): AssetStore {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256.slice(2));

  /** Makes sound content count as just added, so that it is not collected; false when it is not there or not sound. */
  async function renew(sha256: string, signal: AbortSignal | undefined): Promise<boolean> {
    const path = pathOf(sha256);
    if ((await hashIfThere(path, signal)) !== sha256) return false;
    return exclusively(() => {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
      const now = new Date();
      utimesSync(path, now, now);
      return true;
    });
  }

  async function put(
    source: string | Uint8Array,
    { mediaType, fileName = '', signal }: Cancellable & { mediaType: string; fileName?: string | undefined },
  ) {
    const ref = (sha256: string): AssetRef => ({ sha256, mediaType, fileName });
    const known =
      typeof source === 'string' ? await hashSource(source, signal) : createHash('sha256').update(source).digest('hex');
    signal?.throwIfAborted();
    try {
      if (await renew(known, signal)) return ref(known);
      await mkdir(folder, { recursive: true });
      const sha256 = await writeWhole(
        folder,
        async (handle) => {
          const hash = createHash('sha256');
          for await (const piece of typeof source === 'string' ? readSource(source, signal) : [source]) {
            hash.update(piece);
            await handle.writeFile(piece);
          }
          return hash.digest('hex');
        },
        async (digest, temporary) => {
          signal?.throwIfAborted();
          await mkdir(dirname(pathOf(digest)), { recursive: true });
          exclusively(() => renameSync(temporary, pathOf(digest)));
        },
      );
      await syncFolder(dirname(pathOf(sha256)));
      await syncFolder(folder);
      return ref(sha256);
    } catch (error) {
      throw asStorageError(error, folder);
    }
  }

  async function receive(
    pieces: AsyncIterable<Uint8Array>,
    { sha256: expected, fileName = '', signal }: Parameters<AssetStore['receive']>[1] = {},
  ): Promise<ReceivedAsset> {
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = async function* () {
      for await (const piece of pieces) {
        signal?.throwIfAborted();
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    };
    try {
      await mkdir(folder, { recursive: true });
      const { temporary } = await writeAside(folder, (handle) => handle.writeFile(counted()));
      const sha256 = hash.digest('hex');
      const discard = () => rm(temporary, { force: true });
      if (expected !== undefined && sha256 !== expected) {
        await discard();
        throw new StudioError('storage.asset-corrupt', { fileName: fileName || expected, path: expected });
      }
      const keep = async () => {
        try {
          if (await renew(sha256, signal)) return await discard();
          await mkdir(dirname(pathOf(sha256)), { recursive: true });
          exclusively(() => renameSync(temporary, pathOf(sha256)));
          await syncFolder(dirname(pathOf(sha256)));
          await syncFolder(folder);
        } catch (error) {
          throw asStorageError(error, folder);
        }
      };
      return { sha256, bytes, keep, discard };
    } catch (error) {
      signal?.throwIfAborted();
      throw asStorageError(error, folder);
    }
  }

  async function collectGarbage({
    olderThanMs = DAY_MS,
    signal,
  }: Cancellable & { olderThanMs?: number | undefined } = {}) {
    const total = { removed: 0, freedBytes: 0 };
    const isOld = (info: { mtimeMs: number }) => Date.now() - info.mtimeMs >= olderThanMs;
    for (const shelf of await readdir(folder)) {
      signal?.throwIfAborted();
      const shelfPath = join(folder, shelf);
      if (shelf.startsWith(TEMP_PREFIX)) {
        const info = await stat(shelfPath).catch(() => null);
        if (info !== null && isOld(info)) await rm(shelfPath, { force: true });
      }
      if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
      for (const rest of await readdir(shelfPath)) {
        signal?.throwIfAborted();
        const path = join(shelfPath, rest);
        if (!/^[0-9a-f]{62}$/.test(rest) || isReferenced(shelf + rest)) continue;
        exclusively(() => {
          const info = statSync(path, { throwIfNoEntry: false });
          if (info === undefined || !isOld(info) || isReferenced(shelf + rest)) return;
          unlinkSync(path);
          total.removed += 1;
          total.freedBytes += info.size;
        });
      }
    }
    return total;
  }

  const resolve: AssetSource['resolve'] = (ref, options) => resolveFile(pathOf(ref.sha256), ref, options);
  return {
    put,
    receive,
    resolve,
    collectGarbage,
    async read(ref, { signal } = {}) {
      const path = await resolve(ref, { signal });
      const bytes = await readFile(path, signal ? { signal } : {});
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (digest !== ref.sha256) throw new StudioError('storage.asset-corrupt', { fileName: nameOf(ref), path });
      return bytes;
    },
  };
}

/** `path` when it holds what `ref` names. @throws StudioError `storage.asset-missing`, `storage.asset-corrupt` */
export async function resolveFile(
  path: string,
  ref: AssetRef,
  { verify = false, signal }: Cancellable & { verify?: boolean | undefined } = {},
): Promise<string> {
  signal?.throwIfAborted();
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) throw new StudioError('storage.asset-missing', { fileName: nameOf(ref), path });
  if (verify && (await hashIfThere(path, signal)) !== ref.sha256) {
    throw new StudioError('storage.asset-corrupt', { fileName: nameOf(ref), path });
  }
  return path;
}

const nameOf = (ref: AssetRef): string => ref.fileName || ref.sha256;

async function hashIfThere(path: string, signal: AbortSignal | undefined): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, signal ? { signal } : {})) hash.update(piece as Uint8Array);
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw asStorageError(error, path);
  }
  return hash.digest('hex');
}

/** The file's pieces; what goes wrong in reading is the source's fault, not the store's. */
async function* readSource(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, signal ? { signal } : {})) yield piece as Uint8Array;
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new StudioError('storage.asset-source-unreadable', { path, reason }, { cause });
  }
}

async function hashSource(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of readSource(path, signal)) hash.update(piece);
  return hash.digest('hex');
}
