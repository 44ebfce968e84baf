/** A model's files from the network into a folder of their own, checked, and then in one move to where it is used. */
import { rename, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import type { ModelEntry, ModelFile } from '../../app/models/manifest.ts';
import type { Bandwidth } from './bandwidth.ts';
import { download, probe } from './download.ts';
import { sha256Of } from './hash.ts';
import { type ModelFolders, makeFolder, moveTo, nameOf, patiently, type RecordedFile, removeAll } from './layout.ts';
import { forgetProgress, partBytes } from './part.ts';

export type Phase = 'waiting' | 'asking' | 'downloading' | 'checking' | 'copying';
export interface Progress {
  phase: Phase;
  /** Of the phase; 0 of 0 where that is not known. */
  doneBytes: number;
  totalBytes: number;
}

export interface FetchOptions {
  bandwidth: Bandwidth;
  onProgress(progress: Progress): void;
  /** `<path>` → SHA-256 of an earlier first download. */
  pins: ReadonlyMap<string, string>;
  chunkBytes?: number | undefined;
  silenceMs?: number | undefined;
  retryMs?: number | undefined;
}

/** Left for everybody else on the disk. */
const SPARE_BYTES = 64 * 1024 * 1024;
const FILES_AT_ONCE = 3;

interface Planned {
  file: ModelFile;
  bytes: number;
  sha256: string | null;
  trust: RecordedFile['trust'];
}

/**
 * Brings the files to the model's incoming folder; those that are there and right already are not fetched again.
 * @throws StudioError model.no-source, model.no-space, `model.source-*`, model.wrong-hash, `storage.*`
 */
export async function fetchFiles(
  entry: ModelEntry,
  files: readonly ModelFile[],
  folders: ModelFolders,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<RecordedFile[]> {
  const model = nameOf(entry);
  const folder = folders.incoming(entry);
  await makeFolder(folder);
  const lacking = files.find(({ sources }) => sources.length === 0);
  if (lacking !== undefined) throw new StudioError('model.no-source', { model, file: lacking.path });

  options.onProgress({ phase: 'asking', doneBytes: 0, totalBytes: 0 });
  const planned = await inTurns(files, FILES_AT_ONCE, (file) => plan(model, file, options, signal));
  const totalBytes = planned.reduce((sum, { bytes }) => sum + bytes, 0);
  const held = await Promise.all(planned.map(({ file, bytes }) => heldBytes(join(folder, file.path), bytes)));
  await requireSpace(model, folder, totalBytes - held.reduce((sum, each) => sum + each, 0));

  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    options.onProgress({ phase: 'downloading', doneBytes, totalBytes });
  };
  return await inTurns(planned, FILES_AT_ONCE, (each) =>
    bring(model, each, entry, folders, { ...options, onBytes }, signal),
  );
}

async function plan(model: string, file: ModelFile, options: FetchOptions, signal: AbortSignal): Promise<Planned> {
  const pinned = options.pins.get(file.path) ?? null;
  if (file.bytes !== null && (file.sha256 !== null || pinned !== null))
    return {
      file,
      bytes: file.bytes,
      sha256: file.sha256 ?? pinned,
      trust: file.sha256 === null ? 'first' : 'manifest',
    };
  const { path, sources } = file;
  const told = await probe({ model, path, sources }, signal, options.silenceMs);
  const bytes = file.bytes ?? told.bytes;
  if (file.sha256 !== null) return { file, bytes, sha256: file.sha256, trust: 'manifest' };
  if (pinned !== null) return { file, bytes, sha256: pinned, trust: 'first' };
  return { file, bytes, sha256: told.sha256, trust: told.sha256 === null ? 'first' : 'source' };
}

async function heldBytes(path: string, bytes: number): Promise<number> {
  const whole = await stat(path).catch(() => null);
  return whole?.size === bytes ? bytes : await partBytes(`${path}.part`, bytes);
}

/** @throws StudioError model.no-space */
export async function requireSpace(model: string, folder: string, neededBytes: number): Promise<void> {
  const disk = await statfs(folder).catch(() => null);
  if (disk === null) return;
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes >= neededBytes + SPARE_BYTES) return;
  const [needMb, freeMb] = [Math.ceil(neededBytes / 2 ** 20), Math.floor(freeBytes / 2 ** 20)];
  throw new StudioError('model.no-space', { model, needMb, freeMb, folder }, { retryable: true });
}

async function bring(
  model: string,
  { file, bytes, sha256, trust }: Planned,
  entry: ModelEntry,
  folders: ModelFolders,
  options: FetchOptions & { onBytes(bytes: number): void },
  signal: AbortSignal,
): Promise<RecordedFile> {
  const path = join(folders.incoming(entry), file.path);
  const there = await stat(path).catch(() => null);
  if (there?.size === bytes && sha256 !== null) {
    if ((await sha256Of(path, signal)).sha256 === sha256) {
      options.onBytes(bytes);
      return { path: file.path, bytes, sha256, trust };
    }
    await removeAll(path);
  }
  const partPath = `${path}.part`;
  let sources: readonly string[] = file.sources;
  for (;;) {
    const { bandwidth, onBytes, chunkBytes, silenceMs, retryMs } = options;
    const wanted = { model, path: file.path, bytes, sha256, sources };
    const from = await download(wanted, partPath, { bandwidth, onBytes, chunkBytes, silenceMs, retryMs }, signal);
    const found = await sha256Of(partPath, signal);
    if (sha256 === null || found.sha256 === sha256) {
      await patiently(path, () => rename(partPath, path));
      await forgetProgress(partPath);
      return { path: file.path, bytes, sha256: found.sha256, trust };
    }
    const kept = await setApart(partPath, entry, file.path, found.sha256, folders);
    onBytes(-bytes);
    // Whoever gave any of it may have given the wrong part.
    sources = sources.filter((url) => !from.includes(url));
    if (sources.length === 0 || from.length === 0)
      throw new StudioError('model.wrong-hash', { model, file: file.path, kept });
  }
}

/** Where nobody looks for models: for whoever wants to know what it was. */
export async function setApart(
  path: string,
  entry: ModelEntry,
  name: string,
  sha256: string,
  folders: ModelFolders,
): Promise<string> {
  const kept = join(folders.quarantine(entry), `${name.replaceAll('/', '__')}-${sha256.slice(0, 12)}`);
  await removeAll(kept);
  await moveTo(path, kept);
  await forgetProgress(path);
  return kept;
}

/** In the order of `items`; the first failure ends it once what is under way has ended. */
async function inTurns<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failure: { error: unknown } | null = null;
  const line = async (): Promise<void> => {
    while (next < items.length && failure === null) {
      const index = next++;
      try {
        results[index] = await work(items[index]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, line));
  if (failure !== null) throw (failure as { error: unknown }).error;
  return results;
}
