/** Models that a person brings: the files of a known model in a folder or on a stick, a GGUF of their own, or an offline bundle. */
import { copyFile, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import { type ModelEntry, modelEntrySchema } from '../../app/models/manifest.ts';
import { asStorageError } from '../files/failures.ts';
import type { Progress } from './fetching.ts';
import { requireSpace } from './fetching.ts';
import { sha256Of } from './hash.ts';
import { ggufFacts } from './headers.ts';
import { readRecord } from './installed.ts';
import { makeFolder, nameOf, patiently, type RecordedFile, removeAll } from './layout.ts';

const MOST_FILES = 20_000;
const DEEPEST = 6;

export interface Brought {
  /** Where the files lie, by their paths; moved from there when the model is installed. */
  folder: string;
  entry: ModelEntry;
  files: RecordedFile[];
}

interface Found {
  path: string;
  bytes: number;
}

interface Candidate {
  entry: ModelEntry;
  /** The hash a file must have, where one is known. */
  sha256: ReadonlyMap<string, string>;
  at: ReadonlyMap<string, Found>;
}

export interface BringOptions {
  /** Of known models. */
  manifest: readonly ModelEntry[];
  pins(entry: ModelEntry): ReadonlyMap<string, string>;
  onProgress(progress: Progress): void;
}

/**
 * Finds the models whose files lie whole under `path`, and copies them to folders of their own in `scratch`.
 * @throws StudioError model.nothing-to-import, model.no-space, model.wrong-hash, `model.file-*`, `storage.*`
 */
export async function bringFolder(
  path: string,
  scratch: string,
  options: BringOptions,
  signal: AbortSignal,
): Promise<Brought[]> {
  const info = await stat(path).catch(() => null);
  if (info === null) throw nothing(path, 'It is not there.', '该路径不存在。');
  const found = info.isDirectory() ? await listFiles(path, signal) : [{ path, bytes: info.size }];
  const candidates = await candidatesIn(found, options);
  if (candidates.length === 0) {
    const ownGguf = found.filter((file) => extname(file.path).toLowerCase() === '.gguf');
    if (ownGguf.length === 1) candidates.push(await ownModel(ownGguf[0]!));
  }
  if (candidates.length === 0) {
    const [en, zh] = almost(found, options.manifest);
    throw nothing(path, en, zh);
  }
  const totalBytes = candidates.reduce(
    (sum, { at }) => sum + [...at.values()].reduce((all, { bytes }) => all + bytes, 0),
    0,
  );
  await makeFolder(scratch);
  await requireSpace(candidates.map(({ entry }) => nameOf(entry)).join(', '), scratch, totalBytes);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    options.onProgress({ phase: 'copying', doneBytes, totalBytes });
  };
  const brought: Brought[] = [];
  for (const candidate of candidates)
    brought.push(await copy(candidate, join(scratch, nameOf(candidate.entry)), onBytes, signal));
  return brought;
}

const nothing = (path: string, en: string, zh: string): StudioError =>
  new StudioError('model.nothing-to-import', {
    ...{ path, detail: en === '' ? '' : ` ${en}`, detailZh: zh },
  });

/** Links are not followed: a stick may hold anything. */
async function listFiles(root: string, signal: AbortSignal): Promise<Found[]> {
  const found: Found[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (depth === 0) throw asStorageError(error, root);
      return [];
    });
    for (const entry of entries) {
      if (found.length >= MOST_FILES) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1);
      else if (entry.isFile()) found.push({ path, bytes: (await stat(path).catch(() => ({ size: 0 }))).size });
    }
  };
  await walk(root, 0);
  return found;
}

async function candidatesIn(found: readonly Found[], { manifest, pins }: BringOptions): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  // A model's own folder, as this studio keeps it, says itself what it is.
  for (const file of found.filter(({ path }) => basename(path) === 'model.json')) {
    const folder = join(file.path, '..');
    const record = await readRecord(folder);
    if (record === null) continue;
    const known = manifest.find(({ id, version }) => id === record.entry.id && version === record.entry.version);
    const sha256 = new Map(record.files.map((each) => [each.path, each.sha256]));
    for (const [path, hash] of vouched(known ?? record.entry, pins)) sha256.set(path, hash);
    const candidate = match(
      known ?? record.entry,
      sha256,
      found.filter(({ path }) => path.startsWith(folder)),
    );
    if (candidate !== null) candidates.push(candidate);
  }
  for (const entry of manifest) {
    if (candidates.some((each) => nameOf(each.entry) === nameOf(entry))) continue;
    const candidate = match(entry, vouched(entry, pins), found);
    if (candidate !== null) candidates.push(candidate);
  }
  return candidates;
}

function vouched(entry: ModelEntry, pins: BringOptions['pins']): Map<string, string> {
  const pinned = pins(entry);
  return new Map(
    entry.files.flatMap(({ path, sha256 }) => {
      const hash = sha256 ?? pinned.get(path);
      return hash === undefined ? [] : [[path, hash] as const];
    }),
  );
}

/**
 * Files are known by the end of their path and their length. Names as common as `model.onnx` say nothing by themselves: where neither
 * length nor hash is known, the folder must be called after the model.
 */
function match(entry: ModelEntry, sha256: ReadonlyMap<string, string>, found: readonly Found[]): Candidate | null {
  const at = new Map<string, Found>();
  for (const { path, bytes } of entry.files) {
    const ends = `/${path}`.toLowerCase();
    const fits = found.filter((file) => {
      const posix = `/${file.path.replaceAll('\\', '/')}`.toLowerCase();
      if (!posix.endsWith(ends) || (bytes !== null && file.bytes !== bytes)) return false;
      return (
        bytes !== null || sha256.has(path) || distinct(path) || posix.includes(`/${entry.id}`) || isNamed(entry, posix)
      );
    });
    if (fits[0] === undefined) return null;
    at.set(path, fits[0]);
  }
  return { entry, sha256, at };
}

const COMMON = /^((model|encoder|decoder|joiner)(\.int8)?\.onnx|tokens\.txt|lexicon.*\.txt|.*\.fst|voices\.bin)$/i;
const distinct = (path: string): boolean => !COMMON.test(basename(path));
/** As the folder of the source is called: `…/<owner>/<repository>/resolve/…`. */
const isNamed = ({ files }: ModelEntry, posix: string): boolean =>
  files.some(({ sources }) =>
    sources.some((url) => {
      const repository = /\/([^/]+)\/resolve\//.exec(new URL(url).pathname)?.[1];
      return repository !== undefined && posix.includes(`/${repository.toLowerCase()}/`);
    }),
  );

/** Of the known model that lacks least. */
function almost(found: readonly Found[], manifest: readonly ModelEntry[]): [en: string, zh: string] {
  const names = new Set(found.map(({ path }) => basename(path).toLowerCase()));
  const near = manifest
    .map((entry) => ({ entry, lacks: entry.files.filter(({ path }) => !names.has(basename(path).toLowerCase())) }))
    .filter(({ entry, lacks }) => lacks.length > 0 && lacks.length < entry.files.length)
    .sort((a, b) => a.lacks.length - b.lacks.length)[0];
  if (near === undefined) return ['', ''];
  const lacks = near.lacks.map(({ path }) => path).join(', ');
  return [`${near.entry.name.en} lacks ${lacks}.`, `${near.entry.name.zh} 缺少 ${lacks}。`];
}

/** A GGUF that no list knows: its head says what it is. */
async function ownModel({ path, bytes }: Found): Promise<Candidate> {
  const { architecture, name } = await ggufFacts(path);
  const file = basename(path)
    .replace(/[^\p{L}\p{N}._-]/gu, '-')
    .replace(/^[.-]+/, '');
  const shown = name ?? basename(path, extname(path));
  const id = `own-${basename(path, extname(path))}`
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/[.-]+$/, '')
    .slice(0, 60);
  const entry = modelEntrySchema.parse({
    ...{ id, version: '1', runtime: 'llama', family: architecture.toLowerCase().replace(/[^a-z0-9-]/g, '-') },
    task: /bert|embed/i.test(`${architecture} ${shown}`) ? 'embedding' : 'llm',
    name: { zh: shown.slice(0, 200), en: shown.slice(0, 200) },
    languages: [],
    // Whose it is and what one may do with it only the person who brought it knows.
    licence: { name: 'unknown', url: null, commercial: false },
    memoryBytes: Math.round(bytes * 1.15 + 256 * 1024 * 1024),
    notes: { zh: '由您自己提供的 GGUF 文件。', en: 'A GGUF file that you brought.' },
    files: [{ path: file, bytes, sha256: null, sources: [] }],
    settings: { model: file },
  });
  return { entry, sha256: new Map(), at: new Map([[file, { path, bytes }]]) };
}

async function copy(
  { entry, sha256, at }: Candidate,
  folder: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Brought> {
  const files: RecordedFile[] = [];
  try {
    for (const [path, from] of at) {
      signal.throwIfAborted();
      const to = join(folder, path);
      await makeFolder(join(to, '..'));
      await patiently(to, () => copyFile(from.path, to));
      const { sha256: hash, bytes } = await sha256Of(to, signal, onBytes);
      const wanted = sha256.get(path);
      if (wanted !== undefined && wanted !== hash)
        throw new StudioError('model.wrong-hash', { model: nameOf(entry), file: path, kept: from.path });
      const published = entry.files.find((file) => file.path === path)?.sha256 ?? null;
      files.push({ path, bytes, sha256: hash, trust: published === null ? 'first' : 'manifest' });
    }
  } catch (error) {
    await removeAll(folder);
    throw error;
  }
  return { folder, entry, files };
}
