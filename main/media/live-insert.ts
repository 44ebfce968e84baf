/**
 * A picture or a video shown in a live stream, in place of the stage or in a window on it: frames of its place's size as they are needed,
 * decoded a little ahead. Whoever shows it takes what is there and never waits.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { StudioError } from '../../app/errors/index.ts';
import { i420Bytes } from '../../app/media/i420.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { Pixels } from '../pixels/pixels.ts';
import { classifyExit, type FfmpegFailure } from './ffmpeg/failure.ts';
import { runCaptured } from './ffmpeg/run.ts';

export interface InsertPlace {
  /** The stage's size and frame rate. */
  widthPx: number;
  heightPx: number;
  fps: number;
  /** Shares of the stage; its height follows from the file. null: the whole stage, with black beside what does not fill it. */
  window: { x: number; y: number; width: number } | null;
  /** Of a video on the whole stage: it fills it, and what lies beyond its edges is cut off. */
  cover?: boolean;
}

export interface InsertOptions {
  /** For people; the file's own unless given. */
  name?: string;
  /** Told when a video breaks off while it is shown: its last frame stays. */
  onTrouble?: (error: StudioError) => void;
}

export interface LiveInsert {
  readonly kind: 'picture' | 'video';
  /** Of a video; null for a picture, which stays as long as it is wanted. */
  readonly durationMs: number | null;
  /** Where it lies on the stage: even position and size, inside the stage. */
  readonly rect: Rect;
  readonly hasSound: boolean;
  /**
   * Frame `n` of its own (time n / fps) as I420 of `rect`'s size, or the last one there is; null before the first is decoded. Indices do
   * not go down. The bytes are the insert's own, and may be written over once a later frame was asked for.
   */
  at(n: number): Uint8Array | null;
  /** The same, once it is decoded or nothing more comes: for a clock that runs as fast as it can. */
  frame(n: number): Promise<Uint8Array | null>;
  /** Stereo at 48 kHz, interleaved s16, from its beginning; decoding begins with the first piece asked for. Once. */
  sound(): AsyncIterable<Int16Array>;
  /** Twice is safe. Ends its children. */
  dispose(): Promise<void>;
}

/** Containers of pictures that move. Playlists and scripts are not among them: they name other files. */
const FORMATS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,gif,apng,asf,h264,hevc,image2,png_pipe,jpeg_pipe,webp_pipe';
const input = (path: string): string[] => [
  ...['-nostdin', '-hide_banner', '-protocol_whitelist', 'file,pipe', '-format_whitelist', FORMATS],
  ...['-i', `file:${resolve(path)}`],
];
const PROBE_MS = 20_000;
/** Decoded and waiting at most. */
const FRAMES_AHEAD = 10;
/** Nothing decoded for so long while there is room: it is given up. */
const STALL_MS = 15_000;
const MAX_PIXELS = 100_000_000;
const SOUND_RATE = 48_000;

/** @throws StudioError media.insert-unreadable, media.encoder-not-started */
export async function openInsert(
  ffmpegPath: string,
  path: string,
  place: InsertPlace,
  signal: AbortSignal,
  { name = basename(path), onTrouble = () => {} }: InsertOptions = {},
): Promise<LiveInsert> {
  signal.throwIfAborted();
  const still = await readStill(path, name);
  signal.throwIfAborted();
  if (still !== null) return stillInsert(still, place, name);
  const found = await probe(ffmpegPath, path, name, signal);
  const rect = rectOf(place, found.widthPx / found.heightPx);
  return new VideoInsert({ ffmpegPath, path, name, place, rect, found, signal, onTrouble });
}

const even = (length: number): number => Math.round(length / 2) * 2;

/** A window is moved and made smaller until it lies on the stage. */
function rectOf({ widthPx, heightPx, window }: InsertPlace, ratio: number): Rect {
  if (window === null) return { x: 0, y: 0, width: widthPx, height: heightPx };
  const scale = Math.min(1, heightPx / ((window.width * widthPx) / ratio));
  const width = Math.min(widthPx & ~1, Math.max(2, even(window.width * widthPx * scale)));
  const height = Math.min(heightPx & ~1, Math.max(2, even((window.width * widthPx * scale) / ratio)));
  const inside = (at: number, length: number, whole: number): number =>
    Math.min((whole - length) & ~1, Math.max(0, even(at)));
  return {
    ...{ x: inside(window.x * widthPx, width, widthPx), y: inside(window.y * heightPx, height, heightPx) },
    ...{ width, height },
  };
}

// ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** null: no picture that stands still, so ffmpeg is asked. */
async function readStill(path: string, name: string): Promise<Sharp | null> {
  let bytes: Buffer;
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is no file');
    // Only a picture is read whole: a video may be larger than memory.
    const probe = await sharp(path, { limitInputPixels: MAX_PIXELS })
      .metadata()
      .catch(() => null);
    if (probe === null || (probe.pages ?? 1) > 1) return null;
    bytes = await readFile(path);
  } catch (cause) {
    throw unreadable(name, cause);
  }
  return sharp(bytes, { limitInputPixels: MAX_PIXELS });
}

const unreadable = (name: string, cause: unknown): StudioError => {
  const detail = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new StudioError('media.insert-unreadable', { name, detail: detail.slice(0, 200) }, { cause });
};

async function stillInsert(still: Sharp, place: InsertPlace, name: string): Promise<LiveInsert> {
  let frame: Uint8Array;
  let rect: Rect;
  try {
    const { autoOrient } = await still.metadata();
    rect = rectOf(place, autoOrient.width / autoOrient.height);
    const { width, height } = rect;
    const rgba = await still
      .autoOrient()
      .resize(width, height, { fit: place.window ? 'fill' : 'contain', background: '#000000', kernel: 'lanczos3' })
      .flatten({ background: '#000000' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer();
    frame = toI420(rgba, width, height);
  } catch (cause) {
    throw unreadable(name, cause);
  }
  return {
    ...{ kind: 'picture', durationMs: null, rect, hasSound: false },
    at: () => frame,
    frame: async () => frame,
    sound: () => (async function* () {})(),
    dispose: async () => {},
  };
}

function toI420(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Pixels();
  const source = pixels.reserve(rgba.length);
  const target = pixels.reserve(i420Bytes(width, height));
  pixels.u8(source).set(rgba);
  pixels.rgbaToI420(source, { x: 0, y: 0, width, height }, target, { width, height });
  return pixels.u8(target).slice();
}

// ── Videos ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Found {
  /** Upright, with square pixels. */
  widthPx: number;
  heightPx: number;
  durationMs: number;
  hasSound: boolean;
}
/** Pixels that are not square, made so. */
const SQUARE = 'scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1';

async function probe(ffmpegPath: string, path: string, name: string, signal: AbortSignal): Promise<Found> {
  const run = async (args: string[], timeoutMs = PROBE_MS) => {
    const ran = await runCaptured(ffmpegPath, args, { timeoutMs, signal, maxBytes: 1 << 20 });
    if (ran.startError) {
      const detail = ran.startError.code ?? ran.startError.message;
      throw new StudioError('media.encoder-not-started', { path: ffmpegPath, detail }, { cause: ran.startError });
    }
    return ran;
  };
  // One decoded frame says more than any header: its size as it is shown, and that it can be decoded at all.
  const picture = ['-map', '0:v:0', '-frames:v', '1', '-vf', SQUARE, '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1'];
  const first = await run([...input(path), ...picture]);
  const header = /^P6\s+(\d+)\s+(\d+)\s/.exec(first.stdout.subarray(0, 64).toString('latin1'));
  if (header === null || first.exitCode !== 0) {
    const failure = classifyExit({ exitCode: first.exitCode, signal: first.signal, stderr: first.stderr });
    const detail = first.timedOut ? 'it takes too long to decode' : detailOf(failure, path);
    throw new StudioError('media.insert-unreadable', { name, detail });
  }
  let durationMs = clockMs(/Duration: (\d+:\d+:\d+\.\d+)/.exec(first.stderr)?.[1]);
  if (durationMs === 0) {
    const whole = await run([...input(path), '-map', '0:v:0', '-c', 'copy', '-f', 'null', '-']);
    durationMs = clockMs([...whole.stderr.matchAll(/time=(\d+:\d+:\d+\.\d+)/g)].at(-1)?.[1]);
  }
  const widthPx = Number(header[1]);
  const heightPx = Number(header[2]);
  return { widthPx, heightPx, durationMs, hasSound: /Stream #0:\d+.*: Audio:/.test(first.stderr) };
}

function clockMs(written: string | undefined): number {
  const [hours = 0, minutes = 0, seconds = 0] = (written ?? '').split(':').map(Number);
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

const detailOf = (failure: FfmpegFailure | undefined, path: string): string => {
  const detail = failure && 'detail' in failure ? failure.detail : (failure?.kind ?? 'it holds no picture');
  return detail
    .replaceAll(`file:${resolve(path)}`, '')
    .replace(/^[:\s]+/, '')
    .slice(0, 200);
};

const running = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** An ffmpeg whose output is read; killed with this process. */
function startDecoder(ffmpegPath: string, args: readonly string[]) {
  const child = spawn(ffmpegPath, ['-loglevel', 'error', ...args], {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, env: { ...process.env, LC_ALL: 'C' } },
  });
  if (running.size === 0) process.on('exit', killAll);
  running.add(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-8192);
  });
  const closed = new Promise<FfmpegFailure | undefined>((settle) => {
    const forget = (): void => {
      running.delete(child);
      if (running.size === 0) process.off('exit', killAll);
    };
    child.once('error', (startError) => {
      if (child.pid !== undefined) return;
      forget();
      settle(classifyExit({ exitCode: null, signal: null, stderr, startError }));
    });
    // Its output may stand paused with bytes nobody will ask for any more; it would never close.
    child.once('exit', (_code, signal) => {
      if (signal !== null) child.stdout?.destroy();
    });
    child.once('close', (exitCode, signal) => {
      forget();
      settle(classifyExit({ exitCode, signal, stderr }));
    });
  });
  return {
    child,
    closed,
    kill: (): void => {
      child.stdout?.destroy();
      child.kill('SIGKILL');
    },
  };
}

interface VideoInsertOptions {
  ffmpegPath: string;
  path: string;
  name: string;
  place: InsertPlace;
  rect: Rect;
  found: Found;
  signal: AbortSignal;
  onTrouble: (error: StudioError) => void;
}

class VideoInsert implements LiveInsert {
  readonly kind = 'video';
  readonly durationMs: number;
  readonly rect: Rect;
  readonly hasSound: boolean;
  readonly #options: VideoInsertOptions;
  readonly #frameBytes: number;
  readonly #decoder: ReturnType<typeof startDecoder>;
  #soundDecoder: ReturnType<typeof startDecoder> | null = null;
  /** Decoded and not yet passed, in order; the first is frame `#first`. */
  readonly #ready: Uint8Array[] = [];
  readonly #spare: Uint8Array[] = [];
  #first = 0;
  #filling: Uint8Array;
  #filled = 0;
  #over = false;
  #disposed = false;
  #stall: NodeJS.Timeout | undefined;
  #wake: (() => void)[] = [];

  constructor(options: VideoInsertOptions) {
    const { ffmpegPath, path, place, rect, found, signal } = options;
    this.#options = options;
    this.rect = rect;
    this.durationMs = found.durationMs;
    this.hasSound = found.hasSound;
    this.#frameBytes = i420Bytes(rect.width, rect.height);
    this.#filling = new Uint8Array(this.#frameBytes);
    const { width: w, height: h } = rect;
    const fit = place.window === null ? `force_original_aspect_ratio=${place.cover ? 'increase' : 'decrease'}:` : '';
    const colours = 'out_color_matrix=bt709:out_range=tv:flags=bicubic';
    const filters = [
      SQUARE,
      `scale=${w}:${h}:${fit}${colours}`,
      place.cover ? `crop=${w}:${h}` : `pad=${w}:${h}:(ow-iw)/2:(oh-ih)/2:black`,
      ...['setsar=1', `fps=${place.fps}`, 'format=yuv420p'],
    ];
    this.#decoder = startDecoder(ffmpegPath, [
      ...input(path),
      ...['-map', '0:v:0', '-vf', filters.join(','), '-f', 'rawvideo', 'pipe:1'],
    ]);
    this.#decoder.child.stdout?.on('data', (bytes: Buffer) => this.#take(bytes));
    void this.#decoder.closed.then((failure) => this.#ended(failure));
    this.#watch();
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => void this.dispose();

  at(n: number): Uint8Array | null {
    while (this.#ready.length > 1 && this.#first < n) {
      this.#spare.push(this.#ready.shift()!);
      this.#first++;
    }
    if (this.#ready.length < FRAMES_AHEAD && !this.#over && this.#decoder.child.stdout?.isPaused()) {
      this.#decoder.child.stdout.resume();
      this.#watch();
    }
    return this.#ready[0] ?? null;
  }

  async frame(n: number): Promise<Uint8Array | null> {
    for (;;) {
      const frame = this.at(n);
      if (this.#over || (frame !== null && this.#first >= n)) return frame;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async *sound(): AsyncIterable<Int16Array> {
    if (!this.hasSound || this.#disposed) return;
    const { ffmpegPath, path } = this.#options;
    const decoder = startDecoder(ffmpegPath, [
      ...input(path),
      ...['-map', '0:a:0', '-vn', '-ac', '2', '-ar', String(SOUND_RATE), '-f', 's16le', 'pipe:1'],
    ]);
    this.#soundDecoder = decoder;
    let rest: Buffer = Buffer.alloc(0);
    try {
      for await (const piece of decoder.child.stdout!) {
        const bytes = rest.length > 0 ? Buffer.concat([rest, piece as Buffer]) : (piece as Buffer);
        const whole = bytes.length & ~3;
        rest = bytes.subarray(whole);
        if (whole > 0) yield new Int16Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
      }
    } finally {
      decoder.kill();
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#decoder.kill();
    this.#soundDecoder?.kill();
    await Promise.all([this.#decoder.closed, this.#soundDecoder?.closed]);
  }

  #take(bytes: Buffer): void {
    this.#watch();
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, this.#frameBytes - this.#filled);
      this.#filling.set(bytes.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled < this.#frameBytes) break;
      this.#ready.push(this.#filling);
      // The one handed out last may still be looked at: it is used again when another was handed out.
      this.#filling = this.#spare.shift() ?? new Uint8Array(this.#frameBytes);
      this.#filled = 0;
      this.#woken();
    }
    if (this.#ready.length >= FRAMES_AHEAD) {
      this.#decoder.child.stdout?.pause();
      clearTimeout(this.#stall);
    }
  }

  #watch(): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.#decoder.kill(), STALL_MS).unref();
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #ended(failure: FfmpegFailure | undefined): void {
    this.#over = true;
    clearTimeout(this.#stall);
    this.#woken();
    if (failure === undefined || this.#disposed) return;
    const { name, path, onTrouble } = this.#options;
    onTrouble(new StudioError('media.insert-broke-off', { name, detail: detailOf(failure, path) }));
  }
}
