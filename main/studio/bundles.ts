/** Projects as one file, in and out: what the interface uploads and downloads. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { parseProject } from '../../app/document/migrations.ts';
import type { Project } from '../../app/document/project.ts';
import { projectAssets } from '../../app/document/project-assets.ts';
import { StudioError } from '../../app/errors/index.ts';
import { safeFileName } from '../export/file-name.ts';
import { asStorageError } from '../files/failures.ts';
import { isZip } from '../files/safe-zip.ts';
import type { AssetStore } from '../storage/assets.ts';
import { BUNDLE_LIMITS } from '../storage/bundle-format.ts';
import { receiveBundle } from '../storage/bundle-reader.ts';
import { writeBundle } from '../storage/bundle-writer.ts';
import { decodeText, parseJson } from '../storage/project-text.ts';
import type { MediaProvider } from './service.ts';

export interface Bundles {
  /**
   * The project in an uploaded file, a bundle or a project's JSON. Its files are in the store when this returns, and are
   * collected a day later unless the project is created.
   * @throws StudioError `bundle.*`, `storage.document-*`, `storage.project-file-*`, `storage.asset-missing`, `storage.disk-full` …
   */
  receive(uploaded: AssetRef, signal: AbortSignal): Promise<Project>;
  /** A bundle to download, there for a day. @throws StudioError `storage.*`, `bundle.too-large` */
  pack(project: Project, signal: AbortSignal): Promise<{ path: `/media/${string}`; fileName: string; bytes: number }>;
  /** A document's text to download, as it is. @throws StudioError `storage.*` */
  packText(fileName: string, text: string): Promise<{ path: `/media/${string}`; fileName: string }>;
  /** `/media/bundle/<key>/<file>` */
  readonly media: MediaProvider;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param folder for bundles that wait to be downloaded; they can be made again */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.srt': 'application/x-subrip',
  '.vtt': 'text/vtt',
};

export function createBundles({ assets, folder }: { assets: AssetStore; folder: string }): Bundles {
  async function sweep(): Promise<void> {
    for (const key of await readdir(folder)) {
      const info = await stat(join(folder, key)).catch(() => null);
      if (info !== null && Date.now() - info.mtimeMs > KEPT_MS)
        await rm(join(folder, key), { recursive: true, force: true }).catch(() => {});
    }
  }

  /** A file under a key of its own, made by `write`. */
  async function laidOut<More extends object>(
    fileName: string,
    write: (path: string) => Promise<More>,
  ): Promise<More & { path: `/media/${string}`; fileName: string }> {
    const key = randomUUID();
    try {
      await mkdir(join(folder, key), { recursive: true });
      await sweep();
      const more = await write(join(folder, key, fileName));
      return { ...more, path: `/media/bundle/${key}/${encodeURIComponent(fileName)}`, fileName };
    } catch (error) {
      await rm(join(folder, key), { recursive: true, force: true });
      throw asStorageError(error, folder);
    }
  }

  return {
    async receive(uploaded, signal) {
      const path = await assets.resolve(uploaded, { signal });
      const fileName = uploaded.fileName || 'project';
      if (await isZip(path)) return await receiveBundle(path, assets, { signal, fileName });
      const { size } = await stat(path);
      const [sizeMb, limitMb] = [Math.ceil(size / 2 ** 20), BUNDLE_LIMITS.projectBytes / 2 ** 20];
      if (sizeMb > limitMb)
        throw new StudioError('storage.project-file-too-large', { path: fileName, sizeMb, limitMb });
      const project = parseProject(parseJson(decodeText(await readFile(path, { signal }), fileName), fileName));
      for (const ref of projectAssets(project)) await assets.resolve(ref, { verify: true, signal });
      return project;
    },
    pack: (project, signal) =>
      laidOut(`${safeFileName(project.name, 'project')}.shenghua`, async (path) => {
        const { bytes } = await writeBundle(path, project, { assets, signal });
        return { bytes };
      }),
    packText: (fileName, text) =>
      laidOut(fileName, async (path) => {
        await writeFile(path, text);
        return {};
      }),
    media: async ([key = '', fileName = '', ...more]) => {
      if (!KEY.test(key) || more.length > 0) return null;
      const names = await readdir(join(folder, key)).catch((): string[] => []);
      if (!names.includes(fileName)) return null;
      const body = { kind: 'file' as const, path: join(folder, key, fileName) };
      return { body, mediaType: MEDIA_TYPES[extname(fileName)] ?? 'application/zip', fileName };
    },
  };
}
