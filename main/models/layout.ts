/**
 * Where models lie: `<folder>/<id>/<version>/` holds a whole model with its `model.json`; what is being brought lies under `.incoming`
 * until it is whole, files that were not what they should be under `.quarantine`, what is being removed under `.trash`.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StudioError } from '../../app/errors/index.ts';
import { modelEntrySchema, sha256Schema } from '../../app/models/manifest.ts';
import { asStorageError } from '../files/failures.ts';

export const RECORD_FILE = 'model.json';

/** What is known of the bytes of a file on this machine. */
export const recordedFileSchema = z.strictObject({
  path: z.string(),
  bytes: z.int().min(0),
  sha256: sha256Schema,
  /** Who says that this is the right SHA-256: the manifest, the source that gave the file, or nobody: the first download was taken at its word. */
  trust: z.enum(['manifest', 'source', 'first']),
});
export type RecordedFile = z.infer<typeof recordedFileSchema>;

export const modelRecordSchema = z.strictObject({
  entry: modelEntrySchema,
  files: z.array(recordedFileSchema).min(1),
  /** When it came, and when its files were last read through and found right; null: found damaged since. */
  installedAtMs: z.number(),
  verifiedAtMs: z.number().nullable(),
});
export type ModelRecord = z.infer<typeof modelRecordSchema>;

export interface ModelName {
  id: string;
  version: string;
}
export const nameOf = ({ id, version }: ModelName): string => `${id}@${version}`;

export interface ModelFolders {
  readonly root: string;
  model(name: ModelName): string;
  incoming(name: ModelName): string;
  /** For one import. */
  scratch(): string;
  quarantine(name: ModelName): string;
  trash(name: ModelName): string;
  lock(name: ModelName): string;
  readonly state: string;
  readonly ownManifest: string;
}

export function modelFolders(root: string): ModelFolders {
  return {
    root,
    model: ({ id, version }) => join(root, id, version),
    incoming: (name) => join(root, '.incoming', nameOf(name)),
    scratch: () => join(root, '.incoming', `import-${process.pid}-${randomUUID()}`),
    quarantine: (name) => join(root, '.quarantine', nameOf(name)),
    trash: (name) => join(root, '.trash', `${nameOf(name)}-${process.pid}-${Date.now()}`),
    lock: (name) => join(root, '.locks', `${nameOf(name)}.lock`),
    state: join(root, 'state.json'),
    ownManifest: join(root, 'manifest.json'),
  };
}

/** A virus scanner looks at a new file for a moment, and nobody may move it meanwhile. */
const HELD = process.platform === 'win32' ? new Set(['EBUSY', 'EPERM', 'EACCES']) : new Set(['EBUSY', 'ETXTBSY']);
const WAITS_MS = [20, 50, 100, 200, 400, 800, 1600, 2000];

/** Does it again for some seconds while somebody else holds the file. @throws StudioError model.in-use, `storage.*` */
export async function patiently<T>(
  path: string,
  work: () => Promise<T>,
  waitsMs: readonly number[] = WAITS_MS,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!HELD.has(code)) throw asStorageError(error, path);
      const waitMs = waitsMs[attempt];
      if (waitMs === undefined) throw new StudioError('model.in-use', { path }, { cause: error, retryable: true });
      await sleep(waitMs);
    }
  }
}

/** Moves a file or folder to where there is none, making the way there. @throws as {@link patiently} */
export async function moveTo(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await patiently(to, () => rename(from, to));
}

export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw asStorageError(error, path);
  }
}

export const removeAll = (path: string): Promise<void> =>
  patiently(path, () => rm(path, { recursive: true, force: true, maxRetries: 3 }));
