/**
 * One file from several sources: in chunks, several at a time, each taken up again at the very byte where it broke off. A source that is
 * wrong is left; one that fails is asked again as long as it gives something in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../app/errors/index.ts';
import type { Bandwidth } from './bandwidth.ts';
import { PartFile } from './part.ts';
import { askSource, type Offer, SourceRefused } from './source.ts';

export const CHUNK_BYTES = 8 * 1024 * 1024;
const CONNECTIONS = 4;
/** Failures in a row without a byte that end a source. */
const BARREN_TRIES = 5;
const WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;

export interface WantedFile {
  /** As a person knows it. */
  model: string;
  path: string;
  bytes: number;
  /** null: what comes is taken at its word, and so must all come from one source. */
  sha256: string | null;
  sources: readonly string[];
}

export interface DownloadOptions {
  bandwidth: Bandwidth;
  /** Also what lay there already, at once. */
  onBytes(bytes: number): void;
  chunkBytes?: number | undefined;
  connections?: number | undefined;
  silenceMs?: number | undefined;
  /** Before a source that failed is asked again; longer with each time. */
  retryMs?: number | undefined;
}

/** What a source says of a file before anything is fetched. */
export interface Told {
  bytes: number;
  sha256: string | null;
  etag: string | null;
}

/** Asks the sources in their order until one says how long the file is. @throws StudioError `model.source-*`; the signal's reason */
export async function probe(
  wanted: Pick<WantedFile, 'model' | 'path' | 'sources'>,
  signal: AbortSignal,
  silenceMs?: number,
): Promise<Told> {
  const failures = new Failures(wanted);
  for (const url of wanted.sources) {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const offer = await askSource({ file: wanted.path, url, range: { from: 0, to: 0 }, silenceMs }, signal);
        offer.end();
        if (offer.bytes !== null && offer.bytes > 0)
          return { bytes: offer.bytes, sha256: offer.sha256, etag: offer.etag };
        throw new SourceRefused(`${new URL(url).host}: it does not say how long the file is`);
      } catch (error) {
        signal.throwIfAborted();
        failures.add(url, error);
        if (error instanceof SourceRefused) break;
      }
    }
  }
  throw failures.worst();
}

/** Brings the file to `partPath`, whole and flushed; gives the sources it came from. @throws StudioError `model.source-*`, `storage.*` */
export async function download(
  wanted: WantedFile,
  partPath: string,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const { sha256, bytes, sources } = wanted;
  const failures = new Failures(wanted);
  const from = new Set<string>();
  // Bytes that nobody vouches for must be of one source; each is a try of its own.
  const groups = sha256 === null ? sources.map((url) => [url]) : [sources];
  for (const group of groups) {
    let of = sha256;
    if (of === null) {
      try {
        of = `${group[0]} ${(await probe({ ...wanted, sources: group }, signal, options.silenceMs)).etag}`;
      } catch (error) {
        signal.throwIfAborted();
        failures.add(group[0]!, error);
        continue;
      }
    }
    const part = await PartFile.open(partPath, { bytes, chunkBytes: options.chunkBytes ?? CHUNK_BYTES, of });
    const before = part.comeBytes;
    options.onBytes(before);
    try {
      await new Fetch(wanted, group, part, options, failures, from).run(signal);
      return [...from];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NoSourceLeft)) throw error;
      options.onBytes(-part.comeBytes);
      from.clear();
    } finally {
      await part.close();
    }
  }
  throw failures.worst();
}

class NoSourceLeft extends Error {}

/** What went wrong where. */
class Failures {
  readonly #wanted: Pick<WantedFile, 'model' | 'path'>;
  readonly #by = new Map<string, unknown>();
  constructor(wanted: Pick<WantedFile, 'model' | 'path'>) {
    this.#wanted = wanted;
  }
  add(url: string, error: unknown): void {
    this.#by.set(url, error);
  }
  worst(): StudioError {
    const errors = [...this.#by.values()];
    const told = errors.flatMap((error) => {
      if (error instanceof SourceRefused) return error.told ?? [];
      return error instanceof StudioError ? error : [];
    });
    // What all of them say the same about, or the only one says, is told in its own words.
    if (told.length > 0 && told.length === errors.length) return told[0]!;
    const detail = [...this.#by].map(([url, error]) => `${new URL(url).host}: ${plain(error, url)}`).join('; ');
    const { model, path } = this.#wanted;
    return new StudioError(
      'model.source-failed',
      { model, file: path, detail: detail || '–' },
      { cause: errors[0], retryable: true },
    );
  }
}

const plain = (error: unknown, url: string): string => {
  const code = (error as NodeJS.ErrnoException).code;
  const words = error instanceof Error ? error.message : String(error);
  return code ?? words.replace(`${new URL(url).host}: `, '');
};

class Fetch {
  readonly #wanted: WantedFile;
  readonly #part: PartFile;
  readonly #options: DownloadOptions;
  readonly #failures: Failures;
  readonly #from: Set<string>;
  readonly #sources: { url: string; barren: number; etag: string | null }[];
  readonly #claimed = new Set<number>();
  /** A source without ranges gives all or nothing, to one at a time. */
  #whole: Promise<void> | null = null;
  #wholeTries = 0;

  constructor(
    wanted: WantedFile,
    sources: readonly string[],
    part: PartFile,
    options: DownloadOptions,
    failures: Failures,
    from: Set<string>,
  ) {
    this.#wanted = wanted;
    this.#part = part;
    this.#options = options;
    this.#failures = failures;
    this.#from = from;
    this.#sources = sources.map((url) => ({ url, barren: 0, etag: null }));
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const lines = Math.min(this.#options.connections ?? CONNECTIONS, this.#part.done.length);
    let first: { error: unknown } | null = null;
    const line = async (): Promise<void> => {
      try {
        for (let index = this.#next(); index !== null; index = this.#next()) await this.#bring(index, either);
      } catch (error) {
        first ??= { error };
        stop.abort(error);
      }
    };
    await Promise.all(Array.from({ length: lines }, line));
    if (first !== null) throw (first as { error: unknown }).error;
  }

  #next(): number | null {
    const { done } = this.#part;
    const index = done.findIndex((_, each) => !this.#claimed.has(each) && !this.#part.isDone(each));
    if (index < 0) return null;
    this.#claimed.add(index);
    return index;
  }

  async #bring(index: number, signal: AbortSignal): Promise<void> {
    while (!this.#part.isDone(index)) {
      signal.throwIfAborted();
      const source = this.#sources[0];
      if (source === undefined) throw new NoSourceLeft();
      const before = this.#part.done[index]!;
      try {
        await this.#take(source, index, signal);
        source.barren = 0;
      } catch (error) {
        signal.throwIfAborted();
        // The disk's, not the source's.
        if (error instanceof StudioError) throw error;
        this.#failures.add(source.url, error);
        source.barren = this.#part.done[index]! > before ? 0 : source.barren + 1;
        if (error instanceof SourceRefused || source.barren >= BARREN_TRIES) this.#leave(source);
        else if (source.barren > 0) {
          const waitMs = Math.min(LONGEST_WAIT_MS, (this.#options.retryMs ?? WAIT_MS) * 2 ** (source.barren - 1));
          await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        }
      }
    }
  }

  #leave(source: { url: string; barren: number; etag: string | null }): void {
    const index = this.#sources.indexOf(source);
    if (index >= 0) this.#sources.splice(index, 1);
  }

  async #take(source: { url: string; etag: string | null }, index: number, signal: AbortSignal): Promise<void> {
    const { path, bytes, sha256 } = this.#wanted;
    const { from, to } = this.#part.chunk(index);
    const { silenceMs } = this.#options;
    const offer = await askSource({ file: path, url: source.url, range: { from, to: to - 1 }, silenceMs }, signal);
    try {
      const { host } = new URL(source.url);
      if (offer.bytes !== null && offer.bytes !== bytes)
        throw new SourceRefused(
          new StudioError('model.source-wrong-length', { host, file: path, found: offer.bytes, expected: bytes }),
        );
      const another = sha256 !== null && offer.sha256 !== null && offer.sha256 !== sha256;
      const changed = sha256 === null && source.etag !== null && offer.etag !== source.etag;
      if (another || changed) {
        if (changed) await this.#startOver();
        throw new SourceRefused(new StudioError('model.source-changed', { host, file: path }));
      }
      source.etag = offer.etag;
      this.#from.add(source.url);
      if (!offer.ranges && (from > 0 || bytes > to)) await this.#takeWhole(offer, signal);
      else await this.#write(offer, index, to - from, signal);
    } finally {
      offer.end();
    }
  }

  async #write(offer: Offer, index: number, wantedBytes: number, signal: AbortSignal): Promise<void> {
    let left = wantedBytes;
    for await (const piece of offer.body) {
      const taken = piece.length > left ? piece.subarray(0, left) : piece;
      await this.#options.bandwidth.take(taken.length, signal);
      await this.#part.write(index, taken);
      this.#options.onBytes(taken.length);
      left -= taken.length;
      if (left === 0) return;
    }
    throw new Error('it ended early');
  }

  /** From its first byte on, whatever came before. */
  async #takeWhole(offer: Offer, signal: AbortSignal): Promise<void> {
    if (this.#whole !== null) {
      offer.end();
      return await this.#whole.catch(() => {});
    }
    this.#wholeTries += 1;
    if (this.#wholeTries > BARREN_TRIES) throw new SourceRefused('it gives no parts, and breaks off');
    this.#whole = this.#streamWhole(offer, signal);
    try {
      await this.#whole;
    } finally {
      this.#whole = null;
    }
  }

  async #streamWhole(offer: Offer, signal: AbortSignal): Promise<void> {
    await this.#startOver();
    const part = this.#part;
    let index = 0;
    for await (let piece of offer.body) {
      await this.#options.bandwidth.take(piece.length, signal);
      while (piece.length > 0 && index < part.done.length) {
        const { from, to } = part.chunk(index);
        const taken = piece.subarray(0, to - from);
        await part.write(index, taken);
        this.#options.onBytes(taken.length);
        piece = piece.subarray(taken.length);
        if (part.isDone(index)) index += 1;
      }
    }
    if (index < part.done.length) throw new Error('it ended early');
  }

  async #startOver(): Promise<void> {
    this.#options.onBytes(-this.#part.comeBytes);
    await this.#part.startOver();
  }
}
