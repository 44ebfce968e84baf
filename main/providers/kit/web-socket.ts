/**
 * One WebSocket to a vendor, with its failures in our words: a refused handshake, a login page instead of an answer, a dead network.
 * Nothing here knows what is said over it.
 */
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { agentFor, proxyFor } from '../../net/proxy.ts';
import { cloudError, networkFailure, vendorFailure } from './failures.ts';

/** Who is spoken to, for the words of a failure. */
export interface Peer {
  provider: string;
  region: string;
  model: string;
}

export interface SocketListener {
  opened(): void;
  text(text: string): void;
  binary(bytes: Uint8Array): void;
  /** Once, and nothing after it: the peer closed (`code`, null when the network broke) or never let us in. */
  closed(failure: Error, code: number | null): void;
}

const HANDSHAKE_MS = 10_000;
/** A frame beyond it is no answer of a vendor. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;
/** How long a courteous end may take before the line is cut. */
const CLOSING_MS = 100;

export class VendorSocket {
  listener: SocketListener;
  readonly #socket: WebSocket;
  readonly #peer: Peer;
  #line: IncomingMessage['socket'] | null = null;
  #gone = false;
  #isOpen = false;

  constructor(url: string, headers: Readonly<Record<string, string>>, peer: Peer, listener: SocketListener) {
    this.listener = listener;
    this.#peer = peer;
    const { host } = new URL(url);
    // ws opens its own lines where no proxy stands between.
    const agent = proxyFor(url) === null ? null : agentFor(url, peer.provider);
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      ...(agent ? { agent } : {}),
    });
    this.#socket = socket;
    socket.on('upgrade', (response: IncomingMessage) => {
      this.#line = response.socket;
    });
    socket.on('open', () => {
      if (this.#gone) return;
      this.#isOpen = true;
      this.listener.opened();
    });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (this.#gone) return;
      const bytes = bytesOf(data);
      if (isBinary) this.listener.binary(bytes);
      else this.listener.text(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    });
    socket.on('unexpected-response', (request, response: IncomingMessage) => {
      void refusalOf(response, peer).then((failure) => {
        request.destroy();
        this.#fail(failure, null);
      });
    });
    socket.on('error', (cause: Error) => {
      const failure = /handshake has timed out/i.test(cause.message)
        ? cloudError('cloud.timeout', { provider: peer.provider, seconds: HANDSHAKE_MS / 1000 }, { cause })
        : networkFailure(cause, { provider: peer.provider, host });
      this.#fail(failure, null);
    });
    socket.on('close', (code: number) => {
      this.#fail(cloudError('cloud.cut-off', { provider: peer.provider }), code);
    });
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#gone;
  }

  get peer(): Peer {
    return this.#peer;
  }

  /** Bytes given to {@link send} that the network has not taken. */
  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.#gone) return;
    // A failure to send is a failure of the line, which `close` tells.
    this.#socket.send(data, () => {});
  }

  pause(): void {
    if (this.#isOpen) this.#socket.pause();
  }

  resume(): void {
    if (this.#isOpen) this.#socket.resume();
  }

  /** Whether the process stays alive for this line alone. */
  hold(alive: boolean): void {
    if (alive) this.#line?.ref();
    else this.#line?.unref();
  }

  /** Nothing is heard after it. */
  close(): void {
    if (this.#gone) return;
    this.#gone = true;
    if (!this.#isOpen) {
      this.#socket.terminate();
      return;
    }
    // A paused socket would never see the peer's half of the closing.
    this.#socket.resume();
    this.#socket.close(1000);
    const cut = setTimeout(() => this.#socket.terminate(), CLOSING_MS);
    this.#socket.once('close', () => clearTimeout(cut));
  }

  #fail(failure: Error, code: number | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#socket.terminate();
    this.listener.closed(failure, code);
  }
}

const bytesOf = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
};

/** Why the handshake was refused, from what the server said instead. */
async function refusalOf(response: IncomingMessage, peer: Peer): Promise<Error> {
  const status = response.statusCode ?? 0;
  const isPage = /text\/html/i.test(response.headers['content-type'] ?? '');
  const body = await bodyOf(response);
  if ((status >= 200 && status < 400) || status === 511)
    return cloudError('cloud.captive-portal', { provider: peer.provider });
  const { code, message } = isPage ? {} : faultIn(body);
  return vendorFailure({
    ...peer,
    status,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => response.destroy(), 1000);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // What came is enough to judge by.
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** `{code, message}` or OpenAI's `{error: {code, message}}`; plain text is a message. */
export function faultIn(body: string): { code?: string; message?: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return body.trim() === '' ? {} : { message: body.trim().slice(0, 300) };
  }
  const outer = asRecord(parsed);
  const fault = asRecord(outer.error) ?? {};
  const code = stringIn(outer.code) ?? stringIn(outer.error_code) ?? stringIn(fault.code);
  const message = stringIn(outer.message) ?? stringIn(outer.error_message) ?? stringIn(fault.message);
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
}

export const asRecord = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const stringIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The number of milliseconds or characters in a field that is a number, or a number written as a string. */
export const numberIn = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};
