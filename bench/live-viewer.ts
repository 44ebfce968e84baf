/** A player on the hub: takes what comes, notes when, comes back when it is cut off. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AUDIO,
  FLV_HEADER,
  FlvReader,
  type FlvTag,
  kindOf,
  type TagKind,
  VIDEO,
  writeTag,
} from '../main/broadcast/flv/tags.ts';

export interface SeenTag {
  kind: TagKind;
  isVideo: boolean;
  isAudio: boolean;
  timeMs: number;
  /** Monotonic, when it had come. */
  atMs: number;
}

const RETRY_MS = 50;

export class Viewer {
  readonly #url: () => string | null;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #onTag: (tag: FlvTag, atMs: number) => void;
  /** Of all connections so far. */
  connections = 0;

  constructor(url: () => string | null, onTag: (tag: FlvTag, atMs: number) => void) {
    this.#url = url;
    this.#onTag = onTag;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const url = this.#url();
      if (url !== null) await this.#watch(url).catch(() => undefined);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #watch(url: string): Promise<void> {
    const answer = await fetch(url, { signal: this.#stop.signal });
    if (!answer.ok || answer.body === null) return void (await answer.body?.cancel());
    this.connections++;
    const reader = new FlvReader((tag) => this.#onTag(tag, performance.now()));
    for await (const piece of answer.body) reader.push(Buffer.from(piece));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

/** A viewer that keeps all it has seen: the tags in a file, their times here. */
export class KeepingViewer {
  readonly tags: SeenTag[] = [];
  readonly path: string;
  readonly #file: WriteStream;
  readonly #viewer: Viewer;

  constructor(url: () => string | null, path: string) {
    this.path = path;
    this.#file = createWriteStream(path);
    this.#file.write(FLV_HEADER);
    this.#viewer = new Viewer(url, (tag, atMs) => {
      this.#file.write(writeTag(tag));
      const { type, timestampMs: timeMs } = tag;
      this.tags.push({ kind: kindOf(tag), isVideo: type === VIDEO, isAudio: type === AUDIO, timeMs, atMs });
    });
  }

  get connections(): number {
    return this.#viewer.connections;
  }
  get pictures(): SeenTag[] {
    return this.tags.filter(isPicture);
  }
  get sounds(): SeenTag[] {
    return this.tags.filter(({ kind }) => kind === 'audio');
  }

  async close(): Promise<void> {
    await this.#viewer.close();
    this.#file.end();
    await finished(this.#file);
  }
}

export const isPicture = ({ kind }: { kind: TagKind }): boolean =>
  kind === 'keyframe' || kind === 'inter' || kind === 'disposable';
