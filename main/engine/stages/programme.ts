/** The whole programme's sound: utterances one after another on one clock, brought to broadcast loudness, in constant memory. */
import { type FileHandle, open } from 'node:fs/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { TruePeakLimiter } from '../../speech/limiter.ts';
import {
  type GainPlan,
  type Loudness,
  LoudnessMeter,
  MAX_GAIN_DB,
  planGain,
  ratioOf,
  TARGET_LUFS,
} from '../../speech/loudness.ts';
import type { Utterance } from '../ports/speech.ts';
import { SAMPLE_RATE } from '../ports/tts.ts';

export interface ProgrammeOptions {
  /** Silence before the first word. */
  leadMs?: number;
  /** Silence after the last word, where its own pause is not longer. */
  tailMs?: number;
}

export interface ProgrammeEntry {
  utterance: Utterance;
  startSample: number;
  startMs: number;
}

/** Where everything lies; a pure sum. */
export interface ProgrammeLayout {
  entries: ProgrammeEntry[];
  samples: number;
  durationMs: number;
}

export interface Programme extends ProgrammeLayout {
  /** As the voices made it. */
  measured: Loudness;
  gain: GainPlan;
  /** Raw s16le mono at SAMPLE_RATE, gained and limited: `samples` samples. */
  soundPath: string;
}

const DEFAULT_LEAD_MS = 400;
const DEFAULT_TAIL_MS = 600;
/** Leaves room for the overshoot a lossy encoder adds: −1 dBTP must hold in the file. */
const CEILING_DBTP = -1.5;
const BLOCK = SAMPLE_RATE;

const samplesOf = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

export function layoutProgramme(
  utterances: readonly Utterance[],
  { leadMs = DEFAULT_LEAD_MS, tailMs = DEFAULT_TAIL_MS }: ProgrammeOptions = {},
): ProgrammeLayout {
  const entries: ProgrammeEntry[] = [];
  let at = samplesOf(leadMs);
  for (const [i, utterance] of utterances.entries()) {
    entries.push({ utterance, startSample: at, startMs: (at * 1000) / SAMPLE_RATE });
    const isLast = i === utterances.length - 1;
    at += utterance.samples + samplesOf(isLast ? Math.max(tailMs, utterance.pauseAfterMs) : utterance.pauseAfterMs);
  }
  return { entries, samples: at, durationMs: (at * 1000) / SAMPLE_RATE };
}

/**
 * Measures the sound, plans its gain, and writes it gained and limited to `soundPath` (raw s16le; the caller's to remove):
 * up to four times where the limiter has much to do.
 * @throws StudioError speech.nothing-to-say when nothing at all can be heard.
 */
export async function programme(
  utterances: readonly Utterance[],
  soundPath: string,
  options: ProgrammeOptions,
  signal: AbortSignal,
): Promise<Programme> {
  const layout = layoutProgramme(utterances, options);
  const meter = new LoudnessMeter();
  for await (const pcm of floats(layout, signal)) meter.add(pcm);
  const measured = meter.finish();
  if (measured.truePeakDbtp === Number.NEGATIVE_INFINITY) throw new StudioError('speech.nothing-to-say');
  const { gain, written } = await settleGain(layout, measured, soundPath, signal);
  if (!written) await writeSound(layout, gain.gain, soundPath, null, signal);
  return { ...layout, measured, gain, soundPath };
}

const HEAVY_LIMITING_DB = 1.5;
const CLOSE_ENOUGH_LU = 0.1;
const MAX_PASSES = 3;
/** Part of any gain added is taken away again by the limiter. */
const OVERCORRECTION = 1.3;

/**
 * A limiter that works hard makes the sound quieter: then what comes out is measured, and the gain made up.
 * `written`: the file holds the sound at the very gain returned.
 */
async function settleGain(
  layout: ProgrammeLayout,
  measured: Loudness,
  soundPath: string,
  signal: AbortSignal,
): Promise<{ gain: GainPlan; written: boolean }> {
  let plan = planGain(measured);
  for (let pass = 0; pass < MAX_PASSES && plan.overshootDb > HEAVY_LIMITING_DB; pass++) {
    const meter = new LoudnessMeter({ truePeak: false });
    await writeSound(layout, plan.gain, soundPath, meter, signal);
    const missing = TARGET_LUFS - meter.finish().integratedLufs;
    if (!Number.isFinite(missing) || Math.abs(missing) < CLOSE_ENOUGH_LU) {
      return { gain: plan, written: true };
    }
    const gainDb = Math.min(MAX_GAIN_DB, plan.gainDb + missing * OVERCORRECTION);
    plan = { gain: ratioOf(gainDb), gainDb, overshootDb: plan.overshootDb + gainDb - plan.gainDb };
  }
  return { gain: plan, written: false };
}

/** The finished sound into a file, on its way past the meter. */
async function writeSound(
  layout: ProgrammeLayout,
  gain: number,
  path: string,
  meter: LoudnessMeter | null,
  signal: AbortSignal,
): Promise<void> {
  const limiter = new TruePeakLimiter(CEILING_DBTP);
  const samples = new Int16Array(BLOCK);
  const file = await open(path, 'w');
  const write = async (pcm: Float32Array): Promise<void> => {
    meter?.add(pcm);
    for (let i = 0; i < pcm.length; i++) samples[i] = Math.max(-32768, Math.min(32767, Math.round(pcm[i]! * 32768)));
    await file.writeFile(new Uint8Array(samples.buffer, 0, pcm.length * 2));
  };
  try {
    for await (const pcm of floats(layout, signal)) {
      for (let i = 0; i < pcm.length; i++) pcm[i]! *= gain;
      await write(limiter.process(pcm));
    }
    await write(limiter.flush());
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason !== 'ENOSPC' && reason !== 'EDQUOT') throw cause;
    throw new StudioError('speech.cache-unwritable', { path, reason }, { cause });
  } finally {
    await file.close();
  }
}

/**
 * The layout as float PCM, up to a second at a time. Every piece lies in the same memory, the reader's to change until it asks for
 * the next: memory of typed arrays is given back late, and hours of speech would pile it up.
 */
async function* floats(layout: ProgrammeLayout, signal: AbortSignal): AsyncGenerator<Float32Array> {
  const read = new Int16Array(BLOCK);
  const block = new Float32Array(BLOCK);
  const silence = function* (samples: number): Generator<Float32Array> {
    for (let left = samples; left > 0; left -= BLOCK) {
      signal.throwIfAborted();
      yield block.subarray(0, Math.min(left, BLOCK)).fill(0);
    }
  };
  let at = 0;
  for (const { utterance, startSample } of layout.entries) {
    yield* silence(startSample - at);
    if (utterance.samples > 0) {
      await using file = await open(utterance.pcmPath, 'r');
      for (let from = 0; from < utterance.samples; from += BLOCK) {
        signal.throwIfAborted();
        const length = Math.min(BLOCK, utterance.samples - from);
        await readFully(file, new Uint8Array(read.buffer, 0, length * 2), from * 2);
        for (let i = 0; i < length; i++) block[i] = read[i]! / 32768;
        yield block.subarray(0, length);
      }
    }
    at = startSample + utterance.samples;
  }
  yield* silence(layout.samples - at);
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('a cached sound ended early');
    done += bytesRead;
  }
}
