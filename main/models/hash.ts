/** SHA-256 of files, as they are read. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { asStorageError } from '../files/failures.ts';

const PIECE_BYTES = 1024 * 1024;

/** @throws StudioError `storage.*`; whatever `signal` was aborted with */
export async function sha256Of(
  path: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => {},
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      hash.update(piece);
      bytes += piece.length;
      onBytes(piece.length);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asStorageError(error, path);
  }
  return { sha256: hash.digest('hex'), bytes };
}
