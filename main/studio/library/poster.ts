/** A still of a finished film, for lists and players. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputFormat } from '../../../app/document/output.ts';
import type { Ffmpeg } from '../../media/ffmpeg/locate.ts';
import { runCaptured } from '../../media/ffmpeg/run.ts';

const MAX_SIDE_PX = 640;
const TIMEOUT_MS = 30_000;

export interface PosterRequest {
  ffmpeg: Ffmpeg;
  videoPath: string;
  format: Exclude<OutputFormat, 'wav'>;
  alpha: boolean;
  durationMs: number;
  folder: string;
  signal: AbortSignal;
}

/** Its name in `folder`; null when none could be made, which spoils nothing. */
export async function makePoster(request: PosterRequest): Promise<string | null> {
  const { ffmpeg, videoPath, format, alpha, durationMs, folder, signal } = request;
  const name = alpha ? 'poster.png' : 'poster.jpg';
  const path = join(folder, name);
  // Past the first breath, before the end.
  const atSeconds = Math.min(1500, durationMs * 0.4) / 1000;
  const scale = `scale=w='min(${MAX_SIDE_PX},iw)':h='min(${MAX_SIDE_PX},ih)':force_original_aspect_ratio=decrease`;
  const captured = await runCaptured(
    ffmpeg.path,
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-ss', atSeconds.toFixed(3)],
      // The decoder of ffmpeg's own leaves the alpha plane out.
      ...(alpha && format === 'webm' ? ['-c:v', 'libvpx-vp9'] : []),
      ...['-i', `file:${videoPath}`, '-map', '0:v:0', '-frames:v', '1', '-vf', scale],
      ...(alpha ? ['-pix_fmt', 'rgba', '-c:v', 'png'] : ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '4']),
      ...['-f', 'image2', '-update', '1', '-y', `file:${path}`],
    ],
    { timeoutMs: TIMEOUT_MS, signal },
  );
  const made = captured.exitCode === 0 && ((await stat(path).catch(() => null))?.size ?? 0) > 0;
  if (!made) await rm(path, { force: true });
  return made ? name : null;
}
