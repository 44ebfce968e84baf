/** How a live stream is encoded: frames on stdin and sound on descriptor 3, in step; FLV on stdout; reports on descriptor 4. */
import type { LiveOutput } from '../../../app/document/live.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { COLOUR, type VideoEncoderName, type VideoShape, vaapiDeviceArgs } from './args.ts';

export interface LiveEncoding {
  encoder: VideoEncoderName;
  /** Of the frames as they come. */
  shape: Omit<VideoShape, 'alpha'>;
  /** Of the stream; other than the shape's where the quality ladder has stepped down. */
  widthPx: number;
  heightPx: number;
  output: Pick<LiveOutput, 'videoKbps' | 'audioKbps' | 'keyframeSeconds' | 'preset'>;
  /** A keyframe also at this frame, counted from 0, and every so many seconds from there on. */
  keyframeAt?: number;
}

/** Both inputs say all that there is to know of them: nothing is probed. (`nobuffer` would lose the first frame.) */
const RAW = ['-probesize', '32', '-analyzeduration', '0'];

export function liveArgs({ encoder, shape, widthPx, heightPx, output, keyframeAt = 0 }: LiveEncoding): string[] {
  const scaled = widthPx !== shape.widthPx || heightPx !== shape.heightPx;
  const filters = [
    ...(scaled ? [`scale=${widthPx}:${heightPx}:flags=bilinear`] : []),
    ...(encoder === 'h264_vaapi' ? ['format=nv12', 'hwupload'] : []),
  ];
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-progress', 'pipe:4', '-y'],
    ...(encoder === 'h264_vaapi' ? vaapiDeviceArgs() : []),
    ...[...RAW, '-thread_queue_size', '16', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
    ...['-video_size', `${shape.widthPx}x${shape.heightPx}`, '-framerate', String(shape.fps), ...COLOUR],
    ...['-i', 'pipe:0'],
    ...[...RAW, '-thread_queue_size', '64', '-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '2', '-i', 'pipe:3'],
    ...['-map', '0:v:0', '-map', '1:a:0', ...(filters.length > 0 ? ['-vf', filters.join(',')] : [])],
    ...[...videoArgs(encoder, shape.fps, output), ...COLOUR],
    ...(keyframeAt > 0 ? keyframeArgs(encoder, keyframeAt) : []),
    ...['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', `${output.audioKbps}k`],
    ...['-flush_packets', '1', '-flvflags', 'no_duration_filesize', '-f', 'flv', 'pipe:1'],
  ];
}

function keyframeArgs(encoder: VideoEncoderName, frame: number): string[] {
  const force = ['-force_key_frames', `expr:eq(n,${frame})`];
  // These make an I-frame of it otherwise, which no player may begin with.
  if (encoder === 'h264_nvenc') return [...force, '-forced-idr', '1'];
  return encoder === 'h264_qsv' ? [...force, '-forced_idr', '1'] : force;
}

/**
 * A constant bit rate, and a keyframe every so many seconds and nowhere else, as platforms ask. Every frame of delay is heard as a host who
 * answers late: no B-frames, no looking ahead, and threads that share a frame. Threads that take a frame each hold back a frame each: on
 * sixteen cores that is a second.
 */
function videoArgs(encoder: VideoEncoderName, fps: number, output: LiveEncoding['output']): string[] {
  const { videoKbps, keyframeSeconds, preset } = output;
  const group = String(Math.max(1, Math.round(fps * keyframeSeconds)));
  const rate = ['-b:v', `${videoKbps}k`, '-maxrate', `${videoKbps}k`, '-bufsize', `${videoKbps}k`];
  const common = ['-c:v', encoder, '-profile:v', 'high', '-g', group, '-bf', '0', ...rate];
  switch (encoder) {
    case 'libx264':
      return [
        ...[...common, '-pix_fmt', 'yuv420p', '-preset', preset, '-keyint_min', group, '-sc_threshold', '0'],
        ...['-x264-params', 'rc-lookahead=0:sync-lookahead=0:sliced-threads=1:mbtree=0:force-cfr=1'],
      ];
    case 'h264_nvenc':
      return [...common, '-pix_fmt', 'yuv420p', '-rc', 'cbr', '-no-scenecut', '1', '-delay', '0'];
    case 'h264_qsv':
      return [...common, '-pix_fmt', 'nv12', '-look_ahead', '0', '-async_depth', '1'];
    case 'h264_vaapi':
      return common;
    case 'h264_videotoolbox':
      return [...common, '-pix_fmt', 'yuv420p', '-realtime', '1'];
  }
}
