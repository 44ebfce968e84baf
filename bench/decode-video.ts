/** A finished video read back by ffmpeg: its shape, its sound, its frames. Any ffmpeg does; no other tool is needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Rect } from '../main/engine/ports/lipsync.ts';
import type { PictureView } from '../native-models/face-mesh/square-crop.ts';

export interface VideoShape {
  width: number;
  height: number;
  fps: number;
}

/** From the header of its first frame in YUV4MPEG2 (https://wiki.multimedia.cx/index.php/YUV4MPEG2). */
export async function videoShape(ffmpegPath: string, video: string, signal: AbortSignal): Promise<VideoShape> {
  let header = '';
  const args = ['-i', video, '-map', '0:v:0', '-frames:v', '1', '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe', '-'];
  for await (const piece of decoded(ffmpegPath, args, signal)) {
    if (header.length < 200) header += piece.subarray(0, 200).toString('latin1');
  }
  const [, width, height, over, under] = /^YUV4MPEG2 W(\d+) H(\d+) F(\d+):(\d+) /.exec(header) ?? [];
  if (under === undefined) throw new Error(`no picture in ${video}`);
  return { width: Number(width), height: Number(height), fps: Number(over) / Number(under) };
}

/** Its frames in order, RGBA; a part of each scaled to a square of `sidePx` where `square` is given. */
export async function* videoFrames(
  ffmpegPath: string,
  video: string,
  shape: VideoShape,
  square: { part: Rect; sidePx: number } | null,
  signal: AbortSignal,
): AsyncGenerator<PictureView> {
  const { width, height } = square === null ? shape : { width: square.sidePx, height: square.sidePx };
  const filter =
    square === null
      ? []
      : [
          '-vf',
          `crop=${square.part.width}:${square.part.height}:${square.part.x}:${square.part.y},scale=${width}:${height}`,
        ];
  const args = ['-i', video, '-map', '0:v:0', ...filter, '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'];
  const bytes = width * height * 4;
  let frame = new Uint8Array(bytes);
  let filled = 0;
  for await (const piece of decoded(ffmpegPath, args, signal)) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + bytes - filled);
      frame.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < bytes) continue;
      yield { width, height, rgba: frame };
      frame = new Uint8Array(bytes);
      filled = 0;
    }
  }
}

/** All its sound, mono −1..1; empty without any. */
export async function videoSound(
  ffmpegPath: string,
  video: string,
  sampleRate: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const pieces: Buffer[] = [];
  const args = ['-i', video, '-map', '0:a:0?', '-ac', '1', '-ar', String(sampleRate), '-f', 's16le', '-'];
  for await (const piece of decoded(ffmpegPath, args, signal)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2) / 32_768);
}

/** What ffmpeg writes, piece by piece. Who stops reading ends it. */
export async function* decoded(
  ffmpegPath: string,
  args: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  signal.throwIfAborted();
  const child = spawn(ffmpegPath, ['-hide_banner', '-nostdin', '-v', 'error', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  closed.catch(() => undefined);
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(-1000)));
  const onAbort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const piece of child.stdout as Readable) yield piece as Buffer;
    const [code] = await closed;
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`ffmpeg could not read the video (${code}): ${told}`);
  } finally {
    signal.removeEventListener('abort', onAbort);
    child.kill('SIGKILL');
  }
}
