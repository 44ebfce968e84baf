/**
 * One request to a place that offers a file: redirects followed within bounds, by the person's proxy, and an answer that is the file and no
 * page about it. What sources say of the whole file (length, SHA-256) is read from their headers.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type ErrorCode, type ErrorParams, StudioError } from '../../app/errors/index.ts';
import { agentFor } from '../net/proxy.ts';

const MAX_REDIRECTS = 8;
const SILENCE_MS = 30_000;

export interface Offer {
  /** Of the whole file; null where the source does not say. */
  bytes: number | null;
  /** 64 hex digits where the source tells them (Hugging Face: `x-linked-etag`). */
  sha256: string | null;
  /** Changes when the file does; null: none told. */
  etag: string | null;
  /** The byte at which `body` begins: what was asked for, or 0 where the source knows no ranges. */
  start: number;
  ranges: boolean;
  body: AsyncIterable<Buffer>;
  /** Ends the connection. Safe at any time. */
  end(): void;
}

export interface Ask {
  file: string;
  url: string;
  /** `to` is the last byte wanted. */
  range: { from: number; to: number };
  silenceMs?: number | undefined;
}

/** What is wrong with the source itself, whatever its network: another try there would find the same. */
export class SourceRefused extends Error {
  /** In a person's words; null: `message` is all there is to say. */
  readonly told: StudioError | null;
  constructor(why: StudioError | string) {
    super(typeof why === 'string' ? why : why.message);
    this.told = typeof why === 'string' ? null : why;
  }
}
const refused = (code: ErrorCode, params: ErrorParams): SourceRefused =>
  new SourceRefused(new StudioError(code, params));

/** @throws SourceRefused; plain errors of the network; whatever `signal` was aborted with */
export async function askSource(ask: Ask, signal: AbortSignal): Promise<Offer> {
  const { file, range } = ask;
  const silenceMs = ask.silenceMs ?? SILENCE_MS;
  let url = ask.url;
  let sha256: string | null = null;
  let linkedBytes: number | null = null;
  for (let hop = 0; ; hop++) {
    const { host } = new URL(url);
    const answer = await send(url, range, silenceMs, signal);
    const { response, end } = answer;
    const status = response.statusCode ?? 0;
    sha256 ??= hashIn(response.headers['x-linked-etag']);
    linkedBytes ??= count(response.headers['x-linked-size']);
    if (status >= 300 && status < 400 && status !== 304) {
      end();
      const next = URL.parse(response.headers.location ?? '', url);
      const lower = next?.protocol === 'http:' && url.startsWith('https:');
      if (next === null || !/^https?:$/.test(next.protocol) || lower || hop >= MAX_REDIRECTS)
        throw refused('model.source-redirects', { host: new URL(ask.url).host, file });
      url = next.href;
      continue;
    }
    if (status === 416 || status === 404 || status === 410 || status === 401 || status === 403) {
      end();
      throw new SourceRefused(`${host}: HTTP ${status}`);
    }
    if (status !== 200 && status !== 206) {
      end();
      throw new Error(`${host}: HTTP ${status}`);
    }
    const type = (response.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
    if ((type === 'text/html' || type === 'application/xhtml+xml') && !/\.x?html?$/i.test(file)) {
      end();
      throw refused('model.source-web-page', { host, file });
    }
    const whole = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
    const packed = (response.headers['content-encoding'] ?? 'identity') !== 'identity';
    if (status === 206 && (whole === null || Number(whole[1]) !== range.from)) {
      end();
      throw new SourceRefused(`${host}: another range than asked for`);
    }
    const bytes = status === 206 ? count(whole?.[3]) : packed ? null : count(response.headers['content-length']);
    return {
      ...{ bytes: bytes ?? linkedBytes, sha256, ranges: status === 206, end },
      etag: response.headers.etag ?? response.headers['last-modified'] ?? null,
      start: status === 206 ? range.from : 0,
      body: answer.body,
    };
  }
}

const hashIn = (header: string | string[] | undefined): string | null =>
  /^"?([0-9a-f]{64})"?$/.exec(String(header ?? ''))?.[1] ?? null;
const count = (text: string | string[] | undefined): number | null =>
  /^\d+$/.test(String(text ?? '')) ? Number(text) : null;

interface Sent {
  response: IncomingMessage;
  body: AsyncIterable<Buffer>;
  end(): void;
}

function send(url: string, { from, to }: Ask['range'], silenceMs: number, signal: AbortSignal): Promise<Sent> {
  signal.throwIfAborted();
  const start = url.startsWith('https:') ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<Sent>();
  const request = start(url, {
    agent: agentFor(url, new URL(url).host),
    headers: { 'User-Agent': 'shenghua-studio', 'Accept-Encoding': 'identity', Range: `bytes=${from}-${to}` },
  });
  let whole = false;
  const end = (): void => {
    signal.removeEventListener('abort', onAbort);
    if (!whole) request.destroy();
  };
  const onAbort = (): void => {
    request.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  request.setTimeout(silenceMs, () => request.destroy(new Error('it fell silent')));
  request.on('error', reject);
  request.once('response', (response) => {
    const body = (async function* () {
      try {
        for await (const piece of response as AsyncIterable<Buffer>) yield piece;
        whole = response.complete;
        if (!whole) throw new Error('it broke off');
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        end();
      }
    })();
    resolve({ response, body, end });
  });
  request.end();
  return promise;
}
