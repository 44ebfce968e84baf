/** One HTTP request being served: its parts, and an answer that misbehaves as it was told to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BailianContext, pause, type ServedRequest } from './context.ts';
import type { Fault } from './faults.ts';
import { type Dialect, errorBody, GATEWAY_TEXT, LOGIN_PAGE, type Refused } from './refusal.ts';

export type Json = Record<string, unknown>;

export class HttpCall {
  readonly context: BailianContext;
  readonly request: IncomingMessage;
  readonly url: URL;
  /** What the path's pattern captured. */
  readonly parts: readonly string[];
  readonly bytes: Buffer;
  readonly json: Json;
  /** Query and form together. */
  readonly form: URLSearchParams;
  readonly served: ServedRequest;
  readonly dialect: Dialect;
  readonly requestId = crypto.randomUUID();
  /** Aborted when whoever asked has gone, or the server closes. */
  readonly left: AbortSignal;
  readonly #response: ServerResponse;
  readonly fault: Fault | null;
  #sentBytes = 0;
  #chunks = 0;
  #over = false;

  constructor(of: {
    context: BailianContext;
    request: IncomingMessage;
    response: ServerResponse;
    url: URL;
    parts: readonly string[];
    bytes: Buffer;
    json: Json;
    form: URLSearchParams;
    served: ServedRequest;
    dialect: Dialect;
    left: AbortSignal;
    fault: Fault | null;
  }) {
    this.context = of.context;
    this.request = of.request;
    this.url = of.url;
    this.parts = of.parts;
    this.bytes = of.bytes;
    this.json = of.json;
    this.form = of.form;
    this.served = of.served;
    this.dialect = of.dialect;
    this.left = of.left;
    this.#response = of.response;
    this.fault = of.fault;
  }

  header(name: string): string | null {
    const value = this.request.headers[name.toLowerCase()];
    return typeof value === 'string' ? value : null;
  }

  /** Asked for a stream of events, in one of the two ways that the vendor takes. */
  get wantsEvents(): boolean {
    return this.header('x-dashscope-sse') === 'enable' || (this.header('accept') ?? '').includes('text/event-stream');
  }

  /** The whole answer at once. */
  async reply(body: Json, status = 200): Promise<void> {
    const fault = this.fault;
    if (fault?.kind === 'error-event') {
      return this.send(JSON.stringify(errorBody(this.dialect, fault, this.requestId)), 200);
    }
    const whole = JSON.stringify(body);
    if (fault?.kind === 'malformed-json') return this.send(whole.slice(0, Math.ceil(whole.length / 2)), status);
    await this.send(whole, status);
  }

  async refuse(refused: Refused): Promise<void> {
    this.served.code = refused.code;
    await this.send(JSON.stringify(errorBody(this.dialect, refused, this.requestId)), refused.status);
  }

  /** Bytes as they are, once the first byte is due. */
  async send(body: string | Uint8Array, status = 200, type = 'application/json'): Promise<void> {
    await this.#begin();
    if (this.#over) return;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#head(status, { 'content-type': type, 'content-length': String(bytes.length) });
    if (this.fault?.kind === 'stall') {
      if (this.fault.afterChunks > 0) await this.#write(bytes.subarray(0, bytes.length >> 1));
      return this.#hang();
    }
    await this.#write(bytes);
    this.#end();
  }

  /** One piece of a stream of events; false: nobody listens any more, or the fault has ended it. */
  async event(data: Json): Promise<boolean> {
    if (this.#over) return false;
    const fault = this.fault;
    if (this.#chunks === 0) {
      await this.#begin();
      if (this.#over) return false;
      this.#head(200, {
        'content-type':
          this.dialect === 'native' ? 'text/event-stream;charset=UTF-8' : 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      });
    } else await this.#rest(this.context.timing.betweenMs);
    if (this.#over) return false;
    if (fault !== null && 'afterChunks' in fault && this.#chunks >= fault.afterChunks) {
      if (fault.kind === 'stall') await this.#hang();
      else if (fault.kind === 'error-event') await this.failInside(fault);
      else await this.#broken(data);
      return false;
    }
    this.#chunks++;
    await this.#write(this.#block('result', 200, JSON.stringify(data)));
    return !this.#over;
  }

  /** The stream is whole. */
  async finish(): Promise<void> {
    if (this.#over) return;
    if (this.dialect !== 'native') {
      await this.#rest(this.context.timing.betweenMs);
      await this.#write('data: [DONE]\n\n');
    }
    this.#end();
  }

  /** An error in a stream that was accepted: the HTTP status stays 200. */
  async failInside(error: { code: string; message: string }, status = statusOf(error.code)): Promise<void> {
    if (this.#chunks === 0 && !this.#response.headersSent) {
      await this.#begin();
      this.#head(200, { 'content-type': 'text/event-stream;charset=UTF-8' });
    }
    this.served.code = error.code;
    const body = JSON.stringify(errorBody(this.dialect, error, this.requestId));
    await this.#write(this.#block('error', status, body));
    this.#end('fault');
  }

  /** Nothing of what was asked: the page or the text that stands between here and there. */
  async standIn(kind: 'captive-portal' | 'wrong-content-type'): Promise<void> {
    const page = kind === 'captive-portal';
    await this.send(page ? LOGIN_PAGE : GATEWAY_TEXT, 200, page ? 'text/html; charset=utf-8' : 'text/plain');
    this.served.end = 'fault';
  }

  #block(event: 'result' | 'error', status: number, data: string): string {
    if (this.dialect !== 'native') return `data: ${data}\n\n`;
    const id = event === 'error' ? this.#chunks + 1 : this.#chunks;
    return `id:${id}\nevent:${event}\n:HTTP_STATUS/${status}\ndata:${data}\n\n`;
  }

  async #broken(data: Json): Promise<void> {
    this.#chunks++;
    const whole = JSON.stringify(data);
    await this.#write(this.#block('result', 200, whole.slice(0, Math.ceil(whole.length / 2))));
    this.#end('fault');
  }

  async #begin(): Promise<void> {
    await this.#rest(this.context.timing.firstByteMs + (this.fault?.kind === 'slow-first-byte' ? this.fault.ms : 0));
    if (this.#over) return;
    if (this.fault?.kind === 'cut' && this.fault.afterBytes <= 0) this.#cut();
  }

  async #rest(ms: number): Promise<void> {
    await pause(ms, this.left);
    if (this.left.aborted) this.#gone();
  }

  #head(status: number, headers: Record<string, string>): void {
    this.served.status = status;
    this.#response.writeHead(status, {
      ...headers,
      'x-request-id': this.requestId,
      'x-dashscope-call-gateway': 'true',
      'req-arrive-time': String(this.context.nowMs()),
      server: 'istio-envoy',
    });
  }

  async #write(piece: string | Uint8Array): Promise<void> {
    if (this.#over) return;
    let bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    const limit = this.fault?.kind === 'cut' ? this.fault.afterBytes : Number.POSITIVE_INFINITY;
    const cutHere = this.#sentBytes + bytes.length >= limit;
    if (cutHere) bytes = bytes.subarray(0, limit - this.#sentBytes);
    this.#sentBytes += bytes.length;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#response.off('close', done);
        resolve();
      };
      this.#response.once('close', done);
      this.#response.write(bytes, done);
    });
    if (this.left.aborted) return this.#gone();
    this.served.firstByteAtMs ??= performance.now();
    this.served.lastByteAtMs = performance.now();
    if (cutHere) this.#cut();
  }

  async #hang(): Promise<void> {
    this.#response.flushHeaders();
    await new Promise<void>((resolve) => {
      if (this.left.aborted) resolve();
      else this.left.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#over = true;
    this.served.end = 'fault';
    this.served.endedAtMs = performance.now();
  }

  #cut(): void {
    this.#over = true;
    this.served.end = 'fault';
    this.served.endedAtMs = performance.now();
    this.#response.socket?.destroy();
  }

  #gone(): void {
    if (this.#over) return;
    this.#over = true;
    this.served.end = 'aborted';
    this.served.endedAtMs = performance.now();
    this.#response.destroy();
  }

  #end(end: 'whole' | 'fault' = 'whole'): void {
    if (this.#over) return;
    this.#over = true;
    this.served.end = end;
    this.served.endedAtMs = performance.now();
    this.#response.end();
  }
}

/** What the code of an error inside a stream would have been as an answer. */
function statusOf(code: string): number {
  if (code.startsWith('Throttling')) return 429;
  return /^(Internal|System|Model(Serving|Service)|RequestTimeOut|ResponseTimeout)/.test(code) ? 500 : 400;
}
