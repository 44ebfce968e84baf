/**
 * The local web host: serves the interface, lets in whom it may (`access.ts`), and hands calls, media and uploads on to the engine's
 * process, bytes as they are. It holds no state of the studio, so it stays up when the engine falls, and an open page comes back
 * by itself when the host is started anew.
 */
import { createServer, type IncomingMessage, request as requestEngine, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { type Duplex, pipeline } from 'node:stream';
import { StudioError } from '../../../app/errors/index.ts';
import { ENGINE_KEY_HEADER } from '../../engine-process/protocol.ts';
import { type EngineAddress, type EngineProcess, startEngineProcess } from '../../engine-process/supervisor.ts';
import {
  createGate,
  type Gate,
  isMetrics,
  loadSecret,
  mayReadMetrics,
  metricsToken,
  type RequestFacts,
  type Verdict,
} from './access.ts';
import { deniedPage, securityHeaders, welcomePage } from './pages.ts';
import { openStaticFiles, type StaticFiles } from './static-files.ts';

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 7860;
/** Tried in turn when nobody asked for a certain port and the first is taken. */
const PORTS_TRIED = 20;
const ENGINE_PATIENCE_MS = 30_000;

export interface HostOptions {
  /** Data folder of the studio; the host keeps its secret there. */
  dataDir: string;
  ffmpegPath?: string | undefined;
  /** The built interface. */
  rendererDir: string;
  host?: string | undefined;
  /** Exactly this one, 0 for any free one; undefined: the usual one or one near it. */
  port?: number | undefined;
  onCrash?: ((error: StudioError) => void) | undefined;
  /** A link was used; here is the next. */
  onWelcome?: ((nextUrl: string) => void) | undefined;
}

export interface Host {
  readonly port: number;
  /** A link that lets one browser in. */
  newUrl(): string;
  /** What a program shows to read `/health` and `/metrics`. */
  readonly metricsToken: string;
  readonly engine: EngineProcess;
  /** Resolves when the engine's process is gone and the port free. Safe to call twice. */
  close(): Promise<void>;
}

/** @throws StudioError `host.port-taken`, `host.address-not-usable`, `host.interface-missing`, `storage.*` */
export async function startHost(options: HostOptions): Promise<Host> {
  const { dataDir, ffmpegPath, onCrash } = options;
  // It takes the longest of all: it starts while the rest is made ready.
  const engine = startEngineProcess({ dataDir, ffmpegPath, onCrash });
  try {
    return await hostOf(engine, options);
  } catch (error) {
    await engine.end();
    throw error;
  }
}

async function hostOf(engine: EngineProcess, options: HostOptions): Promise<Host> {
  const bind = options.host ?? DEFAULT_HOST;
  const [files, secret] = await Promise.all([openStaticFiles(options.rendererDir), loadSecret(options.dataDir)]);
  let gate: Gate | undefined;
  const context = (): Context => ({
    gate: gate!,
    secret,
    engine,
    files,
    onWelcome: () => options.onWelcome?.(newUrl()),
  });
  const server = createServer((request, response) => void answer(request, response, context()));
  server.requestTimeout = 0;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    handUp(request, socket, head, context()),
  );
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const port = await listen(server, bind, options.port);
  const shownHost = isAny(bind) ? '127.0.0.1' : bind.includes(':') ? `[${bind}]` : bind;
  const newUrl = (): string => `http://${shownHost}:${port}/?token=${gate!.newToken()}`;
  gate = createGate({ secret, port, hosts: isAny(bind) ? ownNames() : [shownHost] });

  let closing: Promise<void> | undefined;
  return {
    port,
    newUrl,
    metricsToken: metricsToken(secret),
    engine,
    close() {
      closing ??= (async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        await engine.end();
        for (const socket of sockets) socket.destroy();
        await closed;
      })();
      return closing;
    },
  };
}

interface Context {
  gate: Gate;
  secret: Uint8Array;
  engine: EngineProcess;
  files: StaticFiles;
  onWelcome(): void;
}

const factsOf = (request: IncomingMessage, upgrade: boolean): RequestFacts => ({
  method: request.method ?? 'GET',
  url: request.url ?? '/',
  header(name) {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  },
  upgrade,
});

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const { gate, files } = context;
  try {
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    const facts = factsOf(request, false);
    const verdict = gate.judge(facts);
    if (mayReadMetrics(facts, verdict, context.secret)) return await handOn(request, response, context);
    if (verdict.access === 'refused') return refuse(response, verdict, facts);
    const url = URL.parse(facts.url, 'http://studio');
    if (url === null) return void response.writeHead(400, { 'content-type': 'text/plain' }).end('address');
    if (verdict.access === 'welcome') {
      // A page that leads on, not a redirect: after one from a foreign page, browsers would hold a strict cookie back.
      response.writeHead(200, { 'set-cookie': verdict.cookie, 'content-type': 'text/html; charset=utf-8' });
      response.end(welcomePage);
      return context.onWelcome();
    }
    if (url.searchParams.has('token') && url.pathname === '/')
      return void response.writeHead(303, { location: '/' }).end();
    if (url.pathname.startsWith('/media/') || url.pathname === '/upload' || isMetrics(url.pathname))
      return await handOn(request, response, context);
    const reading = facts.method === 'GET' || facts.method === 'HEAD';
    if (reading && (await files.serve(url.pathname, response, facts.method === 'GET'))) return;
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const { toWireError } = await import('../../studio/wire-error.ts');
    const wire = toWireError(error);
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end(JSON.stringify({ error: wire }));
  }
}

function refuse(response: ServerResponse, verdict: Extract<Verdict, { access: 'refused' }>, facts: RequestFacts): void {
  const asPage = verdict.status !== 400 && facts.header('accept')?.includes('text/html') === true;
  response.writeHead(verdict.status, {
    'content-type': asPage ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(asPage ? deniedPage : verdict.reason);
}

/** What of a request the engine needs to know; not the cookie. */
const FORWARDED = ['content-type', 'content-length', 'transfer-encoding', 'range', 'accept', 'x-file-name'];

/** To the engine and back, byte by byte, each side as fast as the other. */
async function handOn(request: IncomingMessage, response: ServerResponse, { engine }: Context): Promise<void> {
  const { path, key } = await engine.address(AbortSignal.timeout(ENGINE_PATIENCE_MS));
  const headers: Record<string, string> = { host: 'studio', [ENGINE_KEY_HEADER]: key };
  for (const name of FORWARDED) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  await new Promise<void>((resolve, reject) => {
    const onward = requestEngine(
      { socketPath: path, path: request.url, method: request.method, headers },
      (answered) => {
        for (const [name, value] of Object.entries(answered.headers)) {
          if (value !== undefined && name !== 'connection' && name !== 'keep-alive') response.setHeader(name, value);
        }
        // What the engine did not read of an upload it does not want; nothing of it is waited for.
        if (!request.complete && request.method === 'POST') response.setHeader('connection', 'close');
        response.writeHead(answered.statusCode ?? 502);
        pipeline(answered, response, () => resolve());
      },
    );
    onward.on('error', (error) => (response.headersSent ? resolve() : reject(crashed(error))));
    response.on('close', () => onward.destroy());
    // Its errors are the request's or the response's.
    pipeline(request, onward, () => {});
  });
}

const crashed = (cause: unknown): StudioError => new StudioError('host.engine-crashed', {}, { cause, retryable: true });

/** A WebSocket: after the check the two sockets are tied together, and the engine speaks with the page itself. */
function handUp(request: IncomingMessage, socket: Duplex, head: Buffer, { gate, engine }: Context): void {
  socket.on('error', () => socket.destroy());
  const facts = factsOf(request, true);
  const verdict = gate.judge(facts);
  const pathname = facts.url.split('?')[0];
  const refusal =
    verdict.access === 'refused' ? verdict.status : pathname === '/rpc' || pathname === '/preview' ? null : 404;
  if (refusal !== null) {
    end(socket, refusal);
    return;
  }
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  engine.address(AbortSignal.any([gone.signal, AbortSignal.timeout(ENGINE_PATIENCE_MS)])).then(
    (address) => tie(request, socket, head, address),
    () => end(socket, 503),
  );
}

const WS_HEADERS = ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol'];

function tie(request: IncomingMessage, socket: Duplex, head: Buffer, { path, key }: EngineAddress): void {
  const onward = connect(path);
  onward.once('connect', () => {
    const lines = WS_HEADERS.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [`${name}: ${value}`] : [];
    });
    lines.unshift(`GET ${request.url} HTTP/1.1`, 'host: studio', `${ENGINE_KEY_HEADER}: ${key}`);
    onward.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (head.length > 0) onward.write(head);
    pipeline(socket, onward, () => onward.destroy());
    pipeline(onward, socket, () => socket.destroy());
  });
  onward.once('error', () => end(socket, 503));
}

const STATUS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};
function end(socket: Duplex, status: number): void {
  if (!socket.destroyed)
    socket.end(`HTTP/1.1 ${status} ${STATUS[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

const isAny = (bind: string): boolean => bind === '0.0.0.0' || bind === '::';

/** How other machines may call this one. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const literal = ({ address, family }: { address: string; family: string }): string =>
    family === 'IPv6' ? `[${address.split('%')[0]}]` : address;
  return [hostname(), `${hostname()}.local`, ...addresses.map(literal)];
}

async function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number | undefined,
): Promise<number> {
  const candidates =
    port !== undefined ? [port] : Array.from({ length: PORTS_TRIED }, (_, index) => DEFAULT_PORT + index);
  for (const candidate of candidates) {
    try {
      return await listenOn(server, host, candidate);
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port === undefined) continue;
      if (code === 'EADDRINUSE') throw new StudioError('host.port-taken', { port: candidate, host }, { cause });
      throw new StudioError(
        'host.address-not-usable',
        { host: `${host}:${candidate}`, detail: code || message },
        { cause },
      );
    }
  }
  throw new StudioError('host.port-taken', { port: DEFAULT_PORT, host });
}

function listenOn(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
