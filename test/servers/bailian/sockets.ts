/** The WebSocket doors: who may come in, and which module speaks with them. Each module registers itself in {@link routes}. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BailianContext, ServedRequest } from './context.ts';
import type { Fault, Surface } from './faults.ts';
import { GATEWAY_TEXT, LOGIN_PAGE } from './refusal.ts';
import { isiRoute } from './ws-isi.ts';
import { realtimeRoute } from './ws-realtime.ts';
import { taskRoute } from './ws-tasks.ts';

export interface SocketConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly context: BailianContext;
  /** What befalls this task or session: call it once for each. */
  take(surface: Surface): Fault | null;
  /** Enters a task or session into the log. */
  log(surface: Surface, model: string | null, firstFrame: unknown): ServedRequest;
}

export interface SocketRoute {
  /** Without a trailing slash, which is accepted too. */
  readonly path: string;
  /** The surfaces it may turn out to serve: a scripted refusal of any of them refuses the handshake. */
  readonly surfaces: readonly Surface[];
  /** null: let in. Absent: the account's key, as a bearer header. */
  readonly admit?: (
    request: IncomingMessage,
    url: URL,
    context: BailianContext,
  ) => { status: number; body: unknown } | null;
  accept(connection: SocketConnection): void;
}

const routes: readonly SocketRoute[] = [taskRoute, realtimeRoute, isiRoute];

const AT_THE_DOOR: readonly Fault['kind'][] = ['unauthorised', 'captive-portal', 'wrong-content-type'];

/** Upgrades of `server` from now on. The returned function closes every socket. */
export function attachSockets(server: Server, context: BailianContext): () => void {
  const wss = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024 });

  const refuse = (duplex: Duplex, status: number, reason: string, type: string, body: string) => {
    duplex.on('error', () => {});
    duplex.end(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  };

  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', context.origin);
    const path = url.pathname.replace(/\/+$/, '');
    const route = routes.find((entry) => entry.path === path);
    if (route === undefined) return refuse(duplex, 404, 'Not Found', 'text/plain', 'Not Found');

    const log = (surface: Surface, model: string | null, body: unknown) =>
      context.log({ surface, path, headers: request.headers, model, body });
    const surface = route.surfaces[0] ?? 'any';
    const drawn = context.faults.chance();
    const fault = context.faults.scripted(route.surfaces, AT_THE_DOOR) ?? drawn;
    const refusal = fault?.kind === 'unauthorised' ? invalidKey() : (route.admit ?? bearer)(request, url, context);
    if (refusal !== null) {
      const entry = log(surface, null, null);
      entry.status = refusal.status;
      entry.end = 'fault';
      entry.endedAtMs = performance.now();
      return refuse(duplex, refusal.status, 'Unauthorized', 'application/json', JSON.stringify(refusal.body));
    }
    if (fault !== null && AT_THE_DOOR.includes(fault.kind)) {
      const entry = log(surface, null, null);
      entry.status = 200;
      entry.end = 'fault';
      entry.endedAtMs = performance.now();
      const page = fault.kind === 'captive-portal';
      return refuse(duplex, 200, 'OK', page ? 'text/html' : 'text/plain', page ? LOGIN_PAGE : GATEWAY_TEXT);
    }

    let taken = 0;
    wss.handleUpgrade(request, duplex, head, (socket) => {
      socket.on('error', () => {});
      // The first task bears what chance had in store for the connection.
      const take = (at: Surface) => context.faults.scripted([at]) ?? (taken++ === 0 ? drawn : context.faults.chance());
      route.accept({ socket, request, url, context, log, take });
    });
  });

  return () => {
    for (const socket of wss.clients) socket.terminate();
    wss.close();
  };
}

function invalidKey(): { status: number; body: unknown } {
  return {
    status: 401,
    body: { code: 'InvalidApiKey', message: 'Invalid API-key provided.', request_id: crypto.randomUUID() },
  };
}

function bearer(
  request: IncomingMessage,
  _url: URL,
  context: BailianContext,
): { status: number; body: unknown } | null {
  return context.keyProblem(request.headers) === null ? null : invalidKey();
}
