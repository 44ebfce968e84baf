/** A person's recording, in whatever ffmpeg reads, as raw mono s16le PCM at SAMPLE_RATE on disk. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { samplesToMs } from './pcm-file.ts';

export const MAX_RECORDING_HOURS = 4;
export const MIN_RECORDING_MS = 100;
/** Quieter than this everywhere is silence: the hiss of a muted track. */
const SILENT_PEAK_DB = -50;
const SILENT_BLOCK_DB = -62;
/** A block this far under the loudest one, or under SILENT_BLOCK_DB, is leading or trailing silence. */
const TRIM_BELOW_PEAK_DB = 38;
const BLOCK_SAMPLES = SAMPLE_RATE / 100;

export interface DecodedRecording {
  pcmPath: string;
  samples: number;
  durationMs: number;
  /** Silence before the first and after the last audible sound, to 10 ms. */
  leadingSilenceMs: number;
  trailingSilenceMs: number;
  /** Loudest sample and loudest 10 ms RMS, dB full scale. */
  peakDb: number;
  loudestDb: number;
}

/** Containers that hold sound. Playlists and scripts (hls, concat, …) are not among them: they name other files. */
const FORMATS =
  'wav,w64,aiff,au,caf,mp3,aac,ogg,flac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,amr,asf,avi,mpegts,mpeg,ape,wv,tta,ac3,eac3,dts,oma,flv';

/** What ffmpeg is told. Only local files: a playlist in disguise must not reach the network. `file:` keeps any name a name. */
export function decodeArguments(file: string): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error'],
    ...[
      '-protocol_whitelist',
      'file,pipe',
      '-format_whitelist',
      FORMATS,
      '-i',
      `file:${isAbsolute(file) ? file : resolve(file)}`,
    ],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-ac', '1', '-ar', String(SAMPLE_RATE)],
    ...['-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
  ];
}

const decibel = (amplitude: number): number => 20 * Math.log10(Math.max(amplitude, 1e-6));

/** Listens to the PCM as it passes: peak, and the RMS of every 10 ms (one byte each, half-decibel steps under full scale). */
class LevelMeter {
  samples = 0;
  private peak = 0;
  private energy = 0;
  private filled = 0;
  private readonly blocks: number[] = [];
  private odd: number | undefined;

  push(chunk: Buffer): void {
    let at = 0;
    if (this.odd !== undefined && chunk.length > 0) {
      this.add(((this.odd | (chunk[0]! << 8)) << 16) >> 16);
      this.odd = undefined;
      at = 1;
    }
    for (; at + 1 < chunk.length; at += 2) this.add(chunk.readInt16LE(at));
    if (at < chunk.length) this.odd = chunk[at]!;
  }

  private add(sample: number): void {
    this.samples++;
    const value = sample / 32_768;
    if (Math.abs(value) > this.peak) this.peak = Math.abs(value);
    this.energy += value * value;
    if (++this.filled === BLOCK_SAMPLES) this.endBlock();
  }

  private endBlock(): void {
    this.blocks.push(decibel(Math.sqrt(this.energy / this.filled)));
    this.energy = 0;
    this.filled = 0;
  }

  finish(): Omit<DecodedRecording, 'pcmPath'> {
    if (this.filled > 0) this.endBlock();
    const loudestDb = this.blocks.reduce((most, db) => Math.max(most, db), -120);
    const heard = (db: number): boolean => db > Math.max(SILENT_BLOCK_DB, loudestDb - TRIM_BELOW_PEAK_DB);
    const first = this.blocks.findIndex(heard);
    const last = this.blocks.findLastIndex(heard);
    const durationMs = samplesToMs(this.samples);
    return {
      samples: this.samples,
      durationMs,
      leadingSilenceMs: first < 0 ? durationMs : first * 10,
      trailingSilenceMs: last < 0 ? durationMs : Math.max(0, durationMs - (last + 1) * 10),
      peakDb: decibel(this.peak),
      loudestDb,
    };
  }
}

const ensureReadable = async (file: string): Promise<void> => {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new StudioError('speech.recording-unreadable', { path: file, reason: 'not a file' });
    await access(file, constants.R_OK);
  } catch (error) {
    if (error instanceof StudioError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new StudioError('speech.recording-missing', { path: file }, { cause: error });
    throw new StudioError('speech.recording-unreadable', { path: file, reason: code }, { cause: error });
  }
};

/** The last words of ffmpeg's complaint, without the path it repeats. */
const reasonOf = (stderr: string, file: string): string => {
  const lines = stderr.split('\n').map((line) => line.replace(/^\[[^\]]*\]\s*/, '').trim());
  const last = lines.filter((line) => line !== '').at(-1) ?? 'it holds nothing to decode';
  return last
    .replaceAll(`file:${resolve(file)}`, '')
    .replace(/^[:\s]+/, '')
    .slice(0, 200);
};

const NO_AUDIO = /matches no streams|does not contain any stream|Output file is empty, nothing was encoded/i;
const STDERR_KEPT = 16_384;

const closed = (child: ChildProcess): Promise<number | null> =>
  new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code));
  });

/**
 * Decodes `file` into `pcmOutPath` (complete or absent). Aborting kills ffmpeg, removes what was written and rejects with
 * the signal's reason. Throws `speech.recording-*`; a missing ffmpeg is `spawn`'s own error.
 */
export async function decodeRecording(
  file: string,
  { ffmpegPath, pcmOutPath }: { ffmpegPath: string; pcmOutPath: string },
  signal?: AbortSignal,
): Promise<DecodedRecording> {
  signal?.throwIfAborted();
  await ensureReadable(file);
  const partPath = `${pcmOutPath}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.part`;
  const meter = new LevelMeter();
  const output = await open(partPath, 'wx');
  const child = spawn(ffmpegPath, decodeArguments(file), { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const exit = closed(child);
  exit.catch(() => {});
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  try {
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT);
    });
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      meter.push(chunk);
      await output.writeFile(chunk);
      if (meter.samples > MAX_RECORDING_HOURS * 3600 * SAMPLE_RATE) {
        throw new StudioError('speech.recording-too-long', { hours: MAX_RECORDING_HOURS });
      }
    }
    const code = await exit;
    signal?.throwIfAborted();
    const decoded = meter.finish();
    // A damaged tail still gives what came before it; only a file that gives nothing at all has failed.
    if (decoded.samples === 0) throw nothingDecoded(file, code, stderr);
    if (decoded.durationMs < MIN_RECORDING_MS) {
      const milliseconds = Math.round(decoded.durationMs * 100) / 100;
      throw new StudioError('speech.recording-too-short', { milliseconds, minimumMs: MIN_RECORDING_MS });
    }
    if (decoded.peakDb < SILENT_PEAK_DB || decoded.loudestDb < SILENT_BLOCK_DB)
      throw new StudioError('speech.recording-silent');
    await output.sync();
    await output.close();
    await rename(partPath, pcmOutPath);
    return { pcmPath: pcmOutPath, ...decoded };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
    await exit.catch(() => {});
    await output.close().catch(() => {});
    await rm(partPath, { force: true });
  }
}

const nothingDecoded = (file: string, code: number | null, stderr: string): StudioError => {
  const cause = new Error(`ffmpeg exited with ${code}: ${stderr}`);
  if (NO_AUDIO.test(stderr)) return new StudioError('speech.recording-no-audio', { path: file }, { cause });
  if (code === 0)
    return new StudioError('speech.recording-too-short', { milliseconds: 0, minimumMs: MIN_RECORDING_MS }, { cause });
  return new StudioError('speech.recording-not-audio', { path: file, reason: reasonOf(stderr, file) }, { cause });
};
