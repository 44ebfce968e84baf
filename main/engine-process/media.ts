/** `GET /media/<kind>/…`: pictures, sound and films, whole or in part (Range, RFC 9110 §14), never as something a page would run. What fails is told as a wire error. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { StudioError } from '../../app/errors/index.ts';
import type { MediaContent, MediaProviders } from '../studio/service.ts';
import { toWireError } from '../studio/wire-error.ts';
import { isHarmless } from './media-types.ts';

export async function answerMedia(request: Request, url: URL, providers: MediaProviders): Promise<Response> {
  const [kind, ...rest] = pathParts(url.pathname) ?? [];
  const provider = kind !== undefined && Object.hasOwn(providers, kind) ? providers[kind] : undefined;
  if (provider === undefined || rest.length === 0) return notFound();
  let content: MediaContent | null;
  try {
    content = await provider(rest, { query: url.searchParams, signal: request.signal });
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof StudioError && /missing|not-found|unknown/.test(error.code)) return notFound();
    return Response.json({ error: toWireError(error) }, { status: 500, headers: { 'cache-control': 'no-store' } });
  }
  return content === null ? notFound() : await serve(request, url, content);
}

/** The decoded parts below `/media/`; null for a path that tries to be clever. */
function pathParts(pathname: string): string[] | null {
  try {
    const parts = pathname.split('/').slice(2).map(decodeURIComponent);
    const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[/\\\0]/.test(part));
    return plain ? parts : null;
  } catch {
    return null;
  }
}

async function serve(request: Request, url: URL, content: MediaContent): Promise<Response> {
  const { body, mediaType, immutable = false } = content;
  const shown = isHarmless(mediaType);
  const headers = new Headers({
    'content-type': shown ? mediaType : 'application/octet-stream',
    'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  });
  if (!shown || url.searchParams.has('download')) headers.set('content-disposition', attachment(content.fileName));
  const withBody = request.method !== 'HEAD';
  if (body.kind === 'stream')
    return new Response(withBody ? webStream(Readable.from(body.pieces), request.signal) : null, { headers });

  let size: number;
  if (body.kind === 'bytes') size = body.bytes.length;
  else {
    const info = await stat(body.path).catch(() => null);
    if (!info?.isFile()) return notFound();
    size = info.size;
  }
  headers.set('accept-ranges', 'bytes');
  const range = readRange(request.headers.get('range'), size);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: size - 1 };
  if (range !== null) headers.set('content-range', `bytes ${from}-${to}/${size}`);
  headers.set('content-length', String(to - from + 1));
  const status = range === null ? 200 : 206;
  if (!withBody || size === 0) return new Response(null, { status, headers });
  const part =
    body.kind === 'bytes'
      ? new Uint8Array(body.bytes.subarray(from, to + 1))
      : webStream(createReadStream(body.path, { start: from, end: to }), request.signal);
  return new Response(part, { status, headers });
}

/** Read as it is fetched, and closed when nobody fetches any more. */
function webStream(source: Readable, signal: AbortSignal): ReadableStream<Uint8Array> {
  const stop = (): void => void source.destroy();
  signal.addEventListener('abort', stop, { once: true });
  source.once('close', () => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  return Readable.toWeb(source) as ReadableStream<Uint8Array>;
}

/** null: the whole. Several ranges at once are answered with the whole, as the standard allows. */
function readRange(header: string | null, size: number): { from: number; to: number } | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (from >= size) return 'unsatisfiable';
  return from > to ? null : { from, to };
}

/** RFC 6266, the name in RFC 8187's encoding only, so that no character of it means anything to a header. */
function attachment(fileName: string | undefined): string {
  if (!fileName) return 'attachment';
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

const notFound = (): Response => new Response('not found', { status: 404, headers: { 'cache-control': 'no-store' } });
