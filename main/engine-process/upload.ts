/** `POST /upload`: a file into the store, as it comes. Answers its `AssetRef`, or a wire error. */
import { UPLOAD_LIMIT_BYTES } from '../../app/contract/index.ts';
import type { AssetRef } from '../../app/document/asset.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { AssetStore } from '../storage/assets.ts';
import { toWireError } from '../studio/wire-error.ts';
import { declaredMediaType, SNIFF_BYTES, sniffMediaType } from './media-types.ts';

const MAX_NAME = 200;
const MB = 1024 * 1024;

export async function answerUpload(
  request: Request,
  assets: Pick<AssetStore, 'receive'>,
  limitBytes: number = UPLOAD_LIMIT_BYTES,
): Promise<Response> {
  try {
    return Response.json(await takeIn(request, assets, limitBytes), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    request.signal.throwIfAborted();
    const wire = toWireError(error);
    const status = wire.code === 'host.upload-too-large' ? 413 : wire.code === 'storage.disk-full' ? 507 : 400;
    return Response.json({ error: wire }, { status, headers: { 'cache-control': 'no-store' } });
  }
}

async function takeIn(request: Request, assets: Pick<AssetStore, 'receive'>, limitBytes: number): Promise<AssetRef> {
  const tooLarge = (): StudioError =>
    new StudioError('host.upload-too-large', { limitMb: Math.floor(limitBytes / MB) || 1 });
  const announced = request.headers.get('content-length');
  if (announced !== null && Number(announced) > limitBytes) throw tooLarge();
  const body = request.body;
  if (body === null) throw new StudioError('host.upload-broken-off', {}, { retryable: true });

  const head: number[] = [];
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > limitBytes) throw tooLarge();
      if (head.length < SNIFF_BYTES) head.push(...piece.subarray(0, SNIFF_BYTES - head.length));
      yield piece;
    }
    if (announced !== null && bytes !== Number(announced))
      throw new StudioError('host.upload-broken-off', {}, { retryable: true });
    if (bytes === 0) throw new StudioError('host.upload-empty');
  }
  const received = await assets.receive(counted(), { signal: request.signal });
  try {
    await received.keep();
  } finally {
    await received.discard();
  }
  const mediaType = sniffMediaType(Uint8Array.from(head)) ?? declaredMediaType(request.headers.get('content-type'));
  return { sha256: received.sha256, mediaType, fileName: fileNameOf(request.headers.get('x-file-name')) };
}

/** The last part of what the sender calls it, without what a file's name cannot hold. Never used as a path. */
function fileNameOf(header: string | null): string {
  let name = header ?? '';
  try {
    name = decodeURIComponent(name);
  } catch {
    // as it came
  }
  const last = name.split(/[/\\]/).at(-1) ?? '';
  return [...last.replace(/\p{Cc}|\p{Cf}/gu, '').trim()].slice(0, MAX_NAME).join('');
}
