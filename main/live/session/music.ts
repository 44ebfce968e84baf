/** Background music: one track after another, from the first again after the last. */
import type { AssetRef } from '../../../app/document/asset.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { AssetSource } from '../../storage/assets.ts';
import type { MusicSource } from './mixer.ts';
import { PcmStream } from './pcm-stream.ts';

export interface MusicOptions {
  ffmpegPath: string;
  assets: AssetSource;
  onTrouble(error: unknown): void;
}

/** After a whole round without a sound. */
const RETRY_MS = 30_000;

export class Music implements MusicSource {
  readonly #options: MusicOptions;
  #tracks: readonly AssetRef[] = [];
  #next = 0;
  #failures = 0;
  #stream: PcmStream | null = null;
  /** The track after it. */
  #following: PcmStream | null = null;
  #opening = false;
  #closed = false;

  constructor(options: MusicOptions) {
    this.#options = options;
  }

  use(tracks: readonly AssetRef[]): void {
    if (JSON.stringify(tracks) === JSON.stringify(this.#tracks)) return;
    this.#tracks = tracks;
    this.#next = 0;
    this.#failures = 0;
    this.#drop();
    this.#open();
  }

  current(): PcmStream | null {
    if (this.#stream?.ended) {
      if (this.#stream.failed) this.#failed();
      else this.#failures = 0;
      this.#stream = null;
    }
    if (this.#stream === null) {
      this.#stream = this.#following;
      this.#following = null;
    }
    // Opened while the one before is still heard: no gap between them.
    if (this.#stream === null || (this.#stream.complete && this.#following === null)) this.#open();
    return this.#stream;
  }

  /** For a run that does not take real time. */
  get settled(): boolean {
    if (this.#opening) return false;
    const last = this.#following ?? this.#stream;
    return last === null || last.complete || last.samplesReady > 9600;
  }

  #failed(): void {
    const name = this.#tracks[(this.#next + this.#tracks.length - 1) % this.#tracks.length]?.fileName ?? '';
    if (this.#failures++ < this.#tracks.length)
      this.#options.onTrouble(new StudioError('session.sound-unreadable', { name }));
  }

  #open(): void {
    if (this.#opening || this.#closed || this.#tracks.length === 0) return;
    this.#opening = true;
    const track = this.#tracks[this.#next]!;
    this.#next = (this.#next + 1) % this.#tracks.length;
    const waitMs = this.#failures >= this.#tracks.length ? RETRY_MS : 0;
    const open = async (): Promise<void> => {
      try {
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
        const path = await this.#options.assets.resolve(track);
        if (this.#closed || !this.#tracks.includes(track)) return;
        const stream = new PcmStream(this.#options.ffmpegPath, path);
        if (this.#stream === null) this.#stream = stream;
        else this.#following = stream;
      } catch (error) {
        if (this.#failures++ < this.#tracks.length) this.#options.onTrouble(error);
      } finally {
        this.#opening = false;
      }
    };
    void open();
  }

  dispose(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    for (const stream of [this.#stream, this.#following]) stream?.close();
    this.#stream = null;
    this.#following = null;
  }
}
