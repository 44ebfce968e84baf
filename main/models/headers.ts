/**
 * What the beginning of a model's file says, before anything is loaded: whether it is a model at all, whole, of the kind that is meant and
 * of a format that is read here. Sizes are only counted, nothing is trusted to be small.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import type { ModelEntry } from '../../app/models/manifest.ts';
import { asStorageError } from '../files/failures.ts';
import { readGguf } from './gguf.ts';
import { readOnnx } from './onnx.ts';

/** What `model_type` in the metadata of sherpa's exports says, by family. */
const SHERPA_KINDS: Readonly<Record<string, RegExp>> = {
  zipformer: /zipformer|conformer|lstm|transducer/i,
  paraformer: /paraformer/i,
  'sense-voice': /sense_?voice/i,
  whisper: /whisper/i,
  vits: /vits|melo/i,
  matcha: /matcha/i,
  kokoro: /kokoro/i,
  'ct-transformer': /ct-?transformer|ct_transformer/i,
};

/** Looks at every file that a runtime would load. @throws StudioError `model.file-*`, `model.wrong-architecture`, `model.too-new`, `storage.*` */
export async function checkHeaders(entry: ModelEntry, folder: string): Promise<void> {
  for (const { path } of entry.files) {
    const lower = path.toLowerCase();
    if (lower.endsWith('.gguf')) await checkGguf(entry, join(folder, path));
    else if (lower.endsWith('.onnx')) await checkOnnx(entry, join(folder, path));
  }
}

export interface GgufFacts {
  architecture: string;
  name: string | null;
  bytes: number;
}

/** @throws as {@link checkHeaders} */
export async function ggufFacts(path: string): Promise<GgufFacts> {
  return await reading(path, async (handle, bytes) => {
    const { architecture, name, endsAt } = await readGguf(handle, bytes, basename(path));
    if (endsAt > bytes) throw truncated(path, endsAt, bytes);
    return { architecture, name, bytes };
  });
}

async function checkGguf(entry: ModelEntry, path: string): Promise<void> {
  const { architecture } = await ggufFacts(path);
  if (architecture !== entry.family)
    throw new StudioError('model.wrong-architecture', {
      ...{ file: basename(path), found: architecture, expected: entry.family },
    });
}

async function checkOnnx(entry: ModelEntry, path: string): Promise<void> {
  await reading(path, async (handle, bytes) => {
    const { metadata, endsAt } = await readOnnx(handle, bytes, basename(path));
    if (endsAt > bytes) throw truncated(path, endsAt, bytes);
    const found = metadata.get('model_type');
    const kind = SHERPA_KINDS[entry.family];
    if (found !== undefined && kind !== undefined && !kind.test(found))
      throw new StudioError('model.wrong-architecture', { file: basename(path), found, expected: entry.family });
  });
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
const truncated = (path: string, expected: number, found: number): StudioError =>
  new StudioError('model.file-truncated', {
    ...{ file: basename(path), expectedMb: megabytes(expected), foundMb: Math.floor(found / 2 ** 20) },
  });

async function reading<T>(path: string, read: (handle: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  try {
    const handle = await open(path, 'r');
    try {
      return await read(handle, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asStorageError(error, path);
  }
}
