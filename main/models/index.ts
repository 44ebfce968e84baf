/** The models of this machine: which there could be, which are here, how they come and go, and which of them works. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suggestion } from '../../app/errors/did-you-mean.ts';
import { StudioError } from '../../app/errors/index.ts';
import { BUILT_IN_MODELS } from '../../app/models/built-in.ts';
import {
  type InstalledModel,
  type ModelEntry,
  type ModelTask,
  modelManifestSchema,
} from '../../app/models/manifest.ts';
import type { LocalModels } from '../engine/ports/local-models.ts';
import { tryProcessLock } from '../files/process-lock.ts';
import { isZip } from '../files/safe-zip.ts';
import { createBandwidth } from './bandwidth.ts';
import { type Brought, bringFolder } from './bringing.ts';
import { packModels, unpackModels } from './bundle.ts';
import { createChoosing } from './choosing.ts';
import { fetchFiles, type Progress, setApart } from './fetching.ts';
import { type Machine, measureMachine } from './fit.ts';
import { sha256Of } from './hash.ts';
import { checkHeaders } from './headers.ts';
import { asInstalled, isSame, readInstalled, readRecord, writeRecord } from './installed.ts';
import {
  type ModelName,
  type ModelRecord,
  makeFolder,
  modelFolders,
  moveTo,
  nameOf,
  type RecordedFile,
  removeAll,
} from './layout.ts';
import { type ModelState, openStateFile } from './state.ts';

export interface ModelManagerOptions {
  /** Of all models. */
  folder: string;
  /** Nothing may leave this machine. */
  isOffline(): boolean;
  /** Instead of the built-in list; the person's own is added to either. */
  builtIn?: readonly ModelEntry[];
  nowMs?: () => number;
  chunkBytes?: number;
  silenceMs?: number;
  retryMs?: number;
}

export interface Work {
  signal: AbortSignal;
  onProgress?: ((progress: Progress) => void) | undefined;
}
export interface GetOptions extends Work {
  /** The person has read that the model may not be used commercially. */
  acceptLicence: boolean;
}

export interface DamagedFile {
  path: string;
  damage: 'missing' | 'wrong-length' | 'wrong-hash';
}

export interface ModelManager extends LocalModels, AsyncDisposable {
  readonly folder: string;
  readonly builtIn: readonly ModelEntry[];
  /** Built-in and the person's own; the own ones count where both name one. @throws StudioError model.manifest-invalid */
  manifest(): Promise<ModelEntry[]>;
  installed(task?: ModelTask): Promise<InstalledModel[]>;
  records(): Promise<ModelRecord[]>;
  state(): Promise<ModelState>;
  /** `<id>` or `<id>@<version>`; without a version the manifest's first, or the installed one that came last. @throws StudioError model.unknown */
  find(name: string, among?: 'all' | 'installed'): Promise<ModelEntry>;
  /** @throws StudioError model.offline, model.licence-not-accepted, model.no-space, `model.source-*`, model.wrong-hash, `model.file-*` … */
  get(name: ModelName, options: GetOptions): Promise<InstalledModel>;
  /** Reads every file through. @throws StudioError model.not-here */
  verify(name: ModelName, work: Work): Promise<DamagedFile[]>;
  /** Fetches what is damaged, and only that. @throws as {@link get} */
  repair(name: ModelName, work: Work): Promise<InstalledModel>;
  /** @throws StudioError model.not-here, model.in-use */
  remove(name: ModelName): Promise<void>;
  /** A folder, a stick, a GGUF, an offline bundle. @throws StudioError model.nothing-to-import, model.bundle-unreadable … */
  importFrom(path: string, work: Work): Promise<InstalledModel[]>;
  /** @throws StudioError model.not-here, model.no-space, `storage.*` */
  pack(names: readonly ModelName[], path: string, work: Work): Promise<{ bytes: number }>;
  use(name: ModelName, percent?: number): Promise<void>;
  rollBack(task: ModelTask): Promise<ModelName>;
  /** null: no limit. */
  limitBandwidth(bytesPerS: number | null): Promise<void>;
  machine(): Promise<Machine>;
  /** A trial that ended by itself, badly; until the function it returns is called. */
  onTrialFailed(listener: (error: StudioError) => void): () => void;
}

const LOOK_AGAIN_MS = 300;

/** Starts nothing and makes no folder until a model comes. */
export function createModels(options: ModelManagerOptions): ModelManager {
  const { folder, isOffline, builtIn = BUILT_IN_MODELS, nowMs = Date.now } = options;
  const folders = modelFolders(folder);
  const state = openStateFile(folders.state);
  const trialListeners = new Set<(error: StudioError) => void>();
  const choosing = createChoosing({
    ...{ folders, state, nowMs },
    onTrialFailed: (error) => {
      for (const listener of [...trialListeners]) listener(error);
    },
  });
  const bandwidth = createBandwidth(() => state.last.maxBytesPerS);

  const manifest = async (): Promise<ModelEntry[]> => {
    const own = await readOwn(folders.ownManifest);
    return [...own, ...builtIn.filter((entry) => !own.some((each) => isSame(each, entry)))];
  };
  const here = async (name: ModelName): Promise<ModelRecord> => {
    const record = await readRecord(folders.model(name));
    if (record === null) throw new StudioError('model.not-here', { model: nameOf(name) });
    return record;
  };
  const entryOf = async (name: ModelName): Promise<ModelEntry> => {
    const entry = (await manifest()).find((each) => isSame(each, name));
    if (entry === undefined) throw unknown(nameOf(name), []);
    return entry;
  };
  const pinsOf =
    ({ pins }: ModelState) =>
    (entry: ModelEntry): ReadonlyMap<string, string> =>
      new Map(
        entry.files.flatMap(({ path }) => {
          const pin = pins[`${nameOf(entry)}/${path}`];
          return pin === undefined ? [] : [[path, pin] as const];
        }),
      );

  /** One process at a time works on a model; whoever comes second waits. */
  async function exclusively<T>(name: ModelName, { signal, onProgress }: Work, work: () => Promise<T>): Promise<T> {
    const path = folders.lock(name);
    await makeFolder(join(path, '..'));
    for (;;) {
      signal.throwIfAborted();
      const release = tryProcessLock(path);
      if (release !== null) {
        try {
          return await work();
        } finally {
          release();
        }
      }
      onProgress?.({ phase: 'waiting', doneBytes: 0, totalBytes: 0 });
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** What was brought becomes the model. */
  async function install({ folder: incoming, entry, files }: Brought): Promise<InstalledModel> {
    try {
      await checkHeaders(entry, incoming);
    } catch (error) {
      // It came as its source has it: fetching it again would bring the same.
      if (error instanceof StudioError && error.code.startsWith('model.')) await removeAll(incoming);
      throw error;
    }
    const now = nowMs();
    await writeRecord(incoming, { entry, files, installedAtMs: now, verifiedAtMs: now });
    const final = folders.model(entry);
    if ((await stat(final).catch(() => null)) !== null) await discard(entry);
    await moveTo(incoming, final);
    await pin(entry, files);
    await choosing.settle([entry.task]);
    return asInstalled(folders, await here(entry));
  }
  const pin = async (entry: ModelEntry, files: readonly RecordedFile[]): Promise<void> => {
    const first = files.filter(({ trust }) => trust === 'first');
    if (first.length === 0) return;
    await state.update((current) => ({
      ...current,
      pins: {
        ...current.pins,
        ...Object.fromEntries(first.map(({ path, sha256 }) => [`${nameOf(entry)}/${path}`, sha256])),
      },
    }));
  };
  /** Out of the way in one move, so that nobody sees half a model. */
  async function discard(name: ModelName): Promise<void> {
    const trash = folders.trash(name);
    await moveTo(folders.model(name), trash);
    await removeAll(trash);
  }

  const fetching = (entry: ModelEntry, current: ModelState, { onProgress = () => {} }: Work) => ({
    ...{ bandwidth, onProgress, pins: pinsOf(current)(entry) },
    ...{ chunkBytes: options.chunkBytes, silenceMs: options.silenceMs, retryMs: options.retryMs },
  });
  const requireOnline = (name: ModelName): void => {
    if (isOffline()) throw new StudioError('model.offline', { model: nameOf(name) });
  };

  const damageOf = async (record: ModelRecord, { signal, onProgress }: Work): Promise<DamagedFile[]> => {
    const damaged: DamagedFile[] = [];
    const totalBytes = record.files.reduce((sum, { bytes }) => sum + bytes, 0);
    let doneBytes = 0;
    for (const file of record.files) {
      const path = join(folders.model(record.entry), file.path);
      const there = await stat(path).catch(() => null);
      if (there === null) damaged.push({ path: file.path, damage: 'missing' });
      else if (there.size !== file.bytes) damaged.push({ path: file.path, damage: 'wrong-length' });
      else {
        const { sha256 } = await sha256Of(path, signal, (bytes) => {
          doneBytes += bytes;
          onProgress?.({ phase: 'checking', doneBytes, totalBytes });
        });
        if (sha256 !== file.sha256) damaged.push({ path: file.path, damage: 'wrong-hash' });
      }
    }
    await writeRecord(folders.model(record.entry), {
      ...record,
      verifiedAtMs: damaged.length === 0 ? nowMs() : null,
    });
    return damaged;
  };

  return {
    folder,
    builtIn,
    manifest,
    chosen: choosing.chosen,
    standing: choosing.standing,
    changes: choosing.changes,
    reportUse: choosing.reportUse,
    use: choosing.use,
    rollBack: choosing.rollBack,
    records: () => readInstalled(folders),
    state: () => state.read(),
    async installed(task) {
      const records = await readInstalled(folders);
      return records
        .filter(({ entry }) => task === undefined || entry.task === task)
        .map((record) => asInstalled(folders, record));
    },
    async find(name, among = 'all') {
      const [id = '', version] = name.split('@');
      const here = (await readInstalled(folders)).map(({ entry }) => entry);
      const all = among === 'installed' ? [...here, ...(await manifest())] : [...(await manifest()), ...here];
      const found = all.find((entry) => entry.id === id && (version === undefined || entry.version === version));
      if (found === undefined) throw unknown(name, [...new Set(all.map((entry) => entry.id))]);
      return found;
    },
    async get(name, work) {
      const entry = await entryOf(name);
      requireOnline(name);
      const { licence } = entry;
      if (!licence.commercial && !work.acceptLicence)
        throw new StudioError('model.licence-not-accepted', {
          ...{ model: entry.name.en, licence: licence.name, url: licence.url ?? '–' },
        });
      return await exclusively(name, work, async () => {
        const there = await readRecord(folders.model(name));
        if (there !== null) return asInstalled(folders, there);
        const current = await state.read();
        const files = await fetchFiles(entry, entry.files, folders, fetching(entry, current, work), work.signal);
        work.onProgress?.({ phase: 'checking', doneBytes: 0, totalBytes: 0 });
        return await install({ folder: folders.incoming(entry), entry, files });
      });
    },
    verify: async (name, work) => {
      await here(name);
      return await exclusively(name, work, async () => await damageOf(await here(name), work));
    },
    async repair(name, work) {
      await here(name);
      return await exclusively(name, work, async () => {
        const record = await here(name);
        const damaged = await damageOf(record, work);
        if (damaged.length === 0) return asInstalled(folders, record);
        requireOnline(name);
        const entry = (await manifest()).find((each) => isSame(each, name)) ?? record.entry;
        // What it was when it came is what it has to be again.
        const files = damaged.flatMap(({ path }) => {
          const was = record.files.find((file) => file.path === path);
          const known = entry.files.find((file) => file.path === path);
          return was && known ? [{ ...known, bytes: was.bytes, sha256: was.sha256 }] : [];
        });
        await fetchFiles(entry, files, folders, fetching(entry, await state.read(), work), work.signal);
        for (const { path } of files) {
          const final = join(folders.model(name), path);
          if ((await stat(final).catch(() => null)) !== null)
            await setApart(final, entry, path, (await sha256Of(final, work.signal)).sha256, folders);
          await makeFolder(join(final, '..'));
          await moveTo(join(folders.incoming(name), path), final);
        }
        await removeAll(folders.incoming(name));
        await writeRecord(folders.model(name), { ...record, verifiedAtMs: nowMs() });
        await choosing.settle([record.entry.task]);
        return asInstalled(folders, await here(name));
      });
    },
    async remove(name) {
      const record = await here(name);
      const work = { signal: new AbortController().signal };
      await exclusively(name, work, async () => {
        await discard(name);
        await removeAll(folders.incoming(name));
      });
      await choosing.settle([record.entry.task]);
    },
    async importFrom(path, work) {
      const { signal, onProgress = () => {} } = work;
      const current = await state.read();
      const known = await manifest();
      const pins = pinsOf(current);
      const scratch = folders.scratch();
      const brought = (await isZip(path))
        ? await unpackModels(
            path,
            scratch,
            ({ entry }) => {
              const listed = known.find((each) => isSame(each, entry));
              const published = (listed?.files ?? []).flatMap((file) =>
                file.sha256 === null ? [] : [[file.path, file.sha256] as const],
              );
              return new Map([...pins(entry), ...published]);
            },
            { onProgress },
            signal,
          )
        : await bringFolder(path, scratch, { manifest: known, pins, onProgress }, signal);
      const installed: InstalledModel[] = [];
      try {
        for (const each of brought) installed.push(await exclusively(each.entry, work, () => install(each)));
        return installed;
      } finally {
        await removeAll(scratch);
      }
    },
    async pack(names, path, { signal, onProgress = () => {} }) {
      const records = await Promise.all(names.map(here));
      for (const record of records) {
        const damaged = await damageOf(record, { signal, onProgress });
        const [first] = damaged;
        if (first === undefined) continue;
        const kept = join(folders.model(record.entry), first.path);
        throw new StudioError('model.wrong-hash', { model: nameOf(record.entry), file: first.path, kept });
      }
      return await packModels(records, folders, path, { onProgress }, signal);
    },
    async limitBandwidth(bytesPerS) {
      await state.update((current) => ({ ...current, maxBytesPerS: bytesPerS }));
    },
    machine: () => measureMachine(folder),
    onTrialFailed(listener) {
      trialListeners.add(listener);
      return () => trialListeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => choosing.dispose(),
  };
}

const unknown = (name: string, ids: readonly string[]): StudioError =>
  new StudioError('model.unknown', { model: name, ...suggestion(name.split('@')[0] ?? '', ids) });

/** @throws StudioError model.manifest-invalid */
async function readOwn(path: string): Promise<ModelEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return [];
  }
  try {
    return modelManifestSchema.parse(JSON.parse(text)).models;
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new StudioError('model.manifest-invalid', { path, detail }, { cause: error });
  }
}
