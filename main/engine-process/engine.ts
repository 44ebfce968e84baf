/**
 * The engine: all of the studio behind four doors that any transport can knock at. The headless host reaches it through sockets
 * (`socket-server.ts`), the desktop shell through message ports.
 */
import { open } from 'node:fs/promises';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import { answerHealth } from '../live/supervisor/health-server.ts';
import { createRouter, rpcOptions } from '../rpc/router.ts';
import type { MediaProvider, PreviewChannel } from '../studio/service.ts';
import { openStudioService, type StudioService, type StudioServiceOptions } from '../studio/studio-service.ts';
import { answerMedia } from './media.ts';
import { SNIFF_BYTES, sniffMediaType } from './media-types.ts';
import { answerUpload } from './upload.ts';

type RpcSocket = Parameters<SocketHandler<Record<never, never>>['upgrade']>[0];
type RpcPort = Parameters<PortHandler<Record<never, never>>['upgrade']>[0];

export interface Engine extends AsyncDisposable {
  readonly studio: StudioService;
  /** `/media/…`, `/upload`, `/health` and `/metrics`; 404 for the rest. */
  fetch(request: Request): Promise<Response>;
  serveRpcSocket(socket: RpcSocket): void;
  serveRpcPort(port: RpcPort): void;
  servePreview(channel: PreviewChannel): void;
}

export interface EngineOptions extends StudioServiceOptions {
  uploadLimitBytes?: number | undefined;
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const studio = await openStudioService(options);
  const router: AnyRouter = createRouter(studio.services);
  const sockets = new SocketHandler<Record<never, never>>(router, rpcOptions);
  const ports = new PortHandler<Record<never, never>>(router, rpcOptions);
  const providers = { asset: assetMedia(studio), ...studio.media };
  return {
    studio,
    async fetch(request) {
      const url = new URL(request.url);
      const reading = request.method === 'GET' || request.method === 'HEAD';
      if (url.pathname.startsWith('/media/') && reading) return await answerMedia(request, url, providers);
      if (url.pathname === '/upload' && request.method === 'POST')
        return await answerUpload(request, studio.storage.assets, options.uploadLimitBytes);
      const health = reading ? answerHealth(url.pathname, studio.health(), { idleIsHealthy: true }) : null;
      if (health !== null)
        return new Response(health.body, {
          status: health.status,
          headers: { 'content-type': health.contentType, 'cache-control': 'no-store' },
        });
      return new Response('not found', { status: 404 });
    },
    serveRpcSocket(socket) {
      void sockets.upgrade(socket, { context: {} });
    },
    serveRpcPort(port) {
      ports.upgrade(port, { context: {} });
    },
    servePreview: studio.preview,
    [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose](),
  };
}

/** `/media/asset/<sha256>`: a file of the store, as what its bytes say it is. */
function assetMedia({ storage }: Pick<StudioService, 'storage'>): MediaProvider {
  return async ([sha256 = '', ...more], { query }) => {
    if (!/^[0-9a-f]{64}$/.test(sha256) || more.length > 0) return null;
    const path = await storage.assets.resolve({ sha256, mediaType: '', fileName: '' });
    const file = await open(path, 'r');
    try {
      const head = new Uint8Array(SNIFF_BYTES);
      const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0);
      const mediaType = sniffMediaType(head.subarray(0, bytesRead)) ?? 'application/octet-stream';
      const fileName = query.get('download') || sha256;
      return { body: { kind: 'file', path }, mediaType, fileName, immutable: true };
    } finally {
      await file.close();
    }
  };
}
