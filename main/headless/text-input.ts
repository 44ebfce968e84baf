/** Text that a person gives: on the command line, in a file of any common encoding, or through a pipe. */
import { createReadStream } from 'node:fs';
import { StudioError } from '../../app/errors/index.ts';
import { decodeText } from '../studio/script-import/text-encoding.ts';
import type { CommandConsole } from './console.ts';

const LIMIT_MB = 16;

/** @throws StudioError command.text-missing, -unreadable, -not-text, -too-large */
export async function readTextFile(path: string, signal: AbortSignal): Promise<string> {
  try {
    return decode(await gather(createReadStream(path, { signal }), path), path);
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause;
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new StudioError('command.text-missing', { path }, { cause });
    throw new StudioError('command.text-unreadable', { path, reason: String(cause.code) }, { cause });
  }
}

/** Everything piped in; on a terminal, what is typed up to its end. */
export async function readStdin(console: CommandConsole, signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) {
    const end = process.platform === 'win32' ? 'Ctrl-Z, Enter' : 'Ctrl-D';
    console.note(console.words({ en: `Type the text, then ${end}:`, zh: `请输入文字，以 ${end} 结束：` }));
  }
  const stop = (): void => {
    process.stdin.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const bytes = await gather(process.stdin, '-');
    signal.throwIfAborted();
    return decode(bytes, '-');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    process.stdin.destroy();
  }
}

async function gather(stream: AsyncIterable<Uint8Array>, path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > LIMIT_MB * 2 ** 20) throw new StudioError('command.text-too-large', { path, limitMb: LIMIT_MB });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function decode(bytes: Buffer, path: string): string {
  const text = decodeText(bytes);
  if (text === null) throw new StudioError('command.text-not-text', { path });
  return text;
}
