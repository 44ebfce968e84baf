/**
 * The engine behind a local socket (a file in a private folder, a named pipe on Windows), for the host in the other process: plain HTTP
 * for media and uploads, WebSockets at `/rpc` and `/preview`. The host has checked who asks; here only the host itself is, by a key
 * both were given at the start.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { PreviewChannel } from '../studio/service.ts';
import type { Engine } from './engine.ts';
import { ENGINE_KEY_HEADER } from './protocol.ts';

/** Of one message of the interface: a document of thousands of lines is a few MB. */
const MAX_RPC_MESSAGE = 64 * 1024 * 1024;
const MAX_PREVIEW_MESSAGE = 64 * 1024;
const PING_MS = 20_000;

export interface SocketServer {
  close(): Promise<void>;
}

export async function serveSockets(
  engine: Pick<Engine, 'fetch' | 'serveRpcSocket' | 'servePreview'>,
  { path, key }: { path: string; key: string },
): Promise<SocketServer> {
  const rpc = new WebSocketServer({ noServer: true, maxPayload: MAX_RPC_MESSAGE, perMessageDeflate: false });
  const preview = new WebSocketServer({ noServer: true, maxPayload: MAX_PREVIEW_MESSAGE, perMessageDeflate: false });
  const expected = Buffer.from(key);
  const isHost = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(String(headers[ENGINE_KEY_HEADER] ?? ''));
    return given.length === expected.length && timingSafeEqual(given, expected);
  };

  const server: Server = createServer((request, response) => {
    if (!isHost(request)) return void response.writeHead(403).end();
    void answer(request, response, engine.fetch);
  });
  // An upload of half a gigabyte over a slow line takes its time.
  server.requestTimeout = 0;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?')[0];
    if (!isHost(request)) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    else if (path === '/rpc') rpc.handleUpgrade(request, socket, head, (ws) => engine.serveRpcSocket(keptAlive(ws)));
    else if (path === '/preview')
      preview.handleUpgrade(request, socket, head, (ws) => engine.servePreview(previewChannel(keptAlive(ws))));
    else socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    async close() {
      for (const ws of [...rpc.clients, ...preview.clients]) ws.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A page that vanished without a word is noticed, so that what it listened to ends. */
function keptAlive(ws: WebSocket): WebSocket {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return ws.terminate();
    answered = false;
    ws.ping();
  }, PING_MS);
  timer.unref();
  ws.on('pong', () => {
    answered = true;
  });
  ws.on('close', () => clearInterval(timer));
  // A message too large, a broken frame: the connection ends, the page connects anew.
  ws.on('error', () => ws.terminate());
  return ws;
}

function previewChannel(ws: WebSocket): PreviewChannel {
  return {
    send(message) {
      if (ws.readyState === ws.OPEN) ws.send(message);
    },
    get bufferedBytes() {
      return ws.bufferedAmount;
    },
    onMessage(listener) {
      ws.on('message', (data: RawData, isBinary: boolean) => {
        if (!isBinary) listener(String(data));
      });
    },
    onClose(listener) {
      if (ws.readyState === ws.CLOSED) listener();
      else ws.on('close', listener);
    },
  };
}

/** A Fetch-style handler under Node's server. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the page is no longer interested'));
  });
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headersDistinct))
      for (const each of value ?? []) headers.append(name, each);
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const answered = await handler(
      new Request(new URL(request.url ?? '/', 'http://studio'), {
        ...{ method: request.method ?? 'GET', headers, signal: gone.signal },
        ...(hasBody && { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' as const }),
      }),
    );
    // What was not read is not waited for: the sender is told while it still sends.
    if (hasBody && !request.complete) response.setHeader('connection', 'close');
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    if (answered.body === null) response.end();
    else await pipeline(Readable.fromWeb(answered.body as never), response);
  } catch (error) {
    if (gone.signal.aborted || response.destroyed) return;
    if (response.headersSent) return void response.destroy();
    const detail = error instanceof Error ? error.message : String(error);
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(detail);
  }
}
