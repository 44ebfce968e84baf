/** Files named on the command line as the document's assets: hashed where they lie, copied nowhere. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { type ErrorCode, StudioError } from '../../app/errors/index.ts';
import { sniffFormat } from '../portrait/picture-format.ts';
import type { AssetSource } from '../storage/assets.ts';

export interface FileAssets extends AssetSource {
  /** @throws StudioError portrait.file-missing, portrait.file-unreadable */
  picture(path: string, signal: AbortSignal): Promise<AssetRef>;
  /** @throws StudioError speech.recording-missing, speech.recording-unreadable */
  recording(path: string, signal: AbortSignal): Promise<AssetRef>;
}

const HEAD_BYTES = 4096;

/** @param beside what a project file brings along: asked for everything that is not of the command line */
export function createFileAssets(beside: AssetSource | null): FileAssets {
  const paths = new Map<string, string>();
  const add = async (path: string, faults: { missing: ErrorCode; unreadable: ErrorCode }, signal: AbortSignal) => {
    const { sha256, head } = await digest(path, faults, signal);
    paths.set(sha256, resolve(path));
    return { sha256, mediaType: mediaTypeOf(head), fileName: basename(path).toWellFormed() };
  };
  return {
    picture: (path, signal) =>
      add(path, { missing: 'portrait.file-missing', unreadable: 'portrait.file-unreadable' }, signal),
    recording: (path, signal) =>
      add(path, { missing: 'speech.recording-missing', unreadable: 'speech.recording-unreadable' }, signal),
    async resolve(ref, options) {
      options?.signal?.throwIfAborted();
      const path = paths.get(ref.sha256);
      if (path !== undefined) return path;
      if (beside !== null) return await beside.resolve(ref, options);
      throw new StudioError('storage.asset-missing', { fileName: ref.fileName, path: ref.sha256 });
    },
  };
}

async function digest(
  path: string,
  { missing, unreadable }: { missing: ErrorCode; unreadable: ErrorCode },
  signal: AbortSignal,
): Promise<{ sha256: string; head: Buffer }> {
  const hash = createHash('sha256');
  let head: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
      hash.update(piece);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES - head.length)]);
    }
  } catch (cause) {
    signal.throwIfAborted();
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StudioError(missing, { path }, { cause });
    throw new StudioError(unreadable, { path, detail: code, reason: code }, { cause });
  }
  return { sha256: hash.digest('hex'), head };
}

/** By content; a name proves nothing. */
function mediaTypeOf(head: Buffer): string {
  const sniffed = sniffFormat(head);
  if (sniffed.kind === 'picture') return `image/${sniffed.format.toLowerCase()}`;
  const text = (start: number, end: number): string => head.toString('latin1', start, end);
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WAVE') return 'audio/wav';
  if (text(0, 4) === 'fLaC') return 'audio/flac';
  if (text(0, 4) === 'OggS') return 'audio/ogg';
  if (text(0, 3) === 'ID3' || (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0)) return 'audio/mpeg';
  if (text(4, 8) === 'ftyp') return 'audio/mp4';
  return 'application/octet-stream';
}
