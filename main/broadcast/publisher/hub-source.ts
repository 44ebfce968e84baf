/** The hub's stream over HTTP-FLV: read once, found again by itself when the hub or the connection is gone. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { FlvReader, type FlvTag } from '../flv/tags.ts';
import { HUB_ID_HEADER } from '../hub/protocol.ts';

export interface HubSourceOptions {
  onTag(tag: FlvTag): void;
  /** Connected. @param same to the hub that it was connected to before */
  onBegin(same: boolean): void;
}

const RETRY_MS = 250;
const CONNECT_MS = 3_000;

export class HubSource {
  readonly #options: HubSourceOptions;
  readonly #closed = new AbortController();
  #url: string | null = null;
  #current: AbortController | null = null;
  #hubId: string | null = null;
  readonly #running: Promise<void>;
  #moved = Promise.withResolvers<void>();

  constructor(options: HubSourceOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Of the stream, with the token to play it. Another one takes the place of the one before. */
  setUrl(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    this.#current?.abort();
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#current?.abort();
    this.#moved.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      if (this.#url === null) {
        await this.#moved.promise;
        continue;
      }
      this.#current = new AbortController();
      await this.#read(this.#url, this.#current.signal).catch(() => {});
      await delay(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => {});
    }
  }

  /** Until the stream breaks off. */
  async #read(url: string, signal: AbortSignal): Promise<void> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = get(url, { signal, agent: false }, resolve);
      request.on('error', reject);
      request.setTimeout(CONNECT_MS, () => request.destroy(new Error('no answer')));
    });
    response.socket.setTimeout(0);
    if (response.statusCode !== 200) {
      response.destroy();
      return;
    }
    const hubId = String(response.headers[HUB_ID_HEADER] ?? '');
    this.#options.onBegin(hubId !== '' && hubId === this.#hubId);
    this.#hubId = hubId;
    const reader = new FlvReader(this.#options.onTag);
    for await (const piece of response) reader.push(piece as Buffer);
  }
}
