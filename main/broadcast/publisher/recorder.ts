/**
 * What goes out, on this machine's disk: FLV while it is written, because an FLV that was cut off still plays, and MP4 when a part is
 * done. Nothing that goes wrong here touches the stream.
 *
 *     off ──▶ idle ──keyframe──▶ recording ──split──▶ recording …
 *              ▲                    │ cannot be written
 *              └──── room again ── paused
 */
import { type FileHandle, mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { FLV_HEADER, writeTag } from '../flv/tags.ts';
import { wrap } from '../flv/timeline.ts';
import type { LiveStream, StreamTag } from './live-stream.ts';
import type { RecordingSetup, RecordingStatus, ReportedError } from './protocol.ts';
import { remuxToMp4 } from './remux.ts';

/** The file system, so that a test can have a disk that fills up. */
export interface RecorderDisk {
  open(path: string): Promise<Pick<FileHandle, 'write' | 'datasync' | 'close'>>;
  freeBytes(folder: string): Promise<number>;
}

export interface RecorderOptions {
  setup: RecordingSetup;
  stream: LiveStream;
  nowMs(): number;
  wallMs(): number;
  onChange(): void;
  disk?: RecorderDisk;
  /** Between looks whether a disk that was full has room again. */
  retryMs?: number;
}

const WORKING = '.recording.flv';
const RETRY_MS = 10_000;
/** Room asked for before a recording goes on. */
const ROOM_BYTES = 200 * 1024 * 1024;
/** What may wait for a slow disk. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** What a power cut may cost. */
const SYNC_MS = 5_000;
const MOST_NAMED = 50;

const realDisk: RecorderDisk = {
  open: (path) => open(path, 'wx'),
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/** One file, from its first keyframe to its MP4. */
interface Part {
  path: string;
  finalPath: string;
  baseMs: number;
  bytes: number;
  endMs: number;
  file: Awaited<ReturnType<RecorderDisk['open']>> | null;
  waiting: Buffer[];
  waitingBytes: number;
  /** A write of what waits is on its way. */
  writing: boolean;
  syncedAtMs: number;
  /** It cannot be written any more. */
  broken: boolean;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #disk: RecorderDisk;
  readonly #closing = new AbortController();
  #state: RecordingStatus['state'] = 'idle';
  #part: Part | null = null;
  #work: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  readonly #finished: string[] = [];
  #remuxing: Promise<void> = Promise.resolve();
  /** FLV files that did not become MP4, and what those are to be called. */
  readonly #unfinished = new Map<string, string>();
  #lastError: ReportedError | null = null;
  #count = 0;
  #closed = false;
  readonly #sink = { onTag: (tag: StreamTag) => this.#take(tag) };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#disk = options.disk ?? realDisk;
    this.#work = this.#begin();
  }

  status(): RecordingStatus {
    const part = this.#part;
    return {
      state: this.#closed ? 'off' : this.#state,
      file: part?.path ?? null,
      bytes: part?.bytes ?? 0,
      durationMs: part === null ? 0 : part.endMs - part.baseMs,
      finished: [...this.#finished],
      lastError: this.#lastError,
    };
  }

  /** Ends the part being written and makes its MP4. @param signal to leave that for the next start */
  async close(signal?: AbortSignal): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.stream.remove(this.#sink);
    if (this.#retry !== null) clearTimeout(this.#retry);
    const onAbort = (): void => this.#closing.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#finishPart();
    await this.#work;
    if (signal?.aborted) onAbort();
    await this.#remuxing;
    signal?.removeEventListener('abort', onAbort);
  }

  async #begin(): Promise<void> {
    const { folder } = this.#options.setup;
    try {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        const left = LEFTOVER.exec(name);
        if (left === null || isAlive(Number(left[2]))) continue;
        this.#remux(join(folder, name), join(folder, `${left[1]}.mp4`));
      }
    } catch (error) {
      this.#pause(null, error);
    }
    if (!this.#closed) this.#options.stream.add(this.#sink);
  }

  #take(tag: StreamTag): void {
    if (this.#state === 'paused') return;
    const { splitMs, splitBytes } = this.#options.setup;
    const isHeader = tag.kind === 'metadata' || tag.kind === 'audio-header' || tag.kind === 'video-header';
    if (tag.kind === 'keyframe') {
      const part = this.#part;
      if (part !== null && (tag.timeMs - part.baseMs >= splitMs || part.bytes >= splitBytes)) this.#finishPart();
      if (this.#part === null) {
        this.#startPart(tag.timeMs);
        return;
      }
    } else if (tag.kind === 'video-header') {
      // Another size or encoder: in one file few players would follow.
      this.#finishPart();
      return;
    }
    const part = this.#part;
    if (part === null) return;
    const timeMs = isHeader ? part.endMs : tag.timeMs;
    this.#append(part, { ...tag, timeMs });
  }

  #startPart(baseMs: number): void {
    const { folder, name } = this.#options.setup;
    const stem = `${name} ${stamp(new Date(this.#options.wallMs()))}-${String(++this.#count).padStart(3, '0')}`;
    const part: Part = {
      path: join(folder, `${stem}.${process.pid}${WORKING}`),
      finalPath: join(folder, `${stem}.mp4`),
      baseMs,
      bytes: 0,
      endMs: baseMs,
      file: null,
      waiting: [],
      waitingBytes: 0,
      writing: false,
      syncedAtMs: this.#options.nowMs(),
      broken: false,
    };
    this.#part = part;
    this.#state = 'recording';
    this.#options.onChange();
    this.#do(part, async () => {
      part.file = await this.#disk.open(part.path);
    });
    this.#push(part, FLV_HEADER);
    for (const tag of this.#options.stream.opening()) this.#append(part, tag);
  }

  #append(part: Part, tag: StreamTag): void {
    const bytes = writeTag({ ...tag, timestampMs: wrap(Math.max(0, tag.timeMs - part.baseMs)) });
    if (part.waitingBytes + bytes.length > MOST_WAITING_BYTES) {
      this.#pause(part, new StudioError('broadcast.recording-too-slow', { folder: this.#options.setup.folder }));
      return;
    }
    part.endMs = Math.max(part.endMs, tag.timeMs);
    this.#push(part, bytes);
  }

  #push(part: Part, bytes: Buffer): void {
    if (part.broken) return;
    part.bytes += bytes.length;
    part.waiting.push(bytes);
    part.waitingBytes += bytes.length;
    if (part.writing) return;
    part.writing = true;
    this.#do(part, () => this.#drain(part));
  }

  async #drain(part: Part): Promise<void> {
    part.writing = false;
    const bytes = Buffer.concat(part.waiting);
    part.waiting = [];
    part.waitingBytes = 0;
    const { file } = part;
    if (file === null) return;
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
    if (this.#options.nowMs() - part.syncedAtMs >= SYNC_MS) {
      await file.datasync();
      part.syncedAtMs = this.#options.nowMs();
    }
  }

  #finishPart(): void {
    const part = this.#part;
    this.#part = null;
    if (part === null) return;
    if (this.#state === 'recording') this.#state = 'idle';
    this.#do(part, async () => {
      await part.file?.datasync();
      await this.#end(part);
    });
  }

  async #end(part: Part): Promise<void> {
    const { file } = part;
    part.file = null;
    if (file === null) return;
    await file.close().catch(() => {});
    this.#remux(part.path, part.finalPath);
  }

  /** One thing at a time, in order; what fails pauses the recording. */
  #do(part: Part, work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (part.broken) return;
      try {
        await work();
      } catch (error) {
        this.#pause(part, error);
      }
    });
  }

  /** @param part null when not even the folder is there */
  #pause(part: Part | null, error: unknown): void {
    const { setup, wallMs, onChange, retryMs = RETRY_MS } = this.#options;
    if (part !== null) {
      part.broken = true;
      part.waiting = [];
      this.#work = this.#work.then(() => this.#end(part));
    }
    this.#part = null;
    const fault = asFault(error, setup.folder);
    this.#lastError = { code: fault.code, params: { ...fault.params }, wallMs: wallMs() };
    if (this.#closed || this.#state === 'paused') return;
    this.#state = 'paused';
    onChange();
    const again = async (): Promise<void> => {
      const free = await this.#disk.freeBytes(setup.folder).catch(() => 0);
      if (this.#closed) return;
      if (fault.code === 'broadcast.recording-disk-full' && free < ROOM_BYTES) {
        this.#retry = setTimeout(() => void again(), retryMs);
        return;
      }
      await mkdir(setup.folder, { recursive: true }).catch(() => {});
      if (this.#closed) return;
      this.#state = 'idle';
      const left = [...this.#unfinished];
      this.#unfinished.clear();
      for (const [path, finalPath] of left) this.#remux(path, finalPath);
      onChange();
    };
    this.#retry = setTimeout(() => void again(), retryMs);
  }

  #remux(path: string, finalPath: string): void {
    const { ffmpegPath } = this.#options.setup;
    const { signal } = this.#closing;
    this.#remuxing = this.#remuxing.then(async () => {
      if (signal.aborted) return;
      try {
        await remuxToMp4({ from: path, to: finalPath, ffmpegPath, signal });
        await rm(path, { force: true });
        this.#finished.unshift(finalPath);
        this.#finished.length = Math.min(this.#finished.length, MOST_NAMED);
      } catch (error) {
        if (signal.aborted) return;
        this.#unfinished.set(path, finalPath);
        // On a full disk that comes with it.
        if (this.#state !== 'paused') {
          const detail = error instanceof Error ? error.message : String(error);
          const params = { file: basename(path), detail };
          this.#lastError = { code: 'broadcast.recording-not-remuxed', params, wallMs: this.#options.wallMs() };
        }
      }
      this.#options.onChange();
    });
  }
}

/** name, process: what a publisher that ended before its time left behind. */
const LEFTOVER = /^(.*)\.(\d+)\.recording\.flv$/;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function asFault(error: unknown, folder: string): StudioError {
  if (error instanceof StudioError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError('broadcast.recording-disk-full', { folder }, { cause: error });
  }
  const detail = code ?? (error instanceof Error ? error.message : String(error));
  return new StudioError('broadcast.recording-not-writable', { folder, detail }, { cause: error });
}

/** Local time, as a file name sorts: 2026-11-22 18-05-33. */
function stamp(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}-${two(time.getMinutes())}-${two(time.getSeconds())}`;
}
