/**
 * `studio://app/`: the interface's files, and the studio's media and uploads by the same relative addresses as in a browser.
 * An address that is none of these is not there.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomScheme } from 'electron';
import { interfaceTypeOf } from '../../app/media/interface-types.ts';
import { securityHeaders } from '../headless/serve/pages.ts';

export const APP_URL = 'studio://app/';

/** Standard and secure, so that it has an origin, storage, fetch, audio worklets and cameras like any https page. */
export const APP_SCHEME: CustomScheme = {
  scheme: 'studio',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === 'studio:' && parsed.host === 'app';
}

const answer = (status: number, text: string): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });

export interface AppProtocolOptions {
  /** Where the built interface lies; inside the archive too. */
  rendererDir: string;
  engine: { fetch(request: Request): Promise<Response> };
}

export function createAppProtocol({
  rendererDir,
  engine,
}: AppProtocolOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isOurs(request.url)) return answer(404, 'Not found');
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/media/') || pathname === '/upload') {
      try {
        return await engine.fetch(request);
      } catch (error) {
        return answer(503, `The engine is not there: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Not allowed');
    const path = filePath(pathname);
    const kind = path === null ? undefined : interfaceTypeOf(path);
    if (path === null || kind === undefined) return answer(404, 'Not found');
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(await readFile(join(rendererDir, path)));
    } catch {
      return answer(404, 'Not found');
    }
    return new Response(request.method === 'HEAD' ? null : bytes, {
      headers: {
        'content-type': kind,
        'content-length': String(bytes.length),
        ...Object.fromEntries(securityHeaders),
      },
    });
  };
}

/** Below the folder, or null: nothing of the address may lead out of it, whichever way the system writes paths. */
function filePath(pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname).slice(1) || 'index.html';
  } catch {
    return null;
  }
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part))) return null;
  return join(...parts);
}
