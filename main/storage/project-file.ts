/**
 * A project as a file to keep, send or give to the command line: `talk.json` is the document, and the files it needs lie
 * beside it in `talk.assets/`, each as `<sha256>.<extension>`. The pair can be moved or zipped as it is; the extension is for
 * people, the hash is what counts.
 */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { parseProject, serialiseProject } from '../../app/document/migrations.ts';
import type { Project } from '../../app/document/project.ts';
import { projectAssets } from '../../app/document/project-assets.ts';
import { StudioError } from '../../app/errors/index.ts';
import { syncFolder, writeTextWhole, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { type AssetSource, resolveFile } from './assets.ts';
import { receiveBundle } from './bundle-reader.ts';
import type { Storage } from './open.ts';
import { decodeText, parseJson } from './project-text.ts';
import type { StoredProject } from './repositories/projects.ts';

interface Cancellable {
  signal?: AbortSignal | undefined;
}

const LIMIT_MB = 256;

/**
 * Reads a project file of this or an older version. Its assets are looked for only when resolved.
 * @throws StudioError `storage.project-file-missing`, `storage.project-file-unreadable`, `storage.project-file-not-json`,
 * `storage.project-file-too-large`, `storage.document-newer`, `storage.document-invalid`
 */
export async function readProjectFile(
  path: string,
  { signal }: Cancellable = {},
): Promise<{ project: Project; assets: AssetSource }> {
  const folder = assetFolderOf(path);
  const assets: AssetSource = {
    resolve: async (ref, options) => resolveFile(await findAsset(folder, ref), ref, options),
  };
  return { project: parseProject(parseJson(await readText(path, signal), path)), assets };
}

/**
 * Writes the project under `path` and its assets beside it; whole or not at all, over what was there. Assets come first, so a
 * file that names them never stands without them.
 * @throws StudioError `storage.disk-full`, `storage.not-writable`, `storage.asset-missing`, `storage.asset-corrupt` …
 */
export async function writeProjectFile(
  path: string,
  given: Project,
  { assets, signal }: Cancellable & { assets: AssetSource },
): Promise<void> {
  const project = parseProject(given);
  const refs = projectAssets(project);
  const folder = assetFolderOf(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    if (refs.length > 0) await mkdir(folder, { recursive: true });
    for (const ref of refs) await copyAsset(folder, ref, assets, signal);
    if (refs.length > 0) await syncFolder(folder);
    await writeTextWhole(path, serialiseProject(project), signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw asStorageError(error, path);
  }
}

/** Takes a project file with its assets into the storage, under a new id when its own is taken. */
export async function importProjectFile(
  storage: Pick<Storage, 'projects' | 'assets'>,
  path: string,
  { signal }: Cancellable = {},
): Promise<StoredProject> {
  const { project, assets } = await readProjectFile(path, { signal });
  for (const ref of projectAssets(project)) {
    await storage.assets.put(await assets.resolve(ref, { verify: true, signal }), { ...ref, signal });
  }
  return createUnderFreeId(storage, project);
}

/** As {@link importProjectFile}, for a `.shenghua` bundle. @throws StudioError of `receiveBundle` */
export async function importBundle(
  storage: Pick<Storage, 'projects' | 'assets'>,
  path: string,
  options: Cancellable & { fileName?: string | undefined } = {},
): Promise<StoredProject> {
  return createUnderFreeId(storage, await receiveBundle(path, storage.assets, options));
}

function createUnderFreeId({ projects }: Pick<Storage, 'projects'>, project: Project): StoredProject {
  try {
    return projects.create(project);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'storage.project-exists')) throw error;
    return projects.create({ ...project, id: randomUUID() });
  }
}

const assetFolderOf = (path: string): string => join(dirname(path), `${basename(path, extname(path))}.assets`);

/** Extensions people know; anything else is told by its bytes. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'audio/wav': '.wav',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'audio/ogg': '.ogg',
  'audio/flac': '.flac',
};
const assetName = (ref: AssetRef): string => ref.sha256 + (EXTENSIONS[ref.mediaType] ?? '.bin');

async function findAsset(folder: string, ref: AssetRef): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  return join(folder, names.find((name) => name.slice(0, 64).toLowerCase() === ref.sha256) ?? assetName(ref));
}

async function copyAsset(
  folder: string,
  ref: AssetRef,
  assets: AssetSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = join(folder, assetName(ref));
  const source = await assets.resolve(ref, { verify: true, signal });
  const isThere = await resolveFile(target, ref, { verify: true, signal }).catch(() => null);
  if (isThere !== null) return;
  await writeWhole(
    folder,
    (handle) => handle.writeFile(createReadStream(source, signal ? { signal } : {})),
    (_, temporary) => rename(temporary, target),
  );
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    const info = await stat(path);
    const sizeMb = Math.ceil(info.size / 2 ** 20);
    if (sizeMb > LIMIT_MB) throw new StudioError('storage.project-file-too-large', { path, sizeMb, limitMb: LIMIT_MB });
    const handle = await open(path, 'r');
    try {
      return decodeText(await handle.readFile(signal ? { signal } : {}), path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause;
    if (cause.code === 'ENOENT') throw new StudioError('storage.project-file-missing', { path }, { cause });
    throw new StudioError('storage.project-file-unreadable', { path, reason: String(cause.code) }, { cause });
  }
}
