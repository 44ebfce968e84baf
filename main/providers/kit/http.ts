/**
 * One HTTP request to a vendor. It ends in an answer that is what was asked for, or in one of the studio's errors: times out by first byte
 * and between bytes, follows no redirect (a key goes nowhere it was not sent to), takes no log-in page for an answer, reads no more than it may.
 */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StudioError } from '../../../app/errors/index.ts';
import { agentFor } from '../../net/proxy.ts';
import { cloudError, networkFailure, type VendorFailure, vendorFailure } from './failures.ts';

export interface HttpTimeouts {
  /** From the asking to the first byte of the answer's body. */
  firstByteMs: number;
  /** While more of the body is awaited. */
  betweenBytesMs: number;
}
/** For whoever has nobody above with a better measure. */
export const PATIENT: HttpTimeouts = { firstByteMs: 60_000, betweenBytesMs: 60_000 };

export interface HttpCall {
  provider: string;
  url: string;
  /** POST with a body, GET without one. */
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  /** Text goes as JSON unless the headers say otherwise. A function: what is signed is good once, and written anew each time it goes out. */
  body?: string | Uint8Array | (() => string);
  /** What the answer has to be; `any` is not looked at. */
  expects: 'json' | 'event-stream' | 'any';
  timeouts?: HttpTimeouts;
  /** Of the whole answer. */
  maxBytes?: number;
  /** To be taken twice would cost twice: it is never sent again by itself. */
  once?: boolean;
  /** What a refusal is about. */
  about?: { model?: string; voice?: string; region?: string };
}

export interface HttpAnswer {
  status: number;
  /** Without parameters, in small letters; '' where none was told. */
  contentType: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Read once. Ends the connection when it is left early. @throws StudioError cloud.timeout, cloud.cut-off, cloud.bad-answer */
  body: AsyncIterable<Uint8Array>;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;
/** A kept line that the other side has closed meanwhile is noticed by asking; nothing of the request was taken then. */
const STALE_LINES = 4;

/** @throws StudioError of `cloud.*`, also for every status from 300 on; whatever `signal` was aborted with */
export async function request(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const exchange = new Exchange(call, signal);
    try {
      const response = await exchange.response();
      await refuse(response, exchange, call);
      return {
        status: response.statusCode ?? 0,
        contentType: contentTypeOf(response),
        headers: response.headers,
        body: exchange.body(call.maxBytes ?? MAX_BYTES),
      };
    } catch (error) {
      exchange.end();
      if (exchange.stale && !call.once && attempt <= STALE_LINES && !signal.aborted) continue;
      throw error;
    }
  }
}

/** The whole answer as JSON. @throws as {@link request} */
export async function requestJson(call: Omit<HttpCall, 'expects'>, signal: AbortSignal): Promise<unknown> {
  const answer = await request({ ...call, expects: 'json' }, signal);
  return parseJson(await readText(answer.body), call.provider);
}

/** An error with the status of a success. @throws StudioError of `cloud.*` */
export function refuseError(answer: unknown, provider: string, about: HttpCall['about'] = {}): void {
  const refusal = isRecord(answer) && !('output' in answer) && !('results' in answer) ? refusalOf(answer) : null;
  if (refusal !== null) throw vendorFailure({ provider, ...about, ...refusal });
}

export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** @throws StudioError cloud.bad-answer, cloud.captive-portal */
export function parseJson(text: string, provider: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (/^\s*<(!doctype|html|head|body|script)\b/i.test(text)) throw cloudError('cloud.captive-portal', { provider });
    /* The parser's own words quote the answer. */
    throw cloudError('cloud.bad-answer', {
      provider,
      detail: cause instanceof SyntaxError ? 'no JSON' : String(cause),
    });
  }
}

/** One request on one connection. */
class Exchange {
  /** The connection was an old one and broke before anything came. */
  stale = false;
  readonly #call: HttpCall;
  readonly #signal: AbortSignal;
  readonly #host: string;
  readonly #timeouts: HttpTimeouts;
  readonly #startedMs = performance.now();
  #request: ClientRequest | null = null;
  #response: IncomingMessage | null = null;
  #timedOutAfterMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(call: HttpCall, signal: AbortSignal) {
    this.#call = call;
    this.#signal = signal;
    this.#host = URL.parse(call.url)?.host ?? '';
    this.#timeouts = call.timeouts ?? PATIENT;
  }

  /** Headers are there. */
  async response(): Promise<IncomingMessage> {
    const { url, provider, headers } = this.#call;
    const body = typeof this.#call.body === 'function' ? this.#call.body() : this.#call.body;
    if (this.#host === '') throw cloudError('cloud.bad-request', { provider, detail: 'its address is no URL' });
    const agent = agentFor(url, provider);
    const start = url.startsWith('https:') ? httpsRequest : httpRequest;
    this.#wait(this.#timeouts.firstByteMs);
    try {
      this.#response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = start(url, {
          agent,
          method: this.#call.method ?? (body === undefined ? 'GET' : 'POST'),
          headers: {
            'User-Agent': 'shenghua-studio',
            ...(typeof body === 'string' ? { 'Content-Type': 'application/json' } : {}),
            ...headers,
            ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
          },
        });
        this.#request = request;
        request.once('response', resolve);
        request.once('close', () => reject(cloudError('cloud.cut-off', { provider })));
        request.on('error', (error: NodeJS.ErrnoException) => {
          const broken = error.code === 'ECONNRESET' || error.code === 'EPIPE';
          // Not when it was this side that gave it up.
          this.stale = broken && request.reusedSocket && this.#timedOutAfterMs === null;
          reject(error);
        });
        this.#signal.addEventListener('abort', this.#onAbort, { once: true });
        if (this.#signal.aborted) this.#onAbort();
        request.end(body);
      });
      return this.#response;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async *body(maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    const response = this.#response!;
    const { provider } = this.#call;
    const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let bytes = 0;
    try {
      for (;;) {
        const { firstByteMs, betweenBytesMs } = this.#timeouts;
        this.#wait(bytes === 0 ? Math.max(1, firstByteMs - (performance.now() - this.#startedMs)) : betweenBytesMs);
        const next = await pieces.next();
        clearTimeout(this.#timer);
        if (this.#timedOutAfterMs !== null || this.#signal.aborted) throw null;
        if (next.done) return;
        bytes += next.value.length;
        if (bytes > maxBytes)
          throw cloudError('cloud.bad-answer', { provider, detail: `more than ${Math.round(maxBytes / 1024)} KiB` });
        yield next.value;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.end();
    }
  }

  /** Safe at any time; an answer that was read to its end leaves its connection for the next request. */
  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (!this.#response?.complete) this.#request?.destroy();
  }

  readonly #onAbort = (): void => {
    this.#request?.destroy();
    this.#response?.destroy();
  };

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOutAfterMs = ms;
      this.#onAbort();
    }, ms);
  }

  #failure(error: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    const { provider } = this.#call;
    if (this.#timedOutAfterMs !== null) {
      const { firstByteMs, betweenBytesMs } = this.#timeouts;
      const ms = this.#timedOutAfterMs <= betweenBytesMs && this.#response ? this.#timedOutAfterMs : firstByteMs;
      return cloudError('cloud.timeout', { provider, seconds: Math.round(ms / 100) / 10 });
    }
    if (error instanceof StudioError) return error;
    if (this.#response !== null) return cloudError('cloud.cut-off', { provider }, { cause: error });
    return networkFailure(error, { provider, host: this.#host });
  }
}

const contentTypeOf = (response: IncomingMessage): string =>
  (response.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** Returns where the answer may be what was asked for. */
async function refuse(response: IncomingMessage, exchange: Exchange, call: HttpCall): Promise<void> {
  const { provider, about = {} } = call;
  const status = response.statusCode ?? 0;
  const type = contentTypeOf(response);
  if (status >= 300 && status < 400) {
    const from = new URL(call.url);
    const to = URL.parse(response.headers.location ?? '', call.url);
    if (to !== null && to.hostname === from.hostname)
      throw cloudError('cloud.bad-request', { provider, detail: `it moved to ${to.origin}${to.pathname}` });
    throw cloudError('cloud.captive-portal', { provider });
  }
  const isPage = type === 'text/html' || type === 'application/xhtml+xml';
  if (status >= 400) {
    const text = isPage
      ? ''
      : await readText(exchange.body(MAX_REFUSAL_BYTES)).catch((error: unknown) => {
          if (error instanceof StudioError) return '';
          throw error;
        });
    throw vendorFailure({ provider, ...about, ...refusalIn(text), status });
  }
  if (isPage && call.expects !== 'any') throw cloudError('cloud.captive-portal', { provider });
}

/** A code that is a number is HTTP's status, or ISI's. */
type Refusal = Pick<VendorFailure, 'code' | 'message' | 'status'>;

/**
 * Code and words of a refusal in any of the forms met: `{code, message}`, `{error: {code, type, message}}`, `{error: "…"}`,
 * `{Code, Message}`, plain text.
 */
export function refusalIn(text: string): Refusal {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return text.trim() === '' ? {} : { message: text };
  }
  return refusalOf(said) ?? {};
}

/** As {@link refusalIn}, of what is parsed already; null where it is no refusal. */
export function refusalOf(said: unknown): Refusal | null {
  if (Array.isArray(said)) return refusalOf(said[0]);
  if (!isRecord(said)) return null;
  const inner = said.error;
  if (typeof inner === 'string' && inner !== '') return { message: inner };
  const fault = isRecord(inner) ? inner : said;
  const words = [fault.message, fault.Message, fault.detail, fault.error_message].find(
    (each) => typeof each === 'string',
  );
  const codes = [fault.code, fault.Code, fault.error_code];
  const named = [...codes, isRecord(inner) ? fault.type : undefined].find(
    (each) => typeof each === 'string' && each !== '',
  );
  const numbered = codes.find((each) => typeof each === 'number');
  const isError =
    named !== undefined ||
    numbered !== undefined ||
    isRecord(inner) ||
    ('message' in said && !('choices' in said) && !('output' in said));
  if (!isError) return null;
  return {
    ...(named === undefined ? {} : { code: named as string }),
    ...(words === undefined ? {} : { message: words as string }),
    ...(numbered === undefined ? {} : { status: numbered as number }),
  };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
