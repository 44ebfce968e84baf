/** The system's dialogs. A chosen file reaches the studio as an upload, and a saved one is fetched from it: as in a browser. */
import { createReadStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type WireError, wireErrorSchema } from '../../app/contract/base.ts';
import { type FileKind, type OpenedFile, type SavedFile, uploadedSchema } from '../../app/contract/desktop.ts';
import { type Locale, StudioError } from '../../app/errors/index.ts';
import { syncFolder, writeWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { APP_URL } from './app-protocol.ts';
import type { Shell } from './shell.ts';
import { type ShellWords, shellWords } from './words.ts';

const KINDS: Record<FileKind, { title: keyof ShellWords; name: keyof ShellWords; extensions: string[] }> = {
  picture: {
    title: 'openPicture',
    name: 'pictures',
    extensions: ['png', 'jpg', 'jpeg', 'webp', 'heic', 'avif', 'tif', 'tiff', 'gif', 'bmp'],
  },
  sound: {
    title: 'openSound',
    name: 'sounds',
    extensions: ['wav', 'mp3', 'm4a', 'aac', 'flac', 'ogg', 'opus', 'webm', 'mp4', 'mov', 'mkv'],
  },
  script: { title: 'openScript', name: 'scripts', extensions: ['txt', 'md', 'srt', 'vtt', 'docx', 'csv', 'tsv'] },
  project: { title: 'openProject', name: 'projects', extensions: ['shenghua', 'json'] },
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.shenghua': 'application/zip',
};

export interface FileDialogs {
  openFile(kind: FileKind): Promise<OpenedFile>;
  /** Hands a file over that the person opened by other means. */
  take(path: string, kind: FileKind): Promise<OpenedFile>;
  saveFile(request: { path: string; fileName: string }): Promise<SavedFile>;
  chooseFolder(): Promise<string | null>;
  reveal(path: string): Promise<boolean>;
}

export interface FileDialogOptions {
  engine: { fetch(request: Request): Promise<Response> };
  locale(): Locale;
  /** Whose content may be revealed unasked. */
  dataDir: string;
}

export function createFileDialogs(
  { dialog, shell }: Pick<Shell, 'dialog' | 'shell'>,
  { engine, locale, dataDir }: FileDialogOptions,
): FileDialogs {
  /** What the person saved or chose: folders with all that is in them, and files. */
  const known = new Set<string>([resolve(dataDir)]);
  const words = (): ShellWords => shellWords[locale()];

  const take = async (path: string, kind: FileKind): Promise<OpenedFile> => {
    try {
      const unreadable = (reason: string): StudioError =>
        new StudioError('storage.asset-source-unreadable', { path, reason });
      const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
        throw unreadable(error.code ?? error.message);
      });
      // Reading a pipe or a device might never come to an end.
      if (!info.isFile()) throw unreadable(info.isDirectory() ? 'EISDIR' : 'not a file');
      const response = await engine.fetch(
        new Request(new URL('/upload', APP_URL), {
          method: 'POST',
          headers: {
            'content-type': MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
            'content-length': String(info.size),
            'x-file-name': encodeURIComponent(basename(path)),
          },
          body: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
          duplex: 'half',
        }),
      );
      const answer: unknown = await response.json().catch(() => null);
      if (!response.ok) return { type: 'failed', error: refusal(answer, response.status) };
      return { type: 'opened', kind, asset: uploadedSchema.parse(answer) };
    } catch (error) {
      return { type: 'failed', error: asWireError(error) };
    }
  };

  return {
    take,
    async openFile(kind) {
      const { title, name, extensions } = KINDS[kind];
      const { canceled, filePaths } = await dialog.showOpenDialog({
        title: words()[title],
        properties: ['openFile'],
        filters: [
          { name: words()[name], extensions },
          { name: words().allFiles, extensions: ['*'] },
        ],
      });
      const [path] = filePaths;
      return canceled || path === undefined ? { type: 'cancelled' } : await take(path, kind);
    },
    async saveFile({ path, fileName }) {
      const extension = extname(fileName).slice(1);
      const { canceled, filePath } = await dialog.showSaveDialog({
        title: words().saveFile,
        // A name from the page: never a path.
        defaultPath: fileName.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_'),
        filters: extension === '' ? [] : [{ name: extension.toUpperCase(), extensions: [extension] }],
      });
      if (canceled || filePath === '') return { type: 'cancelled' };
      try {
        const response = await engine.fetch(new Request(new URL(path, APP_URL)));
        if (!response.ok || response.body === null)
          return { type: 'failed', error: refusal(await response.json().catch(() => null), response.status) };
        await writeStream(filePath, response.body);
        known.add(resolve(filePath));
        return { type: 'saved', path: filePath };
      } catch (error) {
        return { type: 'failed', error: asWireError(error) };
      }
    },
    async chooseFolder() {
      const { canceled, filePaths } = await dialog.showOpenDialog({
        title: words().chooseFolder,
        properties: ['openDirectory', 'createDirectory'],
      });
      const [path] = filePaths;
      if (canceled || path === undefined) return null;
      known.add(resolve(path));
      return path;
    },
    async reveal(path) {
      // Looking at a path of the page's choice would already tell a server of a stranger about the person (\\server\share).
      if (!isAbsolute(path) || ![...known].some((root) => isWithin(root, path))) return false;
      if ((await stat(path).catch(() => null)) === null) return false;
      shell.showItemInFolder(resolve(path));
      return true;
    },
  };
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, resolve(path));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

async function writeStream(path: string, body: ReadableStream<Uint8Array>): Promise<void> {
  const folder = dirname(path);
  try {
    await writeWhole(
      folder,
      async (handle) => {
        for await (const piece of body) await handle.writeFile(piece);
      },
      (_, temporary) => rename(temporary, join(folder, basename(path))),
    );
    await syncFolder(folder);
  } catch (error) {
    await body.cancel().catch(() => {});
    throw asStorageError(error, path);
  }
}

const refusalSchema = z.object({ error: wireErrorSchema });

/** What an answer of the engine says went wrong. */
function refusal(answer: unknown, status: number): WireError {
  const told = refusalSchema.safeParse(answer);
  if (told.success) return told.data.error;
  return { code: 'command.internal', params: { detail: `HTTP ${status}` }, retryable: true };
}

function asWireError(error: unknown): WireError {
  if (error instanceof StudioError)
    return { code: error.code, params: { ...error.params }, retryable: error.retryable };
  return {
    code: 'command.internal',
    params: { detail: error instanceof Error ? error.message : String(error) },
    retryable: false,
  };
}
