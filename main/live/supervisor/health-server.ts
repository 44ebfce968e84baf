/** `/health` and `/metrics` of shows: the answers, and a small server of them on loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StudioError } from '../../../app/errors/index.ts';
import { healthReport, isHealthy, type LiveHealth, prometheusText } from '../../../app/live/health.ts';

export interface HealthAnswer {
  status: 200 | 503;
  contentType: string;
  body: string;
}

/**
 * null: neither of the two. Healthy is when every show is; with no show on air there is nothing unwell in a studio (`idleIsHealthy`),
 * and everything in a process that has no other purpose.
 */
export function answerHealth(
  pathname: string,
  shows: readonly LiveHealth[],
  { idleIsHealthy }: { idleIsHealthy: boolean },
): HealthAnswer | null {
  if (pathname === '/metrics')
    return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: prometheusText(shows) };
  if (pathname !== '/health') return null;
  const healthy = shows.length === 0 ? idleIsHealthy : shows.every(({ status }) => isHealthy(status));
  const body = JSON.stringify({ healthy, shows: shows.map(healthReport) });
  return { status: healthy ? 200 : 503, contentType: 'application/json; charset=utf-8', body };
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * On loopback alone, to be read by programs of this machine; a page of a browser can neither read it nor reach it under another name.
 * @param port 0: any free one
 * @throws StudioError live.health-port-taken
 */
export async function startHealthServer(port: number, shows: () => readonly LiveHealth[]): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const own = (server.address() as AddressInfo | null)?.port;
    const host = request.headers.host?.toLowerCase();
    const known = [`127.0.0.1:${own}`, `localhost:${own}`].includes(host ?? '');
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const pathname = (request.url ?? '/').split('?')[0]!;
    const answer = known && reading ? answerHealth(pathname, shows(), { idleIsHealthy: false }) : null;
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (answer === null) {
      response.writeHead(known ? 404 : 400, { 'content-type': 'text/plain' }).end('not found');
      return;
    }
    response.writeHead(answer.status, { 'content-type': answer.contentType });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new StudioError('live.health-port-taken', { port }, { cause }) : cause),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
