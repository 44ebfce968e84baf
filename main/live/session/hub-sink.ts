/** What leaves the session: tags onto one RTMP connection that outlives encoders, and is made again when the hub has fallen. */
import { AUDIO, type FlvTag, kindOf, SCRIPT } from '../../broadcast/flv/tags.ts';
import { pushTarget } from '../../broadcast/publisher/push-url.ts';
import { type Publication, publishRtmp } from '../../broadcast/publisher/rtmp-client.ts';

export interface FlvSink {
  /** Taken or dropped, never waited for. */
  send(tag: FlvTag): void;
  /** Tags on their way. */
  readonly queued: number;
  /** Sends what it has, at most for a moment, and ends. */
  close(): Promise<void>;
}

export interface HubSinkOptions {
  url: string;
  /** Once: the first picture has left. */
  onFirst(): void;
  onTrouble(error: unknown): void;
}

/** More than this waits only where the hub takes nothing any more. */
const MOST_BYTES = 32 * 1024 * 1024;
const RETRY_MS = [0, 100, 250, 500, 1000];
const SEND_TIMEOUT_MS = 5000;
const FLUSH_MS = 3000;

export class HubSink implements FlvSink {
  readonly #options: HubSinkOptions;
  #url: string;
  readonly #stop = new AbortController();
  #queue: FlvTag[] = [];
  #bytes = 0;
  #publication: Publication | null = null;
  /** What a new connection must be told before the first picture. */
  readonly #headers = new Map<'metadata' | 'audio-header' | 'video-header', FlvTag>();
  /** After a new connection, until the next keyframe. */
  #waitsForKeyframe = true;
  #wake: (() => void) | null = null;
  #closing = false;
  #first = false;
  readonly #running: Promise<void>;

  constructor(options: HubSinkOptions) {
    this.#options = options;
    this.#url = options.url;
    this.#running = this.#run();
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The hub is elsewhere now. */
  moved(url: string): void {
    this.#url = url;
    this.#publication?.destroy();
  }

  send(tag: FlvTag): void {
    const kind = kindOf(tag);
    if (kind === 'metadata' || kind === 'audio-header' || kind === 'video-header') {
      const told = this.#headers.get(kind);
      this.#headers.set(kind, tag);
      // Another encoder of the same kind says the same again: those who watch need not hear it.
      if (told && kind !== 'metadata' && told.body.equals(tag.body)) return;
    }
    if (this.#bytes > MOST_BYTES) {
      this.#queue = [];
      this.#bytes = 0;
      this.#waitsForKeyframe = true;
      this.#publication?.destroy();
    }
    this.#queue.push(tag);
    this.#bytes += tag.body.length;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted && !(this.#closing && this.#queue.length === 0)) {
      try {
        const publication = await publishRtmp(pushTarget(this.#url), { signal });
        this.#publication = publication;
        failures = 0;
        this.#waitsForKeyframe = true;
        await this.#pass(publication);
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0) this.#options.onTrouble(error);
        const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!;
        await new Promise((resolve) => setTimeout(resolve, wait));
      } finally {
        this.#publication?.destroy();
        this.#publication = null;
      }
    }
  }

  async #pass(publication: Publication): Promise<void> {
    let over = false;
    void publication.ended.then((error) => {
      over = true;
      if (error && !this.#stop.signal.aborted) this.#options.onTrouble(error);
      this.#wake?.();
    });
    while (!over) {
      const tag = this.#queue.shift();
      if (tag === undefined) {
        if (this.#closing) return await publication.close();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#bytes -= tag.body.length;
      if (this.#waitsForKeyframe) {
        const kind = kindOf(tag);
        if (kind !== 'keyframe') continue;
        this.#waitsForKeyframe = false;
        for (const header of this.#headers.values())
          await this.#out(publication, { ...header, timestampMs: tag.timestampMs });
      }
      await this.#out(publication, tag);
      if (!this.#first && tag.type !== AUDIO && tag.type !== SCRIPT) {
        this.#first = true;
        this.#options.onFirst();
      }
    }
  }

  async #out(publication: Publication, { type, timestampMs, body }: FlvTag): Promise<void> {
    // A hub that takes nothing is as good as gone.
    const timer = setTimeout(() => publication.destroy(), SEND_TIMEOUT_MS);
    try {
      await publication.send(type, timestampMs, body, () => timer.refresh());
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    const timer = setTimeout(() => {
      this.#stop.abort(new DOMException('the stream is over', 'AbortError'));
      this.#publication?.destroy();
    }, FLUSH_MS);
    await this.#running;
    clearTimeout(timer);
    this.#stop.abort();
  }
}
