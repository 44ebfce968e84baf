/** A WebSocket client that knows nothing, for tests: it keeps what it is told. */
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';

export type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what a server says is read as it comes.
export type Said = any;

export class Client implements Disposable {
  readonly socket: WebSocket;
  readonly said: Said[] = [];
  readonly sounds: Buffer[] = [];
  closed: number | null = null;
  #wake: (() => void) | null = null;

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) this.sounds.push(data as Buffer);
      else {
        try {
          this.said.push(JSON.parse(String(data)));
        } catch {
          this.said.push('malformed');
        }
      }
      this.#wake?.();
    });
    this.socket.on('close', (code) => {
      this.closed = code;
      this.#wake?.();
    });
    this.socket.on('error', () => {});
  }

  send(message: Json | Buffer | string): void {
    this.socket.send(Buffer.isBuffer(message) || typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first thing said from now on, or before, that fits; fails when the connection closes without it. */
  async until(fits: (said: Said) => boolean): Promise<Said> {
    for (;;) {
      const found = this.said.find(fits);
      if (found !== undefined) return found;
      assert.equal(this.closed, null, `closed before that, after ${JSON.stringify(this.said.at(-1))}`);
      await this.#next();
    }
  }

  async untilClosed(): Promise<number> {
    while (this.closed === null) await this.#next();
    return this.closed;
  }

  #next(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  /** Rejects when the handshake is refused. */
  static async connect(url: string, key: string): Promise<Client> {
    const client = new Client(url, { Authorization: `Bearer ${key}` });
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    return client;
  }
}

/** 16 kHz, 16-bit. */
export const silence = (ms: number): Buffer => Buffer.alloc(ms * 32);
export const pieces = (pcm: Buffer, bytes = 3200): Buffer[] =>
  Array.from({ length: Math.ceil(pcm.length / bytes) }, (_, i) => pcm.subarray(i * bytes, (i + 1) * bytes));
