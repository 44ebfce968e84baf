/**
 * A project as one file, `talk.shenghua`: a ZIP with `project.json` first and the files it names as `assets/<sha256>`.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Pictures and recordings are stored as they are, being
 * compressed already. The same project gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import yazl from 'yazl';
import type { AssetRef } from '../../app/document/asset.ts';
import { parseProject, serialiseProject } from '../../app/document/migrations.ts';
import type { Project } from '../../app/document/project.ts';
import { projectAssets } from '../../app/document/project-assets.ts';
import { StudioError } from '../../app/errors/index.ts';
import { syncFolder, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import type { AssetSource } from './assets.ts';
import { assetEntry, BUNDLE_LIMITS, PROJECT_ENTRY } from './bundle-format.ts';

/** The ZIP format's earliest day: a real one would make equal projects differ. */
const MTIME = new Date(1980, 0, 1, 12);

/**
 * Writes the bundle under `path`, over what was there; whole or not at all. Streams: a long recording costs no memory.
 * @throws StudioError `storage.asset-missing`, `storage.asset-corrupt`, `storage.disk-full`, `storage.not-writable`,
 * `bundle.too-large`
 */
export async function writeBundle(
  path: string,
  given: Project,
  { assets, signal }: { assets: AssetSource; signal?: AbortSignal | undefined },
): Promise<{ bytes: number }> {
  const project = parseProject(given);
  const json = Buffer.from(serialiseProject(project), 'utf8');
  if (json.length > BUNDLE_LIMITS.projectBytes) {
    const [found, limit] = [json.length, BUNDLE_LIMITS.projectBytes].map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MB`);
    const sizes = { found: found ?? '', limit: limit ?? '' };
    throw new StudioError('bundle.too-large', { fileName: path, what: 'text', whatZh: '文本', ...sizes });
  }
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    let bytes = 0;
    await writeWhole(
      folder,
      async (handle) => {
        for await (const piece of zipOf(json, projectAssets(project), assets, signal)) {
          bytes += piece.length;
          await handle.writeFile(piece);
        }
      },
      async (_, temporary) => {
        signal?.throwIfAborted();
        await rename(temporary, path);
      },
    );
    await syncFolder(folder);
    return { bytes };
  } catch (error) {
    signal?.throwIfAborted();
    throw asStorageError(error, path);
  }
}

async function* zipOf(
  json: Buffer,
  refs: readonly AssetRef[],
  assets: AssetSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const zip = new yazl.ZipFile();
  const out = zip.outputStream as NodeJS.ReadableStream & { destroy(error?: unknown): void };
  // What fails inside ends the stream with it; yazl itself would wait for ever.
  zip.on('error', (error) => out.destroy(error));
  zip.addBuffer(json, PROJECT_ENTRY, { mtime: MTIME });
  for (const ref of refs) {
    const path = await assets.resolve(ref, { signal });
    const { size } = await stat(path);
    zip.addReadStreamLazy(assetEntry(ref.sha256), { mtime: MTIME, compress: false, size }, (give) => {
      const source = createReadStream(path, signal ? { signal } : {});
      const checked = source.pipe(hashChecked(ref, path));
      source.on('error', (error) => checked.destroy(error));
      checked.on('error', (error) => out.destroy(error));
      give(null, checked);
    });
  }
  zip.end();
  try {
    for await (const piece of out as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      yield piece;
    }
  } finally {
    out.destroy();
  }
}

/** Passes the file through, and fails at its end when it is not what its name says. */
function hashChecked(ref: AssetRef, path: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(piece: Buffer, _, done) {
      hash.update(piece);
      done(null, piece);
    },
    flush(done) {
      const sound = hash.digest('hex') === ref.sha256;
      done(sound ? null : new StudioError('storage.asset-corrupt', { fileName: ref.fileName || ref.sha256, path }));
    },
  });
}
