/** What a stretch of sound looks like and how loud it is. */
import type { Waveform } from '../../app/contract/voices.ts';
import { LoudnessMeter } from '../speech/loudness.ts';
import { msToSamples, type PcmFile, readPcm, samplesToMs } from '../speech/recording/pcm-file.ts';

const STEP_MS = 10;
/** More than any screen has columns. */
const MAX_PEAKS = 6000;

export interface SoundShape {
  waveform: Waveform;
  /** Largest absolute value, 0..1. */
  peak: number;
  /** Share of samples at full scale. */
  clipped: number;
  /** null for silence. */
  integratedLufs: number | null;
}

export async function shapeOf(sound: PcmFile, signal: AbortSignal, { loudness = false } = {}): Promise<SoundShape> {
  const stepMs = Math.max(STEP_MS, Math.ceil(samplesToMs(sound.samples) / MAX_PEAKS / STEP_MS) * STEP_MS);
  const step = msToSamples(stepMs);
  const meter = loudness ? new LoudnessMeter({ truePeak: false }) : null;
  const peaks = new Float32Array(Math.ceil(sound.samples / step));
  let at = 0;
  let clipped = 0;
  for await (const block of readPcm(sound, signal)) {
    meter?.add(Float32Array.from(block, (sample) => sample / 32_768));
    for (const sample of block) {
      const size = Math.abs(sample) / 32_768;
      if (size > 0.999) clipped += 1;
      const slot = Math.floor(at++ / step);
      if (size > peaks[slot]!) peaks[slot] = size;
    }
  }
  const lufs = meter?.finish().integratedLufs ?? Number.NEGATIVE_INFINITY;
  return {
    waveform: { stepMs, peaks: Array.from(peaks, (peak) => Math.round(peak * 1000) / 1000) },
    peak: peaks.reduce((most, peak) => Math.max(most, peak), 0),
    clipped: at === 0 ? 0 : clipped / at,
    integratedLufs: Number.isFinite(lufs) ? lufs : null,
  };
}
