/**
 * Argument lists for every output, as pure functions. They hold for the 2018 build inside @ffmpeg-installer and for
 * current ones: only options that both know, colour tagged on the input (so that frames carry it through filters)
 * and on the output (so that encoders write it).
 */
import type { OutputFormat, OutputSettings } from '../../../app/document/output.ts';
import { AIGC_KEY } from '../../../app/media/aigc.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';

export const HARDWARE_ENCODERS = ['h264_nvenc', 'h264_qsv', 'h264_videotoolbox', 'h264_vaapi'] as const;
export type HardwareEncoderName = (typeof HARDWARE_ENCODERS)[number];
export type VideoEncoderName = 'libx264' | HardwareEncoderName;

/** What can be read from the file's metadata besides the AIGC label. */
export interface EmbeddedTags {
  /** The AIGC label as JSON. */
  aigc: string;
  /** Name and version of this program. */
  software: string;
  createdAt: Date;
  title?: string | undefined;
}

export interface VideoShape {
  widthPx: number;
  heightPx: number;
  fps: number;
  /** Frames are yuva420p instead of yuv420p. */
  alpha: boolean;
}

const GIF_FPS = '25/2';
const GIF_MAX_PX = 480;
const KEYFRAME_SECONDS = 2;
export const COLOUR = [
  '-color_primaries',
  'bt709',
  '-color_trc',
  'bt709',
  '-colorspace',
  'bt709',
  '-color_range',
  'tv',
];
const COMMON = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-progress', 'pipe:1', '-y'];

/** `file:` keeps a colon or a leading dash in a name from being read as a protocol or an option. */
const file = (path: string): string => `file:${path}`;

/** Raw frames; an export's come on stdin. */
export const frameInput = ({ widthPx, heightPx, fps, alpha }: VideoShape, from = 'pipe:0'): string[] => [
  ...['-f', 'rawvideo', '-pix_fmt', alpha ? 'yuva420p' : 'yuv420p'],
  ...['-video_size', `${widthPx}x${heightPx}`, '-framerate', String(fps), ...COLOUR, '-i', from],
];

const soundInput = (path: string): string[] => [
  ...['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', file(path)],
];

export interface FilmRequest {
  format: 'mp4' | 'webm';
  shape: VideoShape;
  output: OutputSettings;
  encoder: VideoEncoderName | WebmVideoEncoder;
  /** Mono PCM s16le, the whole of it. Without one the film is silent. */
  soundPath: string | undefined;
  tags: EmbeddedTags;
  outPath: string;
}

/**
 * Raw frames on stdin and the sound from a file into the finished film; MP4 with its index first. The sound may not come
 * through a pipe too: ffmpeg stops reading whichever of the two is ahead, and a file always has more or has ended.
 */
export function filmArgs({ format, shape, output, encoder, soundPath, tags, outPath }: FilmRequest): string[] {
  return [
    ...[...COMMON, ...(encoder === 'h264_vaapi' ? vaapiDeviceArgs() : []), ...frameInput(shape)],
    ...(soundPath === undefined ? [] : [...soundInput(soundPath), '-map', '0:v:0', '-map', '1:a:0']),
    ...[...pictureArgs(encoder, shape, output), ...(soundPath === undefined ? [] : soundArgs(format, output))],
    ...[...containerArgs(format, tags), file(outPath)],
  ];
}

/** How frames are encoded. */
export const pictureArgs = (
  encoder: VideoEncoderName | WebmVideoEncoder,
  shape: VideoShape,
  output: OutputSettings,
): string[] => [
  ...(isWebmEncoder(encoder) ? webmVideoArgs(encoder, shape, output) : h264Args(encoder, shape, output)),
  ...COLOUR,
];

/** The fast coder takes half the time of the default one; at these rates for one voice nobody hears which it was. */
const soundArgs = (format: 'mp4' | 'webm', output: OutputSettings): string[] => [
  ...(format === 'mp4' ? ['-c:a', 'aac', '-aac_coder', 'fast'] : ['-c:a', 'libopus']),
  ...['-b:a', `${output.audioBitrateKbps}k`],
];

/**
 * First of two runs for a GIF: a small lossless copy of the frames, and the best 256 colours for all of them.
 * In one run palettegen would hold every frame in memory.
 */
export function gifFramesArgs(shape: VideoShape, framesPath: string, palettePath: string): string[] {
  const { widthPx, heightPx } = gifSize(shape);
  const toRgb = `scale=${widthPx}:${heightPx}:flags=lanczos:in_color_matrix=bt709:in_range=tv,format=bgra`;
  return [
    ...[...COMMON, ...frameInput(shape)],
    ...['-filter_complex', `[0:v]fps=${GIF_FPS},${toRgb},split[frames][all];[all]palettegen[palette]`],
    ...['-map', '[frames]', '-c:v', 'ffv1', '-f', 'matroska', file(framesPath)],
    ...['-map', '[palette]', '-f', 'image2', '-update', '1', '-c:v', 'png', file(palettePath)],
  ];
}

/** Second run: the frames in those colours. */
export function gifArgs(framesPath: string, palettePath: string, outPath: string): string[] {
  return [
    ...[...COMMON, '-i', file(framesPath), '-i', file(palettePath)],
    ...['-filter_complex', '[0:v][1:v]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle'],
    ...['-loop', '0', '-f', 'gif', file(outPath)],
  ];
}

/** Fits into 480 × 480, even, never enlarged. */
export function gifSize({ widthPx, heightPx }: { widthPx: number; heightPx: number }): {
  widthPx: number;
  heightPx: number;
} {
  const scale = Math.min(1, GIF_MAX_PX / Math.max(widthPx, heightPx));
  const even = (px: number): number => Math.max(2, Math.round((px * scale) / 2) * 2);
  return { widthPx: even(widthPx), heightPx: even(heightPx) };
}

const gop = (fps: number): string => String(Math.max(1, Math.round(fps * KEYFRAME_SECONDS)));

/** H.264 by software or hardware at about the same quality. Threads and level are left to the encoder. */
export function h264Args(encoder: VideoEncoderName, shape: VideoShape, output: OutputSettings): string[] {
  const common = ['-c:v', encoder, '-g', gop(shape.fps), '-profile:v', 'high'];
  const quality = String(Math.round(output.crf));
  switch (encoder) {
    case 'libx264':
      // Below 1 x264 turns lossless, which profile High does not allow and players cannot play.
      return [...common, '-pix_fmt', 'yuv420p', '-preset', output.preset, '-crf', String(Math.max(1, output.crf))];
    case 'h264_nvenc':
      return [...common, '-pix_fmt', 'yuv420p', '-rc', 'vbr', '-cq', quality, '-b:v', '0'];
    case 'h264_qsv':
      return [...common, '-pix_fmt', 'nv12', '-global_quality', quality];
    case 'h264_vaapi':
      return [...common, '-vf', 'format=nv12,hwupload', '-qp', quality];
    case 'h264_videotoolbox': // constant quality exists on Apple silicon only, a bit rate everywhere
      return [...common, '-pix_fmt', 'yuv420p', '-b:v', String(bitrate(shape, output.crf))];
  }
}

/** Bits a second that give roughly the quality of x264 at this CRF: 0.1 bit a pixel at CRF 20, half for every 6 more. */
const bitrate = ({ widthPx, heightPx, fps }: VideoShape, crf: number): number =>
  Math.round(widthPx * heightPx * fps * 0.1 * 2 ** ((20 - crf) / 6));

/** A few raw frames from stdin into a bare H.264 stream, just as an export would encode them. */
export function hardwareProbeArgs(
  encoder: HardwareEncoderName,
  shape: VideoShape,
  output: OutputSettings,
  outPath: string,
): string[] {
  const device = encoder === 'h264_vaapi' ? vaapiDeviceArgs() : [];
  const coding = pictureArgs(encoder, shape, output);
  return [...COMMON, ...device, ...frameInput(shape), ...coding, '-f', 'h264', file(outPath)];
}

export const vaapiDeviceArgs = (): string[] => ['-vaapi_device', '/dev/dri/renderD128'];

export const WEBM_VIDEO_ENCODERS = ['libvpx-vp9', 'libvpx'] as const;
export type WebmVideoEncoder = (typeof WEBM_VIDEO_ENCODERS)[number];
const isWebmEncoder = (name: string): name is WebmVideoEncoder =>
  (WEBM_VIDEO_ENCODERS as readonly string[]).includes(name);

/** libvpx speed for each x264 preset name: higher is faster. */
const VPX_SPEED: Record<OutputSettings['preset'], string> = {
  ultrafast: '8',
  superfast: '8',
  veryfast: '7',
  faster: '6',
  fast: '5',
  medium: '4',
};

/** VP9 or VP8. Alternate reference frames must be off, or the alpha plane is lost. CRF of x264 maps to libvpx's 0..63. */
function webmVideoArgs(encoder: WebmVideoEncoder, shape: VideoShape, output: OutputSettings): string[] {
  const crf = String(Math.min(63, Math.max(4, Math.round(output.crf * 1.25 + 4))));
  // VP8 reads -b:v as the ceiling of its constrained quality; VP9 takes 0 as "quality alone".
  const rate = encoder === 'libvpx-vp9' ? '0' : String(Math.max(1_000_000, bitrate(shape, output.crf) * 2));
  return [
    ...['-c:v', encoder, '-pix_fmt', shape.alpha ? 'yuva420p' : 'yuv420p', '-g', gop(shape.fps)],
    ...['-crf', crf, '-b:v', rate, '-deadline', 'realtime', '-cpu-used', VPX_SPEED[output.preset]],
    ...['-auto-alt-ref', '0', ...(encoder === 'libvpx-vp9' ? ['-row-mt', '1', '-tile-columns', '2'] : [])],
  ];
}

function containerArgs(format: 'mp4' | 'webm', tags: EmbeddedTags): string[] {
  const metadata = [
    ...['-metadata', `${AIGC_KEY}=${tags.aigc}`, '-metadata', `software=${tags.software}`],
    ...['-metadata', `creation_time=${tags.createdAt.toISOString()}`],
    ...(tags.title === undefined ? [] : ['-metadata', `title=${tags.title}`]),
  ];
  // write_colr: versions before 4.3 leave the colour box out unless asked
  return format === 'mp4'
    ? [...metadata, '-movflags', '+faststart+use_metadata_tags+write_colr', '-f', 'mp4']
    : [...metadata, '-f', 'webm'];
}

/** The encoders that an output needs, best first; one of each list must be there. */
export function neededEncoders(format: OutputFormat): readonly (readonly string[])[] {
  switch (format) {
    case 'mp4':
      return [['libx264'], ['aac']];
    case 'webm':
      return [WEBM_VIDEO_ENCODERS, ['libopus']];
    case 'gif':
      return [['gif'], ['ffv1'], ['png']];
    case 'wav':
      return [];
  }
}
