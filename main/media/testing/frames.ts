/** For tests: pictures that an encoder has work with, and files taken apart without trusting who wrote them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { i420aBytes, i420Bytes } from '../../../app/media/i420.ts';
import { type Ffmpeg, ffmpegCandidates, locateFfmpeg } from '../ffmpeg/locate.ts';
import { runCaptured } from '../ffmpeg/run.ts';

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-media-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const cacheDir = join(tmpdir(), 'shenghua-media-test-cache');

/** The oldest ffmpeg that is supported (the one inside @ffmpeg-installer) and the one that would be used, if another. */
export async function ffmpegsToTest(): Promise<Ffmpeg[]> {
  const all = ffmpegCandidates(undefined, process.env);
  const bundled = all.filter(({ source }) => source === '@ffmpeg-installer');
  const preferred = await locateFfmpeg({ cacheDir });
  const oldest =
    bundled.length === 0 ? undefined : await locateFfmpeg({ cacheDir, candidates: bundled }).catch(() => undefined);
  return oldest === undefined || oldest.path === preferred.path ? [preferred] : [preferred, oldest];
}

/** Uniform in Y, U, V (and A: opaque on the left half, 64 on the right). */
export function flatFrame(
  width: number,
  height: number,
  yuv: readonly [number, number, number],
  alpha = false,
): Buffer {
  const frame = Buffer.alloc(alpha ? i420aBytes(width, height) : i420Bytes(width, height));
  const luma = width * height;
  frame.fill(yuv[0], 0, luma);
  frame.fill(yuv[1], luma, luma * 1.25);
  frame.fill(yuv[2], luma * 1.25, luma * 1.5);
  if (!alpha) return frame;
  for (let y = 0; y < height; y++) {
    const row = luma * 1.5 + y * width;
    frame.fill(255, row, row + width / 2);
    frame.fill(64, row + width / 2, row + width);
  }
  return frame;
}

/** Noise that no encoder can make small; the same for the same index. */
export function noisyFrame(width: number, height: number, index: number): Buffer {
  const frame = Buffer.alloc(i420Bytes(width, height), 128);
  let state = (index + 1) * 2654435761;
  for (let at = 0; at < width * height; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    frame[at] = 16 + (state >>> 25);
  }
  return frame;
}

export const sine = (samples: number, hz = 440): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) => Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / 48_000)));

/** A file with these samples, as an export hands its sound over; outside of any folder a test looks at. */
export async function soundFile(t: TestContext, pcm: Int16Array): Promise<string> {
  const path = join(await temporaryFolder(t), 'sound.s16');
  await writeFile(path, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  return path;
}

/** Decodes the picture to raw frames. `decoder` picks one by name (libvpx reads alpha, the built-in VP9 does not). */
export async function decodeVideo(
  ffmpeg: Ffmpeg,
  path: string,
  pixelFormat: string,
  decoder?: string,
): Promise<Buffer> {
  const choose = decoder === undefined ? [] : ['-c:v', decoder];
  const args = ['-v', 'error', ...choose, '-i', path, '-map', '0:v:0', '-pix_fmt', pixelFormat];
  // passthrough: every stored frame once, none repeated or dropped to keep a rate
  return await capture(ffmpeg, [...args, '-vsync', '0', '-f', 'rawvideo', 'pipe:1']);
}

export async function decodeAudio(ffmpeg: Ffmpeg, path: string): Promise<Int16Array> {
  const bytes = await capture(ffmpeg, [
    ...['-v', 'error', '-i', path, '-map', '0:a:0', '-f', 's16le', '-ar', '48000', '-ac', '1', 'pipe:1'],
  ]);
  return new Int16Array(new Uint8Array(bytes).buffer);
}

export const readMetadata = async (ffmpeg: Ffmpeg, path: string): Promise<string> =>
  (await capture(ffmpeg, ['-v', 'error', '-i', path, '-f', 'ffmetadata', 'pipe:1'])).toString('utf8');

async function capture(ffmpeg: Ffmpeg, args: string[]): Promise<Buffer> {
  const run = await runCaptured(ffmpeg.path, args, { timeoutMs: 60_000, maxBytes: 1 << 30 });
  if (run.exitCode !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

export interface Box {
  type: string;
  start: number;
  body: Buffer;
}

/** The boxes of an MP4 one level down. ISO/IEC 14496-12. */
export function boxes(bytes: Buffer): Box[] {
  const found: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    let size = bytes.readUInt32BE(at);
    let header = 8;
    if (size === 1) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      header = 16;
    }
    if (size === 0) size = bytes.length - at;
    found.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      start: at,
      body: bytes.subarray(at + header, at + size),
    });
    at += size;
  }
  return found;
}

export function box(bytes: Buffer, ...path: string[]): Buffer {
  let body = bytes;
  for (const type of path) {
    const next = boxes(body).find((each) => each.type === type);
    if (!next) throw new Error(`no ${type} in ${boxes(body).map((each) => each.type)}`);
    body = type === 'meta' ? next.body.subarray(4) : next.body; // meta is a full box
  }
  return body;
}

/** `moov.udta.meta` keys and values. QuickTime File Format, Metadata. */
export function mp4Tags(file: Buffer): Map<string, string> {
  const meta = box(file, 'moov', 'udta', 'meta');
  const keysBox = box(meta, 'keys');
  const names: string[] = [];
  for (let at = 8; at < keysBox.length; ) {
    const size = keysBox.readUInt32BE(at);
    names.push(keysBox.toString('utf8', at + 8, at + size));
    at += size;
  }
  const tags = new Map<string, string>();
  for (const { type, body } of boxes(box(meta, 'ilst'))) {
    const index = Buffer.from(type, 'latin1').readUInt32BE(0);
    tags.set(names[index - 1]!, box(body, 'data').subarray(8).toString('utf8'));
  }
  return tags;
}

/** Milliseconds that each track lasts, edit lists applied (that is: as played). */
export function mp4TrackDurationsMs(file: Buffer): Record<string, number> {
  const moov = box(file, 'moov');
  const timescale = box(moov, 'mvhd').readUInt32BE(12);
  const durations: Record<string, number> = {};
  for (const { body } of boxes(moov).filter(({ type }) => type === 'trak')) {
    const kind = box(body, 'mdia', 'hdlr').toString('latin1', 8, 12);
    durations[kind] = (box(body, 'tkhd').readUInt32BE(20) / timescale) * 1000;
  }
  return durations;
}
