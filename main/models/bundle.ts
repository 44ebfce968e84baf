/**
 * Models that one machine packs for another without a network: a ZIP, nothing in it packed tighter, `models.json` first. What is read is
 * found by the names that its records make, and must have the SHA-256 they say.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import yazl from 'yazl';
import { z } from 'zod';
import { StudioError } from '../../app/errors/index.ts';
import { isModelPath } from '../../app/models/manifest.ts';
import { syncFolder, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { openZip, type ZipLimits } from '../files/safe-zip.ts';
import type { Brought } from './bringing.ts';
import { type Progress, requireSpace } from './fetching.ts';
import { bytesOf } from './installed.ts';
import { type ModelFolders, type ModelRecord, makeFolder, modelRecordSchema, nameOf, removeAll } from './layout.ts';

const LIST = 'models.json';
const LIST_BYTES = 16 * 1024 * 1024;
const listSchema = z.object({ format: z.literal(1), models: z.array(modelRecordSchema).min(1).max(200) });
const LIMITS: ZipLimits = {
  entries: 10_000,
  entryBytes: (name) => (name === LIST ? LIST_BYTES : 256 * 2 ** 30),
  totalBytes: 1024 * 2 ** 30,
  ratio: 20,
  ratioFromBytes: 2 ** 20,
};
const entryName = ({ entry }: Pick<ModelRecord, 'entry'>, path: string): string =>
  `${entry.id}/${entry.version}/${path}`;
const MTIME = new Date(1980, 0, 1, 12);

export interface BundleOptions {
  onProgress(progress: Progress): void;
}

/** Writes the bundle under `path`, over what was there; whole or not at all. @throws StudioError model.wrong-hash, model.no-space, `storage.*` */
export async function packModels(
  records: readonly ModelRecord[],
  folders: ModelFolders,
  path: string,
  { onProgress }: BundleOptions,
  signal: AbortSignal,
): Promise<{ bytes: number }> {
  const folder = dirname(path);
  await makeFolder(folder);
  const totalBytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
  await requireSpace(records.map(({ entry }) => nameOf(entry)).join(', '), folder, totalBytes);
  let bytes = 0;
  try {
    await writeWhole(
      folder,
      async (handle) => {
        for await (const piece of zipOf(records, folders, signal)) {
          bytes += piece.length;
          await handle.writeFile(piece);
          onProgress({ phase: 'copying', doneBytes: Math.min(bytes, totalBytes), totalBytes });
        }
      },
      async (_, temporary) => {
        signal.throwIfAborted();
        await rename(temporary, path);
      },
    );
    await syncFolder(folder);
    return { bytes };
  } catch (error) {
    signal.throwIfAborted();
    throw asStorageError(error, path);
  }
}

async function* zipOf(
  records: readonly ModelRecord[],
  folders: ModelFolders,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const zip = new yazl.ZipFile();
  const out = zip.outputStream as NodeJS.ReadableStream & { destroy(error?: unknown): void };
  zip.on('error', (error) => out.destroy(error));
  zip.addBuffer(Buffer.from(JSON.stringify({ format: 1, models: records }), 'utf8'), LIST, { mtime: MTIME });
  for (const record of records) {
    for (const file of record.files) {
      const from = join(folders.model(record.entry), file.path);
      const { size } = await stat(from);
      zip.addReadStreamLazy(entryName(record, file.path), { mtime: MTIME, compress: false, size }, (give) => {
        const source = createReadStream(from, { signal });
        source.on('error', (error) => out.destroy(error));
        give(null, source);
      });
    }
  }
  zip.end();
  try {
    for await (const piece of out as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      yield piece;
    }
  } finally {
    out.destroy();
  }
}

/**
 * Unpacks a bundle's models to folders of their own in `scratch`.
 * @param vouched the SHA-256 that is known of a file, whatever the bundle says
 * @throws StudioError model.bundle-unreadable, model.wrong-hash, model.no-space, `bundle.unsafe`, `storage.*`
 */
export async function unpackModels(
  path: string,
  scratch: string,
  vouched: (record: ModelRecord) => ReadonlyMap<string, string>,
  { onProgress }: BundleOptions,
  signal: AbortSignal,
): Promise<Brought[]> {
  const fileName = basename(path);
  const unreadable = (detail: string, detailZh: string): StudioError =>
    new StudioError('model.bundle-unreadable', { fileName, detail, detailZh });
  const zip = await openZip(path, { fileName, limits: LIMITS, signal }).catch((error: unknown) => {
    throw asModelError(error, unreadable);
  });
  const begun: string[] = [];
  try {
    const list = zip.entries.get(LIST);
    if (list === undefined) throw unreadable(`it holds no ${LIST}`, `其中没有 ${LIST}`);
    const pieces: Uint8Array[] = [];
    for await (const piece of zip.content(list, signal)) pieces.push(piece);
    const models = parseList(Buffer.concat(pieces).toString('utf8'), unreadable);
    for (const record of models) {
      const wanted = record.entry.files.map((file) => file.path).sort();
      const held = record.files.map((file) => file.path).sort();
      if (JSON.stringify(wanted) !== JSON.stringify(held) || !held.every(isModelPath))
        throw unreadable('its records contradict each other', '其中的记录相互矛盾');
    }
    const totalBytes = models.reduce((sum, record) => sum + bytesOf(record), 0);
    await makeFolder(scratch);
    await requireSpace(models.map(({ entry }) => nameOf(entry)).join(', '), scratch, totalBytes);
    let doneBytes = 0;
    const brought: Brought[] = [];
    for (const record of models) {
      const folder = join(scratch, nameOf(record.entry));
      begun.push(folder);
      const hashes = vouched(record);
      for (const file of record.files) {
        const entry = zip.entries.get(entryName(record, file.path));
        if (entry === undefined || entry.uncompressedSize !== file.bytes)
          throw unreadable(`${file.path} is not in it, or of another length`, `缺少 ${file.path} 或长度不符`);
        const to = join(folder, file.path);
        await makeFolder(dirname(to));
        const hash = createHash('sha256');
        const handle = await open(to, 'w').catch((error: unknown) => {
          throw asStorageError(error, to);
        });
        try {
          for await (const piece of zip.content(entry, signal)) {
            hash.update(piece);
            await handle.writeFile(piece);
            doneBytes += piece.length;
            onProgress({ phase: 'copying', doneBytes, totalBytes });
          }
          await handle.sync();
        } catch (error) {
          throw asStorageError(error, to);
        } finally {
          await handle.close();
        }
        const found = hash.digest('hex');
        if (found !== file.sha256 || found !== (hashes.get(file.path) ?? found))
          throw new StudioError('model.wrong-hash', { model: nameOf(record.entry), file: file.path, kept: path });
      }
      brought.push({ folder, entry: record.entry, files: record.files });
    }
    return brought;
  } catch (error) {
    for (const folder of begun) await removeAll(folder).catch(() => {});
    signal.throwIfAborted();
    throw asModelError(error, unreadable);
  } finally {
    zip.close();
  }
}

function parseList(text: string, unreadable: (en: string, zh: string) => StudioError): ModelRecord[] {
  try {
    return listSchema.parse(JSON.parse(text)).models;
  } catch {
    throw unreadable(`its ${LIST} is not one of this studio's`, `其中的 ${LIST} 无法识别`);
  }
}

/** Words about projects would lead astray. */
function asModelError(error: unknown, unreadable: (en: string, zh: string) => StudioError): unknown {
  if (!(error instanceof StudioError) || error.code !== 'bundle.unreadable') return error;
  return unreadable(String(error.params.detail), String(error.params.detailZh));
}
