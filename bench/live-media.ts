/**
 * What was received of a stream, taken apart: its times, its sound millisecond by millisecond, its flashes frame by frame. Times are of the
 * cut that is looked at, whose first keyframe is 0.
 */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { StageSize } from '../app/media/stage-size.ts';
import { FLV_HEADER, FlvReader, type FlvTag, kindOf, type TagKind, writeTag } from '../main/broadcast/flv/tags.ts';
import { decoded } from './decode-video.ts';
import { median } from './figures.ts';
import { FLASH_INSIDE, STRIP_HEIGHT, TICKER_HEIGHT } from './live-show.ts';
import { isPicture } from './live-viewer.ts';

export interface TimedTag {
  kind: TagKind;
  timeMs: number;
}

/** Everything in a file, one after another; half a tag at its end is left out. */
export async function readTags(path: string, onTag: (tag: FlvTag) => void): Promise<void> {
  const reader = new FlvReader(onTag);
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) reader.push(piece as Buffer);
}

export interface Continuity {
  pictures: number;
  seconds: number;
  /** Longest step between two pictures, and between two pieces of sound. */
  pictureGapMs: number;
  soundGapMs: number;
  /** Times that lie before, or on, the one before them. */
  backwards: number;
  /** Pictures that would fill the gaps. */
  missingPictures: number;
}

/** Of one connection: times must go on and on. */
export function continuity(tags: readonly TimedTag[], fps: number): Continuity {
  const pictures = tags.filter(isPicture);
  const sounds = tags.filter(({ kind }) => kind === 'audio');
  const steps = (of: readonly TimedTag[]): number[] => of.slice(1).map(({ timeMs }, i) => timeMs - of[i]!.timeMs);
  const [seen, heard] = [steps(pictures), steps(sounds)];
  const most = (values: number[]): number => values.reduce((max, value) => Math.max(max, value), 0);
  return {
    pictures: pictures.length,
    seconds: pictures.length === 0 ? 0 : (pictures.at(-1)!.timeMs - pictures[0]!.timeMs) / 1000,
    ...{ pictureGapMs: most(seen), soundGapMs: most(heard) },
    backwards: [...seen, ...heard].filter((step) => step <= 0).length,
    missingPictures: seen.reduce((sum, step) => sum + Math.max(0, Math.round((step * fps) / 1000) - 1), 0),
  };
}

export interface Cut {
  path: string;
  /** In the file's own time: what is 0 in the cut. */
  fromMs: number;
  /** Of the cut's pictures, in order. */
  pictureMs: number[];
}

/** From the first keyframe at or after `fromMs` of the file's time up to `toMs`, as a file of its own. */
export async function cutFlv(path: string, outPath: string, fromMs: number, toMs: number): Promise<Cut> {
  const out = createWriteStream(outPath);
  out.write(FLV_HEADER);
  const headers = new Map<TagKind, FlvTag>();
  const pictureMs: number[] = [];
  let base: number | null = null;
  let waiting = false;
  const put = (tag: FlvTag): void => {
    if (!out.write(writeTag(tag))) waiting = true;
  };
  const reader = new FlvReader((tag) => {
    const kind = kindOf(tag);
    if (kind === 'metadata' || kind === 'audio-header' || kind === 'video-header') {
      if (base !== null && headers.get(kind)?.body.equals(tag.body) === false)
        put({ ...tag, timestampMs: tag.timestampMs - base });
      headers.set(kind, tag);
      return;
    }
    if (base === null) {
      if (kind !== 'keyframe' || tag.timestampMs < fromMs) return;
      base = tag.timestampMs;
      for (const header of headers.values()) put({ ...header, timestampMs: 0 });
    }
    const timeMs = tag.timestampMs - base;
    if (timeMs < 0 || tag.timestampMs > toMs) return;
    if (isPicture({ kind })) pictureMs.push(timeMs);
    put({ ...tag, timestampMs: timeMs });
  });
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    reader.push(piece as Buffer);
    if (!waiting) continue;
    await once(out, 'drain');
    waiting = false;
  }
  out.end();
  await finished(out);
  if (base === null) throw new Error(`no picture to begin with in ${path}`);
  return { path: outPath, fromMs: base, pictureMs };
}

const RATE = 16_000;
const PER_MS = RATE / 1000;

/** The peak of each millisecond, 0..1. Holes in the stream's sound are silence. */
export async function soundPeaks(ffmpegPath: string, path: string, signal: AbortSignal): Promise<Float32Array> {
  const args = [
    ...['-i', path, '-map', '0:a:0', '-af', 'aresample=async=1:min_hard_comp=0.01:first_pts=0'],
    ...['-ac', '1', '-ar', String(RATE), '-f', 's16le', '-'],
  ];
  let peaks = new Float32Array(1 << 16);
  let samples = 0;
  let odd: Buffer | null = null;
  for await (const piece of decoded(ffmpegPath, args, signal)) {
    const bytes: Buffer = odd === null ? piece : Buffer.concat([odd, piece]);
    const whole = bytes.length & ~1;
    odd = whole < bytes.length ? bytes.subarray(whole) : null;
    for (let at = 0; at < whole; at += 2, samples++) {
      const ms = Math.floor(samples / PER_MS);
      if (ms >= peaks.length) {
        const more = new Float32Array(peaks.length * 2);
        more.set(peaks);
        peaks = more;
      }
      const level = Math.abs(bytes.readInt16LE(at)) / 32_768;
      if (level > peaks[ms]!) peaks[ms] = level;
    }
  }
  return peaks.slice(0, Math.floor(samples / PER_MS));
}

/** The same of raw PCM as a voice gives it. */
export function peaksOf(pcm: Int16Array, sampleRate: number): Float32Array {
  const perMs = sampleRate / 1000;
  return Float32Array.from({ length: Math.floor(pcm.length / perMs) }, (_, ms) => {
    let peak = 0;
    for (let i = Math.floor(ms * perMs); i < (ms + 1) * perMs; i++) peak = Math.max(peak, Math.abs(pcm[i]!) / 32_768);
    return peak;
  });
}

/** Above it somebody is heard. */
export const AUDIBLE = 0.02;
/** What is quiet for so long before is a beginning. */
const QUIET_BEFORE_MS = 150;

/** The first beginning of sound from `fromMs` on and before `toMs`; null where there is none. */
export function onset(peaks: Float32Array, fromMs: number, toMs: number): number | null {
  let quiet = 0;
  for (let ms = Math.max(0, fromMs - QUIET_BEFORE_MS); ms < Math.min(toMs, peaks.length); ms++) {
    if (peaks[ms]! < AUDIBLE) quiet++;
    else {
      if (ms >= fromMs && (quiet >= QUIET_BEFORE_MS || quiet === ms)) return ms;
      quiet = 0;
    }
  }
  return null;
}

/** Stretches of at least `leastMs` in which nobody is heard. */
export function quietStretches(peaks: Float32Array, leastMs: number): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  let from: number | null = null;
  for (let ms = 0; ms <= peaks.length; ms++) {
    if (ms < peaks.length && peaks[ms]! < AUDIBLE) from ??= ms;
    else if (from !== null) {
      if (ms - from >= leastMs) found.push({ fromMs: from, toMs: ms });
      from = null;
    }
  }
  return found;
}

export interface SeenStrip {
  pictures: number;
  /** The first picture of each flash. */
  flashes: number[];
  /** Pictures whose ticker stands where it stood in the one before. */
  repeated: number;
}

const WHITE = 200;

/** The top of each picture: its flash and its ticker. */
export async function watchStrip(
  ffmpegPath: string,
  path: string,
  { widthPx, heightPx }: StageSize,
  signal: AbortSignal,
): Promise<SeenStrip> {
  const height = Math.floor((heightPx * STRIP_HEIGHT) / 2) * 2;
  const tickerBytes = widthPx * Math.floor(heightPx * TICKER_HEIGHT);
  const args = [
    ...['-i', path, '-map', '0:v:0', '-vsync', '0', '-vf', `crop=${widthPx}:${height}:0:0`],
    ...['-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
  ];
  const bytes = widthPx * height;
  let [frame, before] = [Buffer.alloc(bytes), Buffer.alloc(bytes)];
  let [filled, pictures] = [0, 0];
  let lit = false;
  const flashes: number[] = [];
  const moved: number[] = [];
  for await (const piece of decoded(ffmpegPath, args, signal)) {
    for (let at = 0; at < piece.length; ) {
      const count = piece.copy(frame, filled, at, at + bytes - filled);
      filled += count;
      at += count;
      if (filled < bytes) continue;
      if (pictures > 0) moved.push(meanDifference(frame, before, tickerBytes));
      const white = meanInside(frame, widthPx, heightPx) > WHITE;
      if (white && !lit) flashes.push(pictures);
      lit = white;
      pictures++;
      filled = 0;
      [frame, before] = [before, frame];
    }
  }
  return { pictures, flashes, repeated: standstills(moved) };
}

const NEAR = 12;
/** Less than this share of what is usual around it is an encoder that refines a picture, not a ticker that runs. */
const STANDS = 0.15;
/** Grey levels; below it there is hardly any text to see. */
const RUNS = 4;

/** How often the ticker stands still, by how much it changes from each picture to the next. */
export function standstills(moved: readonly number[]): number {
  return moved.filter((change, i) => {
    const usual = median(moved.slice(Math.max(0, i - NEAR), i + NEAR + 1));
    return usual > RUNS && change < usual * STANDS;
  }).length;
}

function meanDifference(a: Buffer, b: Buffer, count: number): number {
  let [sum, seen] = [0, 0];
  // Every third byte says it too.
  for (let i = 0; i < count; i += 3, seen++) sum += Math.abs(a[i]! - b[i]!);
  return sum / seen;
}

function meanInside(grey: Buffer, widthPx: number, heightPx: number): number {
  const { x, y, width, height } = FLASH_INSIDE;
  const [left, top] = [Math.round(x * widthPx), Math.round(y * heightPx)];
  const [wide, high] = [Math.max(1, Math.round(width * widthPx)), Math.max(1, Math.round(height * heightPx))];
  let sum = 0;
  for (let row = top; row < top + high; row++)
    for (let column = left; column < left + wide; column++) sum += grey[row * widthPx + column]!;
  return sum / (wide * high);
}

/** One line's beginning as it was received. */
export interface Beginning {
  seenMs: number;
  heardMs: number;
}

/** So far a line's first sound is looked for around its flash. */
const REACH_MS = 350;

/** Each flash with the first sound near it; a flash without any is left out. */
export function beginnings(flashMs: readonly number[], peaks: Float32Array): Beginning[] {
  return flashMs.flatMap((seenMs) => {
    const heardMs = onset(peaks, Math.round(seenMs) - REACH_MS, Math.round(seenMs) + REACH_MS);
    return heardMs === null ? [] : [{ seenMs, heardMs }];
  });
}

export interface PictureLag {
  /** Positive: the picture is late. */
  ms: number;
  /** Furthest from it of all that were taken. */
  spreadMs: number;
  /** Taken, and left out: an utterance whose first frames had to be drawn while they were due. */
  taken: number;
  leftOut: number;
}

/** A moment is seen within one frame of where it is heard; what lies further off is no matter of step. */
const ONE_FRAME_MS = 45;

/**
 * How far the picture lags behind the sound. The moments fall anywhere between two pictures, so single values lie within one frame, and the
 * middle between the least and the most of them says more than their mean.
 * @param leadInMs from where a line begins to its first sound
 */
export function pictureLag(found: readonly Beginning[], leadInMs: number): PictureLag {
  const all = found.map(({ seenMs, heardMs }) => seenMs - (heardMs - leadInMs));
  const usual = median(all);
  const taken = all.filter((ms) => Math.abs(ms - usual) <= ONE_FRAME_MS);
  const [least, most] = [Math.min(...taken), Math.max(...taken)];
  return {
    ms: (least + most) / 2,
    spreadMs: (most - least) / 2,
    taken: taken.length,
    leftOut: all.length - taken.length,
  };
}
