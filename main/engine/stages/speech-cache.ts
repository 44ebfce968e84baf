/**
 * Synthesised utterances on disk, by the content they were made from: `<key>.pcm` (s16le mono 48 kHz) and `<key>.json`
 * (timing). An entry exists once its `.json` does. Writers put both beside their final names and rename, the sound first, so that
 * several processes may write one entry at once and readers see whole entries only.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../app/errors/index.ts';
import type { Utterance } from '../ports/speech.ts';

const spanShape = { startMs: z.number(), endMs: z.number() };
const wordSchema = z.object({ text: z.string(), from: z.number(), to: z.number(), ...spanShape });
const entrySchema = z.object({
  samples: z.int().min(0),
  timeline: z.object({
    durationMs: z.number(),
    phones: z.array(z.object({ phone: z.string(), ...spanShape })),
    words: z.array(wordSchema),
    sentences: z.array(wordSchema),
  }),
  /** Float32, little-endian, base64. */
  envelope: z.string(),
  /** When each mood of the plan begins, in the plan's order. */
  moodsAtMs: z.array(z.number()),
  markers: z.array(z.object({ name: z.string(), argument: z.string(), atMs: z.number() })),
});

/** An utterance less what belongs to the line that asked for it. */
export interface CachedSpeech extends Pick<Utterance, 'pcmPath' | 'samples' | 'timeline' | 'envelope' | 'markers'> {
  moodsAtMs: number[];
}

const BYTES_PER_SAMPLE = 2;
const BLOCK_SAMPLES = 1 << 17;
const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/;
const pathsOf = (cacheDir: string, key: string): { pcm: string; json: string } => ({
  pcm: join(cacheDir, `${key}.pcm`),
  json: join(cacheDir, `${key}.json`),
});

/** The entry, marked as used now; null when there is none, or none that is whole. */
export async function readCached(cacheDir: string, key: string): Promise<CachedSpeech | null> {
  const { pcm, json } = pathsOf(cacheDir, key);
  try {
    const entry = entrySchema.safeParse(JSON.parse(await readFile(json, 'utf8')));
    if (!entry.success || (await stat(pcm)).size !== entry.data.samples * BYTES_PER_SAMPLE) return null;
    const now = new Date();
    await Promise.allSettled([utimes(pcm, now, now), utimes(json, now, now)]);
    const bytes = Buffer.from(entry.data.envelope, 'base64');
    const envelope = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { ...entry.data, envelope, pcmPath: pcm };
  } catch (error) {
    if (error instanceof SyntaxError || isErrno(error)) return null;
    throw error;
  }
}

const KEY = /^[0-9a-f]{64}$/;

/** Where the entry's sound is, without reading it. */
export async function findCached(cacheDir: string, key: string): Promise<{ pcmPath: string; samples: number } | null> {
  if (!KEY.test(key)) return null;
  const { pcm, json } = pathsOf(cacheDir, key);
  const [sound, timing] = await Promise.all([pcm, json].map((path) => stat(path).catch(() => null)));
  return sound && timing ? { pcmPath: pcm, samples: sound.size / BYTES_PER_SAMPLE } : null;
}

/** One entry being written. Call {@link commit} or {@link discard}; discarding after a commit does nothing. */
export class CacheWriter {
  readonly #cacheDir: string;
  readonly #key: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #open = true;
  /** The only memory the sound takes on its way to disk, however much of it there is. */
  readonly #block = new Int16Array(BLOCK_SAMPLES);
  #filled = 0;
  samples = 0;

  private constructor(cacheDir: string, key: string, temporary: string, file: FileHandle) {
    this.#cacheDir = cacheDir;
    this.#key = key;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** @throws StudioError speech.cache-unwritable */
  static async create(cacheDir: string, key: string): Promise<CacheWriter> {
    return guarded(cacheDir, async () => {
      await mkdir(cacheDir, { recursive: true });
      const temporary = join(cacheDir, `${key}.${randomBytes(6).toString('hex')}.tmp`);
      return new CacheWriter(cacheDir, key, temporary, await open(temporary, 'wx'));
    });
  }

  /** Where the next samples go, at least one: to be filled from the front, and counted by {@link add}. */
  async room(): Promise<Int16Array> {
    if (this.#filled === this.#block.length) await this.#flush();
    return this.#block.subarray(this.#filled);
  }

  add(samples: number): void {
    this.#filled += samples;
    this.samples += samples;
  }

  async #flush(): Promise<void> {
    const bytes = new Uint8Array(this.#block.buffer, 0, this.#filled * BYTES_PER_SAMPLE);
    await guarded(this.#cacheDir, () => this.#file.writeFile(bytes));
    this.#filled = 0;
  }

  /** `key`: who spoke is known only in the end. */
  async commit(speech: Omit<CachedSpeech, 'pcmPath' | 'samples'>, key = this.#key): Promise<CachedSpeech> {
    await this.#flush();
    const { pcm, json } = pathsOf(this.#cacheDir, key);
    const { envelope } = speech;
    const entry: z.infer<typeof entrySchema> = {
      samples: this.samples,
      timeline: speech.timeline,
      envelope: Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength).toString('base64'),
      moodsAtMs: speech.moodsAtMs,
      markers: speech.markers,
    };
    await guarded(this.#cacheDir, async () => {
      await this.#file.sync();
      await this.#close();
      await publish(this.#temporary, pcm);
      const temporary = join(this.#cacheDir, `${key}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        await writeFile(temporary, JSON.stringify(entry), { flush: true });
        await publish(temporary, json);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
    return { ...speech, samples: this.samples, pcmPath: pcm };
  }

  async discard(): Promise<void> {
    if (!this.#open) return;
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  async #close(): Promise<void> {
    this.#open = false;
    await this.#file.close();
    this.#block.buffer.transfer(0); // given back now: one line follows the other faster than memory is collected
  }
}

/** Windows refuses to replace a file somebody reads; then the same content is already there. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const [mine, theirs] = await Promise.all([stat(from), stat(to).catch(() => null)]);
    await rm(from, { force: true });
    if (theirs?.size !== mine.size) throw error;
  }
}

const isErrno = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isErrno(error)) throw error;
    const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
    throw new StudioError('speech.cache-unwritable', { path, reason }, { cause: error });
  }
}

export interface SweepOptions {
  cacheDir: string;
  /** What the entries may take together. */
  maxBytes: number;
  /** Entries used since then stay: another process may be reading them. */
  minAgeMs?: number;
  /** Sounds that stay whatever their age. */
  keepPcmPaths?: ReadonlySet<string>;
}

const HOUR_MS = 3_600_000;

/** Removes the entries not used for longest until the rest fits, and what dead writers left. Answers the bytes freed. */
export async function sweepCache({
  cacheDir,
  maxBytes,
  minAgeMs = HOUR_MS,
  keepPcmPaths,
}: SweepOptions): Promise<number> {
  const now = Date.now();
  const files: { path: string; key: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(cacheDir).catch(() => [])) {
    const path = join(cacheDir, name);
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) files.push({ path, key: name.split('.')[0]!, bytes: info.size, usedMs: info.mtimeMs });
  }
  const remove = async (file: { path: string; bytes: number }): Promise<number> => {
    await rm(file.path, { force: true });
    return file.bytes;
  };
  let freed = 0;
  const entries = new Map<string, { files: typeof files; bytes: number; usedMs: number }>();
  for (const file of files) {
    if (TEMPORARY.test(file.path)) {
      if (now - file.usedMs > Math.max(minAgeMs, HOUR_MS)) freed += await remove(file);
      continue;
    }
    if (!/\.(pcm|json)$/.test(file.path)) continue;
    const entry = entries.get(file.key) ?? { files: [], bytes: 0, usedMs: 0 };
    entry.files.push(file);
    entry.bytes += file.bytes;
    entry.usedMs = Math.max(entry.usedMs, file.usedMs);
    entries.set(file.key, entry);
  }
  let total = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
  for (const [key, entry] of [...entries].sort(([, a], [, b]) => a.usedMs - b.usedMs)) {
    if (total <= maxBytes) break;
    if (now - entry.usedMs < minAgeMs || keepPcmPaths?.has(pathsOf(cacheDir, key).pcm)) continue;
    // The timing first: without it the entry no longer exists for readers.
    for (const file of entry.files.sort((a, b) => a.path.localeCompare(b.path))) freed += await remove(file);
    total -= entry.bytes;
  }
  return freed;
}
