/**
 * Reading a `.shenghua` bundle from anybody. Nothing in it says where anything is written: entries are found by the names that
 * the document's hashes make, and everything else in the file is only counted. The directory is judged before a byte is
 * unpacked, and what is unpacked must have the size and the SHA-256 it claims.
 */
import { mkdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { parseProject } from '../../app/document/migrations.ts';
import type { Project } from '../../app/document/project.ts';
import { projectAssets } from '../../app/document/project-assets.ts';
import { StudioError } from '../../app/errors/index.ts';
import { asStorageError } from '../files/failures.ts';
import { openZip, unreadable, type ZipLimits } from '../files/safe-zip.ts';
import { type AssetSource, type AssetStore, openAssetStore, type ReceivedAsset } from './assets.ts';
import { assetEntry, BUNDLE_LIMITS, type BundleLimits, PROJECT_ENTRY } from './bundle-format.ts';
import { decodeText, parseJson } from './project-text.ts';

export interface OpenBundle extends AsyncDisposable {
  readonly project: Project;
  /** The files that the project names, each once, all of them there. */
  readonly refs: readonly AssetRef[];
  /**
   * What the entry holds; its size is checked on the way, its hash is not.
   * @throws StudioError `bundle.unreadable`
   */
  content(ref: AssetRef, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** What the file is called where its path is only a place in the store. */
  fileName?: string | undefined;
  limits?: BundleLimits | undefined;
}

/**
 * Opens a bundle, judges its directory and reads its project. Unpacks nothing to disk.
 * @throws StudioError `storage.project-file-missing`, `bundle.unreadable`, `bundle.unsafe`, `bundle.too-large`,
 * `bundle.asset-missing`, `storage.project-file-not-json`, `storage.document-newer`, `storage.document-invalid`
 */
export async function openBundle(
  path: string,
  { signal, fileName = basename(path), limits = BUNDLE_LIMITS }: ReadOptions = {},
): Promise<OpenBundle> {
  signal?.throwIfAborted();
  const info = await stat(path).catch(() => null);
  if (info === null) throw new StudioError('storage.project-file-missing', { path });
  const zip = await openZip(path, { fileName, limits: zipLimits(limits), signal });
  const { entries } = zip;
  try {
    const projectEntry = entries.get(PROJECT_ENTRY);
    if (projectEntry === undefined)
      throw unreadable(fileName, `it holds no ${PROJECT_ENTRY}`, `其中没有 ${PROJECT_ENTRY}`);
    const pieces: Uint8Array[] = [];
    for await (const piece of zip.content(projectEntry, signal)) pieces.push(piece);
    const project = parseProject(parseJson(decodeText(Buffer.concat(pieces), fileName), fileName));
    const refs = projectAssets(project);
    const entryOf = (ref: AssetRef) => {
      const entry = entries.get(assetEntry(ref.sha256));
      if (entry === undefined)
        throw new StudioError('bundle.asset-missing', { fileName, asset: ref.fileName || ref.sha256 });
      return entry;
    };
    for (const ref of refs) entryOf(ref);
    return {
      project,
      refs,
      content: (ref, stop) => zip.content(entryOf(ref), stop),
      [Symbol.asyncDispose]: async () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/**
 * Takes all files of a bundle into the store, once every one of them was found sound, and gives its project.
 * @throws StudioError of {@link openBundle}; `bundle.asset-wrong`, `storage.disk-full`, `storage.not-writable` …
 */
export async function receiveBundle(
  path: string,
  store: Pick<AssetStore, 'receive'>,
  options: ReadOptions = {},
): Promise<Project> {
  const { signal, fileName = basename(path) } = options;
  await using bundle = await openBundle(path, options);
  const received: ReceivedAsset[] = [];
  try {
    for (const ref of bundle.refs) {
      const content = bundle.content(ref, signal);
      received.push(await store.receive(content, { sha256: ref.sha256, fileName: ref.fileName, signal }));
    }
    signal?.throwIfAborted();
    for (const asset of received) await asset.keep();
    return bundle.project;
  } catch (error) {
    const wrong = error instanceof StudioError && error.code === 'storage.asset-corrupt';
    throw wrong ? new StudioError('bundle.asset-wrong', { fileName, asset: error.params.fileName ?? '' }) : error;
  } finally {
    for (const asset of received) await asset.discard();
  }
}

/**
 * Unpacks the project's files into a folder of their own, for a run that uses them where they lie.
 * @throws StudioError as {@link receiveBundle}
 */
export async function unpackBundle(
  path: string,
  folder: string,
  options: ReadOptions = {},
): Promise<{ project: Project; assets: AssetSource }> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asStorageError(error, folder);
  });
  const store = openAssetStore(folder, { exclusively: (work) => work(), isReferenced: () => true });
  return { project: await receiveBundle(path, store, options), assets: store };
}

const zipLimits = ({
  entries,
  projectBytes,
  assetBytes,
  totalBytes,
  ratio,
  ratioFromBytes,
}: BundleLimits): ZipLimits => ({
  ...{ entries, totalBytes, ratio, ratioFromBytes },
  entryBytes: (name) => (name === PROJECT_ENTRY ? projectBytes : assetBytes),
});
