import { spawn } from 'node:child_process';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface RemuxOptions {
  /** An FLV file, whole or cut off. */
  from: string;
  to: string;
  ffmpegPath: string;
  signal: AbortSignal;
}

const MOST_WORDS = 4_000;

/**
 * The same pictures and sounds as MP4, its index first. There is nothing under the final name before it is whole.
 * @throws Error with what ffmpeg said; signal.reason
 */
export async function remuxToMp4({ from, to, ffmpegPath, signal }: RemuxOptions): Promise<void> {
  signal.throwIfAborted();
  const part = join(dirname(to), `.${basename(to)}.${process.pid}.part.mp4`);
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-y',
    '-i',
    from,
    '-map',
    '0',
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    part,
  ];
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(ffmpegPath, args, { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
      let words = '';
      const onAbort = (): void => void child.kill('SIGKILL');
      signal.addEventListener('abort', onAbort, { once: true });
      child.stderr.on('data', (piece: Buffer) => {
        words = (words + piece.toString()).slice(-MOST_WORDS);
      });
      child.once('error', reject);
      child.once('close', (code, by) => {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) reject(signal.reason);
        else if (code === 0) resolve();
        else reject(new Error(words.trim().split('\n').at(-1) ?? `ffmpeg ended with ${by ?? code}`));
      });
    });
    const file = await open(part, 'r+');
    try {
      if ((await file.stat()).size === 0) throw new Error('nothing in it');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
