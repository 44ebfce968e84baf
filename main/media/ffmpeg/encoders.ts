import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { arch, cpus, hostname, platform, release } from 'node:os';
import { join } from 'node:path';
import { outputSchema } from '../../../app/document/output.ts';
import { i420Bytes } from '../../../app/media/i420.ts';
import {
  HARDWARE_ENCODERS,
  type HardwareEncoderName,
  hardwareProbeArgs,
  type VideoEncoderName,
  type VideoShape,
} from './args.ts';
import { classifyExit } from './failure.ts';
import type { Ffmpeg } from './locate.ts';
import { runCaptured } from './run.ts';

export interface EncoderWish {
  mode: 'auto' | 'software';
  widthPx: number;
  heightPx: number;
  fps: number;
}

export interface EncoderTrial {
  name: HardwareEncoderName;
  works: boolean;
  /** Why not. */
  detail: string;
}

export interface ChosenEncoder {
  name: VideoEncoderName;
  /** The hardware encoders that were considered, in order, up to the one chosen. */
  trials: readonly EncoderTrial[];
}

const BY_PLATFORM: Partial<Record<NodeJS.Platform, readonly HardwareEncoderName[]>> = {
  win32: ['h264_nvenc', 'h264_qsv'],
  darwin: ['h264_videotoolbox'],
  linux: ['h264_nvenc', 'h264_qsv', 'h264_vaapi'],
};

const PROBE_FRAMES = 8;
const PROBE_TIMEOUT_MS = 20_000;
/** Mean difference of luma after encoding a smooth picture; a driver that gives green or shifted frames is far above. */
const MAX_MEAN_LUMA_ERROR = 8;
const DAY_MS = 86_400_000;
/** Drivers come and go: good news is believed for a month, bad news for a week. */
const BELIEVED_MS = { works: 30 * DAY_MS, fails: 7 * DAY_MS };

/**
 * The encoder to use: with `auto` the first hardware encoder that really encodes frames of this size into something
 * that decodes to the same picture, else libx264. Trials are remembered in cacheDir by ffmpeg, machine and size.
 */
export async function chooseVideoEncoder(
  ffmpeg: Ffmpeg,
  wish: EncoderWish,
  cacheDir: string,
  signal?: AbortSignal,
): Promise<ChosenEncoder> {
  const trials: EncoderTrial[] = [];
  if (wish.mode === 'software') return { name: 'libx264', trials };
  const candidates = (BY_PLATFORM[platform()] ?? []).filter((name) => ffmpeg.encoders.has(name));
  if (candidates.length === 0) return { name: 'libx264', trials };
  const memory = await EncoderMemory.open(ffmpeg, wish, cacheDir);
  for (const name of candidates) {
    let trial = memory.recall(name);
    if (trial === undefined) {
      trial = await tryEncoder(ffmpeg, name, wish, cacheDir, signal);
      await memory.remember(trial);
    }
    trials.push(trial);
    if (trial.works) return { name, trials };
  }
  return { name: 'libx264', trials };
}

/** Takes back a trial that a real export has disproved, so that the next one goes another way. */
export async function distrustVideoEncoder(
  ffmpeg: Ffmpeg,
  name: HardwareEncoderName,
  wish: EncoderWish,
  cacheDir: string,
  detail: string,
): Promise<void> {
  await (await EncoderMemory.open(ffmpeg, wish, cacheDir)).remember({ name, works: false, detail });
}

export const isHardwareEncoder = (name: string): name is HardwareEncoderName =>
  (HARDWARE_ENCODERS as readonly string[]).includes(name);

/** Encodes and decodes a few frames in child processes: a driver that crashes takes only them along. */
async function tryEncoder(
  ffmpeg: Ffmpeg,
  name: HardwareEncoderName,
  { widthPx, heightPx, fps }: EncoderWish,
  cacheDir: string,
  signal: AbortSignal | undefined,
): Promise<EncoderTrial> {
  const shape: VideoShape = { widthPx, heightPx, fps, alpha: false };
  const failed = (detail: string): EncoderTrial => ({ name, works: false, detail });
  let folder: string;
  try {
    await mkdir(cacheDir, { recursive: true });
    folder = await mkdtemp(join(cacheDir, 'encoder-trial-'));
  } catch (error) {
    // Nowhere to try it: the software encoder needs no trial.
    return failed(error instanceof Error ? error.message : String(error));
  }
  try {
    const encodedPath = join(folder, 'trial.h264');
    const frames = trialFrames(widthPx, heightPx);
    const encode = await runCaptured(ffmpeg.path, hardwareProbeArgs(name, shape, outputSchema.parse({}), encodedPath), {
      ...{ timeoutMs: PROBE_TIMEOUT_MS, signal, input: frames },
    });
    if (encode.timedOut) return failed(`no result in ${PROBE_TIMEOUT_MS / 1000} s`);
    const failure = classifyExit(encode);
    if (failure) return failed('detail' in failure ? failure.detail : failure.kind);
    const decodeArgs = ['-v', 'error', '-f', 'h264', '-i', `file:${encodedPath}`, '-pix_fmt', 'yuv420p'];
    const decode = await runCaptured(ffmpeg.path, [...decodeArgs, '-f', 'rawvideo', 'pipe:1'], {
      ...{ timeoutMs: PROBE_TIMEOUT_MS, signal, maxBytes: frames.length * 2 },
    });
    const verdict = compareFrames(frames, decode.stdout, widthPx, heightPx);
    return verdict === undefined ? { name, works: true, detail: '' } : failed(verdict);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Smooth, moving and unlike between the corners, so that a swapped, shifted or frozen picture shows. */
export function trialFrames(widthPx: number, heightPx: number): Buffer {
  const frameBytes = i420Bytes(widthPx, heightPx);
  const frames = Buffer.alloc(frameBytes * PROBE_FRAMES, 128);
  for (let frame = 0; frame < PROBE_FRAMES; frame++) {
    for (let y = 0; y < heightPx; y++) {
      const row = frame * frameBytes + y * widthPx;
      for (let x = 0; x < widthPx; x++) {
        frames[row + x] = 24 + Math.floor((x * 120) / widthPx + (y * 50) / heightPx) + frame * 5;
      }
    }
  }
  return frames;
}

/** Undefined when the pictures agree, else what is wrong. */
export function compareFrames(sent: Buffer, got: Buffer, widthPx: number, heightPx: number): string | undefined {
  const frameBytes = i420Bytes(widthPx, heightPx);
  if (got.length !== sent.length) {
    return `${sent.length / frameBytes} frames went in, ${got.length / frameBytes} came out`;
  }
  for (let start = 0; start < sent.length; start += frameBytes) {
    let sum = 0;
    for (let at = start; at < start + widthPx * heightPx; at++) sum += Math.abs(sent[at]! - got[at]!);
    if (sum / (widthPx * heightPx) > MAX_MEAN_LUMA_ERROR) return `frame ${start / frameBytes} came out damaged`;
  }
  return undefined;
}

interface Remembered {
  works: boolean;
  detail: string;
  at: number;
}

/** `video-encoders.json` in the cache folder; a missing or damaged one is an empty one. */
class EncoderMemory {
  readonly #path: string;
  readonly #situation: string;
  #entries: Record<string, Remembered>;

  private constructor(path: string, situation: string, entries: Record<string, Remembered>) {
    this.#path = path;
    this.#situation = situation;
    this.#entries = entries;
  }

  static async open(ffmpeg: Ffmpeg, { widthPx, heightPx, fps }: EncoderWish, cacheDir: string): Promise<EncoderMemory> {
    const path = join(cacheDir, 'video-encoders.json');
    const binary = await stat(ffmpeg.path).catch(() => undefined);
    const identity = [
      ...[ffmpeg.path, ffmpeg.version, binary?.size, binary?.mtimeMs],
      ...[hostname(), platform(), arch(), release(), cpus()[0]?.model, `${widthPx}x${heightPx}@${fps}`],
    ];
    const situation = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
    return new EncoderMemory(path, situation, await readEntries(path));
  }

  recall(name: HardwareEncoderName): EncoderTrial | undefined {
    const entry = this.#entries[this.#key(name)];
    if (!entry) return undefined;
    const ageMs = Date.now() - entry.at;
    if (ageMs < 0 || ageMs > BELIEVED_MS[entry.works ? 'works' : 'fails']) return undefined;
    return { name, works: entry.works, detail: entry.detail };
  }

  async remember({ name, works, detail }: EncoderTrial): Promise<void> {
    const recent = Object.entries(await readEntries(this.#path)).filter(
      ([, { at }]) => Date.now() - at < BELIEVED_MS.works,
    );
    const entries = { ...Object.fromEntries(recent), [this.#key(name)]: { works, detail, at: Date.now() } };
    this.#entries = entries;
    const temporary = `${this.#path}.${process.pid}.part`;
    try {
      await mkdir(join(this.#path, '..'), { recursive: true });
      await writeFile(temporary, JSON.stringify(entries, null, 1));
      await rename(temporary, this.#path);
    } catch {
      await rm(temporary, { force: true }).catch(() => {}); // a cache that cannot be written costs a trial, no more
    }
  }

  #key(name: HardwareEncoderName): string {
    return `${this.#situation}/${name}`;
  }
}

async function readEntries(path: string): Promise<Record<string, Remembered>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, Remembered] => isEntry(entry[1])),
    );
  } catch {
    return {};
  }
}

function isEntry(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { works, detail, at } = value as Partial<Record<keyof Remembered, unknown>>;
  return typeof works === 'boolean' && typeof detail === 'string' && typeof at === 'number';
}
