import type { OutputFormat, OutputSettings } from '../../app/document/output.ts';
import { StudioError } from '../../app/errors/index.ts';
import { aigcJson, aigcLabel } from '../../app/media/aigc.ts';
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import { type EmbeddedTags, neededEncoders, type VideoShape, WEBM_VIDEO_ENCODERS } from './ffmpeg/args.ts';
import { chooseVideoEncoder } from './ffmpeg/encoders.ts';
import type { Ffmpeg } from './ffmpeg/locate.ts';
import type { EncodeProgress } from './ffmpeg/progress.ts';
import { openFfmpegSink } from './ffmpeg-sink.ts';
import { openPartFile } from './part-file.ts';
import { openWavSink } from './wav-sink.ts';

export interface OutputMetadata {
  /** Unique to this output; plain ASCII. Becomes the label's ProduceID. */
  produceId: string;
  /** Name and version of this program: `Shenghua Studio 0.1.0`. */
  software: string;
  /** The label's ContentProducer; the software unless given. */
  contentProducer?: string;
  /** Now unless given. */
  createdAt?: Date;
  title?: string;
}

export interface OpenEncoderOptions {
  /** Not needed for WAV. */
  ffmpeg?: Ffmpeg | undefined;
  format: OutputFormat;
  /** Even. Like fps and alpha of no meaning for WAV. */
  widthPx: number;
  heightPx: number;
  fps: number;
  /** Frames are yuva420p (i420aBytes); for WebM and GIF only. */
  alpha: boolean;
  output: OutputSettings;
  /**
   * The sound, whole and no longer written to: raw mono PCM s16le at SAMPLE_RATE, to stay until the sink is done. It may be
   * shorter or longer than the picture. A GIF takes none, a WAV must have it, a film without one is silent.
   */
  soundPath?: string | undefined;
  outPath: string;
  metadata: OutputMetadata;
  /** Where trials of hardware encoders are remembered. */
  cacheDir: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: EncodeProgress) => void) | undefined;
  /** Length of the whole, if known: lets "disk full" say how much room is needed. */
  expectedDurationMs?: number | undefined;
  /** How long the encoder may make no progress while frames wait; 30 s unless given. */
  stallMs?: number | undefined;
}

const STALL_MS = 30_000;

/**
 * Opens the output. WAV takes no picture: frames written to it are dropped. A title's control characters are dropped.
 *
 * Aborting the signal is abort(): pending and later calls reject with the signal's reason.
 * @throws RangeError for odd sizes, wrong frame lengths, alpha where the format has none
 * @throws StudioError media.*: no encoder for the format, unwritable output, full disk, encoder killed, stalled or failed
 */
export async function openEncoder(options: OpenEncoderOptions): Promise<EncoderSink> {
  const { format, widthPx, heightPx, fps, alpha, output, soundPath, outPath, cacheDir, signal } = options;
  signal?.throwIfAborted();
  const tags = embeddedTags(options.metadata);
  if (format === 'wav') {
    if (soundPath === undefined) throw new RangeError('a WAV needs a sound');
    return openWavSink({ part: await openPartFile(outPath), soundPath, tags, signal });
  }
  const shape: VideoShape = { widthPx, heightPx, fps, alpha };
  assertShape(shape, format);
  const { ffmpeg } = options;
  if (!ffmpeg) throw new RangeError(`${format} needs an ffmpeg`);
  assertEncoders(ffmpeg, format);
  const encoder =
    format === 'gif'
      ? 'gif'
      : format === 'webm'
        ? WEBM_VIDEO_ENCODERS.find((name) => ffmpeg.encoders.has(name))!
        : (await chooseVideoEncoder(ffmpeg, { mode: output.encoder, widthPx, heightPx, fps }, cacheDir, signal)).name;
  return await openFfmpegSink({
    ...{ ffmpeg, format, shape, encoder, output, soundPath, tags, cacheDir, signal },
    frameBytes: alpha ? i420aBytes(widthPx, heightPx) : i420Bytes(widthPx, heightPx),
    part: await openPartFile(outPath),
    onProgress: options.onProgress ?? (() => {}),
    expectedFrames:
      options.expectedDurationMs === undefined ? undefined : Math.ceil((options.expectedDurationMs / 1000) * fps),
    stallMs: options.stallMs ?? STALL_MS,
  });
}

function embeddedTags(metadata: OutputMetadata): EmbeddedTags {
  const { produceId, software, contentProducer = software, createdAt = new Date(), title } = metadata;
  return {
    aigc: aigcJson(aigcLabel({ contentProducer, produceId })),
    software: plainLine(software),
    createdAt,
    title: title === undefined ? undefined : plainLine(title),
  };
}

/** No control characters: NUL cannot be an argument, line ends break some readers. Lone surrogates become U+FFFD. */
const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();

function assertShape({ widthPx, heightPx, fps, alpha }: VideoShape, format: OutputFormat): void {
  const even = (px: number): boolean => Number.isInteger(px) && px >= 2 && px % 2 === 0;
  if (!even(widthPx) || !even(heightPx)) throw new RangeError(`width and height must be even: ${widthPx}x${heightPx}`);
  if (!(fps > 0 && fps <= 240)) throw new RangeError(`fps out of range: ${fps}`);
  if (alpha && format === 'mp4') throw new RangeError('MP4 has no alpha; use WebM');
}

function assertEncoders(ffmpeg: Ffmpeg, format: OutputFormat): void {
  for (const anyOf of neededEncoders(format)) {
    if (anyOf.some((name) => ffmpeg.encoders.has(name))) continue;
    throw new StudioError('media.encoder-missing', { path: ffmpeg.path, format, encoder: anyOf.join(' / ') });
  }
}
