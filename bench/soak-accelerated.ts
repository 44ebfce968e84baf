/** A day of stream, as fast as it can be made: the same supervisor, session, encoder and hub, with the session's clock a virtual one. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AUDIO, FLV_HEADER, type FlvTag, kindOf, type TagKind, writeTag } from '../main/broadcast/flv/tags.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { LiveHost } from './live-host.ts';
import { leadInOf, spokenLines } from './live-lips.ts';
import { beginnings, cutFlv, type PictureLag, pictureLag, soundPeaks, watchStrip } from './live-media.ts';
import { growth, handles, type Role, rssMb, type Sample, slopePerMinute } from './live-processes.ts';
import { FPS, liveBenchShow } from './live-show.ts';
import { isPicture, Viewer } from './live-viewer.ts';

const SHOW = 'accelerated';
const SIZE = { widthPx: 192, heightPx: 108 };
const SAMPLE_MS = 5_000;
const SAMPLES_A_TAG = 1024;
const SAMPLE_RATE = 48_000;
/** Kept to be decoded, at either end; the last is that of a stream that ends when it has been long enough. */
const KEPT_MS = 600_000;
const ROUNDING_MS = 1;

/** Counts all, keeps both ends. */
class StreamCount {
  readonly #endsAtMs: number;
  readonly #files: { start: WriteStream; end: WriteStream };
  readonly #headers = new Map<TagKind, FlvTag>();
  #firstMs: { picture: number; sound: number } | null = null;
  #endBegun = false;
  pictures = 0;
  sounds = 0;
  lastPictureMs = 0;
  lastSoundMs = 0;
  wrongPictures = 0;
  wrongSounds = 0;
  backwards = 0;

  constructor(paths: { start: string; end: string }, endsAtMs: number) {
    this.#endsAtMs = endsAtMs;
    this.#files = { start: createWriteStream(paths.start), end: createWriteStream(paths.end) };
    for (const file of Object.values(this.#files)) file.write(FLV_HEADER);
  }

  get reached(): boolean {
    return this.lastPictureMs >= this.#endsAtMs;
  }

  take(tag: FlvTag): void {
    const kind = kindOf(tag);
    const { timestampMs } = tag;
    if (kind === 'metadata' || kind === 'audio-header' || kind === 'video-header') {
      this.#headers.set(kind, tag);
      this.#files.start.write(writeTag(tag));
      return;
    }
    if (timestampMs < KEPT_MS) this.#files.start.write(writeTag(tag));
    if (timestampMs >= this.#endsAtMs - KEPT_MS && !this.reached) {
      if (!this.#endBegun) for (const header of this.#headers.values()) this.#files.end.write(writeTag(header));
      this.#endBegun = true;
      this.#files.end.write(writeTag(tag));
    }
    if (isPicture({ kind })) {
      this.#firstMs ??= { picture: timestampMs, sound: Number.NaN };
      if (this.pictures > 0 && timestampMs <= this.lastPictureMs) this.backwards++;
      // Frame n is shown n·1000/fps after the first, whatever was before.
      const dueMs = this.#firstMs.picture + (this.pictures * 1000) / FPS;
      if (Math.abs(timestampMs - dueMs) > ROUNDING_MS) this.wrongPictures++;
      this.pictures++;
      this.lastPictureMs = timestampMs;
    } else if (tag.type === AUDIO && this.#firstMs !== null) {
      if (Number.isNaN(this.#firstMs.sound)) this.#firstMs.sound = timestampMs;
      else if (timestampMs <= this.lastSoundMs) this.backwards++;
      const dueMs = this.#firstMs.sound + (this.sounds * SAMPLES_A_TAG * 1000) / SAMPLE_RATE;
      if (Math.abs(timestampMs - dueMs) > ROUNDING_MS) this.wrongSounds++;
      this.sounds++;
      this.lastSoundMs = timestampMs;
    }
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.#files)) {
      file.end();
      await finished(file);
    }
  }
}

export async function acceleratedFigures(hours: number, run: BenchRun): Promise<Figure[]> {
  const { scratchDir, signal, say, studio } = run;
  const lines = await spokenLines(run);
  const paths = { start: join(scratchDir, 'fast-start.flv'), end: join(scratchDir, 'fast-end.flv') };
  const count = new StreamCount(paths, hours * 3_600_000);
  await using host = await LiveHost.start(join(scratchDir, 'fast'), signal);
  const viewer = new Viewer(
    () => host.flvUrl(SHOW),
    (tag) => count.take(tag),
  );
  const samples: (Sample & { streamMs: number })[] = [];
  const fromMs = performance.now();
  let wallMs: number;
  try {
    await host.go(liveBenchShow({ id: SHOW, size: SIZE, preset: 'ultrafast', videoKbps: 300 }), { virtualClock: true });
    let saidAtMs = 0;
    while (!count.reached) {
      await delay(SAMPLE_MS, undefined, { signal });
      await host.until('the show', () => host.status(SHOW) !== null, 1_000);
      samples.push({ atMs: performance.now(), processes: host.processes(), streamMs: count.lastPictureMs });
      if (performance.now() - saidAtMs < 60_000) continue;
      saidAtMs = performance.now();
      say(`${(count.lastPictureMs / 3_600_000).toFixed(2)} of ${hours} h, ${viewer.connections} connection(s)`);
    }
    wallMs = performance.now() - fromMs;
  } finally {
    await viewer.close();
    await count.close();
  }
  const left = await host.end();
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const lagOf = async (path: string): Promise<PictureLag> => {
    const cut = await cutFlv(path, join(scratchDir, 'fast-cut.flv'), 0, Number.POSITIVE_INFINITY);
    const strip = await watchStrip(ffmpegPath, cut.path, SIZE, signal);
    const peaks = await soundPeaks(ffmpegPath, cut.path, signal);
    const flashMs = strip.flashes.map((i) => cut.pictureMs[i] ?? 0);
    return pictureLag(beginnings(flashMs, peaks), leadInOf(lines));
  };
  const [start, end] = [await lagOf(paths.start), await lagOf(paths.end)];
  const warm = samples.slice(Math.floor(samples.length / 3));
  const slope = (role?: Role): number =>
    60 * slopePerMinute(warm.map((sample) => ({ atMs: sample.streamMs, value: rssMb(sample, role) })));
  return [
    figure('fast.streamHours', count.lastPictureMs / 3_600_000, 'h', { atLeast: hours }),
    figure('fast.wall', wallMs / 60_000, 'min'),
    figure('fast.connections', viewer.connections, '', { atMost: 1 }),
    figure('fast.pictures', count.pictures, ''),
    figure('fast.picturesOffTheirTime', count.wrongPictures, '', { atMost: 0 }),
    figure('fast.soundTags', count.sounds, ''),
    figure('fast.soundTagsOffTheirTime', count.wrongSounds, '', { atMost: 0 }),
    figure('fast.timesBackwards', count.backwards, '', { atMost: 0 }),
    figure('fast.lastPictureBeforeLastSound', count.lastSoundMs - count.lastPictureMs, 'ms', {
      atLeast: -100,
      atMost: 100,
    }),
    figure('fast.pictureLagStart', start.ms, 'ms', { atLeast: -40, atMost: 40 }),
    figure('fast.pictureLagEnd', end.ms, 'ms', { atLeast: -40, atMost: 40 }),
    figure('fast.pictureLagDrift', end.ms - start.ms, 'ms', { atLeast: -5, atMost: 5 }),
    figure('fast.flashesCompared', start.taken + end.taken, ''),
    figure('fast.flashesOutOfStep', start.leftOut + end.leftOut, ''),
    // Of stream time: a leak a frame shows as one an hour of stream.
    figure('fast.memorySlope', slope(), 'MB/h of stream'),
    ...(['supervisor', 'session', 'encoder', 'hub', 'publisher'] as const).map((role) =>
      figure(`fast.memorySlope.${role}`, slope(role), 'MB/h of stream'),
    ),
    figure('fast.memoryEnd', samples.length === 0 ? Number.NaN : rssMb(samples.at(-1)!), 'MB'),
    figure('fast.handlesGrowth', growth(warm.map(handles)), '', { atMost: 0 }),
    figure('fast.processesLeft', left, '', { atMost: 0 }),
  ];
}
