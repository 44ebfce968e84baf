/** What an export will be like before it is made: how long, how large. */
import type { OutputFormat } from '../../../app/document/output.ts';
import type { Project } from '../../../app/document/project.ts';
import { chooseStageSize, type StageSize } from '../../../app/media/stage-size.ts';

/** A talking head changes little from frame to frame; measured on the sample talks at 1280×720, 25 fps. */
const MP4_KBPS_AT_CRF_20 = 500;
const WEBM_KBPS = 900;
const GIF_BYTES_PER_PIXEL = 0.16;
/** 48 kHz, 16 bit, one channel. */
const WAV_BYTES_PER_SECOND = 96_000;

export interface Outline {
  size: StageSize;
  fps: number;
  bytes: number;
}

/** @param document of one file, as `documentFor` makes it */
export function outlineOf({ stage, output }: Project, format: OutputFormat, durationMs: number): Outline {
  // Without a size of its own the stage takes the picture's shape; how wide that is, is known when it is set.
  const size = chooseStageSize(stage.size, 16 / 9);
  const seconds = durationMs / 1000;
  return { size, fps: stage.fps, bytes: seconds * bytesPerSecond(size, stage.fps, output, format) };
}

function bytesPerSecond(size: StageSize, fps: number, output: Project['output'], format: OutputFormat): number {
  const pixels = size.widthPx * size.heightPx;
  const scale = (pixels / (1280 * 720)) * (fps / 25) ** 0.6;
  switch (format) {
    case 'mp4':
      return ((MP4_KBPS_AT_CRF_20 * scale * 2 ** ((20 - output.crf) / 6) + output.audioBitrateKbps) * 1000) / 8;
    case 'webm':
      return ((WEBM_KBPS * scale + output.audioBitrateKbps) * 1000) / 8;
    case 'gif':
      return pixels * fps * GIF_BYTES_PER_PIXEL;
    case 'wav':
      return WAV_BYTES_PER_SECOND;
  }
}
