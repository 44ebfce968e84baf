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
  /** s16 mono at SAMPLE_RATE, gained and limited: `samples` samples in all, `chunkSamples` (4,800) at a time, the last one shorter. May be called again. */
  pcm(signal: AbortSignal, chunkSamples?: number): AsyncGenerator<Int16Array>;
}

const DEFAULT_LEAD_MS = 400;
const DEFAULT_TAIL_MS = 600;
const DEFAULT_CHUNK = 4800;
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
 * Reads the sound once to measure it (up to three times more where the limiter has much to do) and plans its gain.
 * @throws StudioError speech.nothing-to-say when nothing at all can be heard.
 */
export async function programme(
  utterances: readonly Utterance[],
  options: ProgrammeOptions,
  signal: AbortSignal,
): Promise<Programme> {
  const layout = layoutProgramme(utterances, options);
  const meter = new LoudnessMeter();
  for await (const pcm of floats(layout, signal)) meter.add(pcm);
  const measured = meter.finish();
  if (measured.truePeakDbtp === Number.NEGATIVE_INFINITY) throw new StudioError('speech.nothing-to-say');
  const gain = await settleGain(layout, measured, signal);
  return { ...layout, measured, gain, pcm: (stop, chunk = DEFAULT_CHUNK) => chunks(layout, gain.gain, stop, chunk) };
}

const HEAVY_LIMITING_DB = 1.5;
const CLOSE_ENOUGH_LU = 0.1;
const MAX_PASSES = 3;
/** Part of any gain added is taken away again by the limiter. */
const OVERCORRECTION = 1.3;

/** A limiter that works hard makes the sound quieter: then what comes out is measured, and the gain made up. */
async function settleGain(layout: ProgrammeLayout, measured: Loudness, signal: AbortSignal): Promise<GainPlan> {
  let plan = planGain(measured);
  for (let pass = 0; pass < MAX_PASSES && plan.overshootDb > HEAVY_LIMITING_DB; pass++) {
    const meter = new LoudnessMeter({ truePeak: false });
    for await (const pcm of limited(layout, plan.gain, signal)) meter.add(pcm);
    const missing = TARGET_LUFS - meter.finish().integratedLufs;
    if (!Number.isFinite(missing) || Math.abs(missing) < CLOSE_ENOUGH_LU) break;
    const gainDb = Math.min(MAX_GAIN_DB, plan.gainDb + missing * OVERCORRECTION);
    plan = { gain: ratioOf(gainDb), gainDb, overshootDb: plan.overshootDb + gainDb - plan.gainDb };
  }
  return plan;
}

/** The layout as float PCM, up to a second at a time. */
async function* floats(layout: ProgrammeLayout, signal: AbortSignal): AsyncGenerator<Float32Array> {
  let at = 0;
  for (const { utterance, startSample } of layout.entries) {
    yield* silence(startSample - at, signal);
    yield* fileSamples(utterance, signal);
    at = startSample + utterance.samples;
  }
  yield* silence(layout.samples - at, signal);
}

function* silence(samples: number, signal: AbortSignal): Generator<Float32Array> {
  for (let left = samples; left > 0; left -= BLOCK) {
    signal.throwIfAborted();
    yield new Float32Array(Math.min(left, BLOCK));
  }
}

/** Exactly `utterance.samples` samples. */
async function* fileSamples(utterance: Utterance, signal: AbortSignal): AsyncGenerator<Float32Array> {
  if (utterance.samples === 0) return;
  const file: FileHandle = await open(utterance.pcmPath, 'r');
  try {
    const raw = new Int16Array(BLOCK);
    const bytes = new Uint8Array(raw.buffer);
    for (let at = 0; at < utterance.samples; ) {
      signal.throwIfAborted();
      const length = Math.min(BLOCK, utterance.samples - at);
      await readFully(file, bytes.subarray(0, length * 2), at * 2);
      const pcm = new Float32Array(length);
      for (let i = 0; i < length; i++) pcm[i] = raw[i]! / 32768;
      yield pcm;
      at += length;
    }
  } finally {
    await file.close();
  }
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('a cached sound ended early');
    done += bytesRead;
  }
}

async function* limited(layout: ProgrammeLayout, gain: number, signal: AbortSignal): AsyncGenerator<Float32Array> {
  const limiter = new TruePeakLimiter(CEILING_DBTP);
  for await (const pcm of floats(layout, signal)) {
    for (let i = 0; i < pcm.length; i++) pcm[i]! *= gain;
    yield limiter.process(pcm);
  }
  yield limiter.flush();
}

async function* chunks(
  layout: ProgrammeLayout,
  gain: number,
  signal: AbortSignal,
  size: number,
): AsyncGenerator<Int16Array> {
  let chunk = new Int16Array(size);
  let filled = 0;
  for await (const pcm of limited(layout, gain, signal)) {
    for (let i = 0; i < pcm.length; i++) {
      chunk[filled++] = Math.max(-32768, Math.min(32767, Math.round(pcm[i]! * 32768)));
      if (filled < size) continue;
      yield chunk;
      chunk = new Int16Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
