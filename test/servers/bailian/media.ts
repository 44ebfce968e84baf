/** What Bailian does with films, pictures and sound that are sent to it: fetches them, looks at them, makes a film of them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Ffmpeg, locateFfmpeg } from '../../../main/media/ffmpeg/locate.ts';
import { runCaptured } from '../../../main/media/ffmpeg/run.ts';
import type { BailianContext } from './context.ts';
import { Refused } from './refusal.ts';

const PATIENCE_MS = 60_000;

/** What was downloaded for a task or an enrolment. */
export type Sent = Uint8Array;

/**
 * `oss://` of this account and model, an address, or (where `inline`) a data URI.
 * @throws Refused InvalidURL
 */
export async function fetchMedia(
  context: BailianContext,
  url: unknown,
  of: { model: string; resolves: boolean; inline?: boolean },
): Promise<Sent> {
  if (typeof url !== 'string' || url === '')
    throw new Refused(400, 'InvalidURL', 'Required URL is missing or invalid, please check the request URL.');
  if (url.startsWith('oss://')) {
    if (!of.resolves)
      throw new Refused(
        400,
        'InvalidURL',
        'The request URL is invalid, please make sure the url is correct and is an HTTP URL.',
      );
    const file = context.files.get(url.slice('oss://'.length));
    if (file === null || file === 'expired' || file.model !== of.model) {
      throw new Refused(
        400,
        'InvalidURL.NoSuchKey',
        'The specified oss object does not exist, has expired, or was uploaded for another model.',
      );
    }
    return file.bytes;
  }
  const inlined = of.inline === true ? /^data:audio\/[\w.+-]+;base64,(.+)$/s.exec(url) : null;
  if (inlined !== null) return Buffer.from(inlined[1], 'base64');
  if (!/^https?:\/\//.test(url))
    throw new Refused(
      400,
      'InvalidURL',
      'The request URL is invalid, please make sure the url is correct and is an HTTP URL.',
    );
  try {
    const response = await fetch(url, { signal: AbortSignal.any([context.closing, AbortSignal.timeout(PATIENCE_MS)]) });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch {
    context.closing.throwIfAborted();
  }
  throw new Refused(
    400,
    'InvalidURL.ConnectionRefused',
    'Connection to the requested URL was refused. Please try another accessible URL.',
  );
}

let found: Promise<Ffmpeg> | null = null;
const ffmpeg = (): Promise<Ffmpeg> => {
  found ??= locateFfmpeg({ cacheDir: join(tmpdir(), 'shenghua-local-bailian') });
  return found;
};

export interface Sound {
  durationMs: number;
  sampleRate: number;
  /** Of full scale, 0..1. */
  loudest: number;
  /** Time in which somebody speaks rather than not. */
  voicedMs: number;
}

/** null: cannot be decoded. */
export async function listenTo(bytes: Sent, signal: AbortSignal): Promise<Sound | null> {
  return inFolder(bytes, async (path) => {
    const { path: binary } = await ffmpeg();
    const args = [
      '-hide_banner',
      '-nostdin',
      '-i',
      path,
      '-map',
      '0:a:0',
      '-ac',
      '1',
      '-ar',
      '16000',
      '-f',
      's16le',
      '-',
    ];
    const { exitCode, stdout, stderr } = await runCaptured(binary, args, {
      timeoutMs: PATIENCE_MS,
      signal,
      maxBytes: 64 << 20,
    });
    const rate = /Audio:.*?(\d+) Hz/.exec(stderr)?.[1];
    if (exitCode !== 0 || rate === undefined || stdout.length < 2) return null;
    let loudest = 0;
    let voicedMs = 0;
    const FRAME = 640;
    for (let at = 0; at + FRAME <= stdout.length; at += FRAME) {
      let peak = 0;
      for (let i = at; i < at + FRAME; i += 2) peak = Math.max(peak, Math.abs(stdout.readInt16LE(i)));
      loudest = Math.max(loudest, peak / 32_768);
      if (peak > 500) voicedMs += 20;
    }
    return { durationMs: stdout.length / 32, sampleRate: Number(rate), loudest, voicedMs };
  });
}

export interface Picture {
  widthPx: number;
  heightPx: number;
  /** Something is on it at all: nobody's face is one colour. */
  empty: boolean;
}

/** null: no picture. */
export async function lookAt(bytes: Sent): Promise<Picture | null> {
  try {
    const { width, height } = await sharp(bytes).metadata();
    const { channels } = await sharp(bytes).stats();
    return { widthPx: width, heightPx: height, empty: channels.slice(0, 3).every((channel) => channel.stdev < 6) };
  } catch {
    return null;
  }
}

export interface Film {
  widthPx: number;
  heightPx: number;
  fps: number;
  durationMs: number;
}

/** null: no film. */
export async function watch(bytes: Sent, signal: AbortSignal): Promise<Film | null> {
  return inFolder(bytes, async (path) => {
    const { path: binary } = await ffmpeg();
    const { stderr } = await runCaptured(binary, ['-hide_banner', '-nostdin', '-i', path], {
      timeoutMs: PATIENCE_MS,
      signal,
    });
    const size = /Video: (?:h264|hevc).*?(\d{2,5})x(\d{2,5}).*?([\d.]+) fps/.exec(stderr);
    const time = /Duration: (\d+):(\d+):([\d.]+)/.exec(stderr);
    if (size === null || time === null) return null;
    const durationMs = (Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3])) * 1000;
    return { widthPx: Number(size[1]), heightPx: Number(size[2]), fps: Number(size[3]), durationMs };
  });
}

/**
 * Where films show that they were made of the sound, as shares of their size: what a mouth would do, as something that can be measured.
 * Black, with the sound's wave in white for as long as it is heard.
 */
export const MOUTH = { x: 0.05, y: 0.4, width: 0.2, height: 0.2 } as const;

/** An MP4 of the person with the sound: as long as the sound, or as the shorter of both where the film is not `looped`. */
export async function makeFilm(
  of: {
    person: Sent;
    still: boolean;
    sound: Sent;
    fps: number;
    durationMs: number;
    /** Of the person. */
    widthPx: number;
    heightPx: number;
    looped: boolean;
    maxSidePx: number;
  },
  signal: AbortSignal,
): Promise<Sent> {
  return inFolder(of.person, async (person, folder) => {
    const sound = join(folder, 'sound');
    const out = join(folder, 'film.mp4');
    await writeFile(sound, of.sound);
    const side = of.maxSidePx;
    // Sizes are looked up in numbers: older ffmpegs have no force_divisible_by.
    const { widthPx, heightPx } = of;
    const scale = Math.min(1, side / Math.max(widthPx, heightPx));
    const even = (px: number) => Math.max(2, Math.round(px / 2) * 2);
    const [w, h] = [even(widthPx * scale), even(heightPx * scale)];
    const mouth = { x: even(w * MOUTH.x), y: even(h * MOUTH.y), w: even(w * MOUTH.width), h: even(h * MOUTH.height) };
    const graph = [
      `[0:v]scale=${w}:${h},setsar=1,fps=${of.fps},drawbox=x=${mouth.x}:y=${mouth.y}:w=${mouth.w}:h=${mouth.h}:color=black:t=fill[face]`,
      '[1:a]asplit[heard][seen]',
      `[seen]showwaves=s=${mouth.w}x${mouth.h}:mode=cline:rate=${of.fps}:colors=white,format=rgba[wave]`,
      `[face][wave]overlay=x=${mouth.x}:y=${mouth.y}:eof_action=pass,format=yuv420p[film]`,
    ].join(';');
    const person_in = of.still ? ['-loop', '1', '-framerate', `${of.fps}`] : of.looped ? ['-stream_loop', '-1'] : [];
    const { path: binary } = await ffmpeg();
    const args = [
      ...['-hide_banner', '-nostdin', '-y', ...person_in, '-i', person, '-i', sound],
      ...['-filter_complex', graph, '-map', '[film]', '-map', '[heard]', '-t', (of.durationMs / 1000).toFixed(3)],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-c:a', 'aac', '-movflags', '+faststart', out],
    ];
    const { exitCode, stderr } = await runCaptured(binary, args, { timeoutMs: 2 * PATIENCE_MS, signal });
    if (exitCode !== 0)
      throw new Refused(500, 'InternalError.Algo', `The film could not be made: ${stderr.slice(-300)}`);
    return new Uint8Array(await readFile(out));
  });
}

async function inFolder<T>(bytes: Sent, work: (path: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-local-bailian-'));
  try {
    const path = join(folder, 'sent');
    await writeFile(path, bytes);
    return await work(path, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
