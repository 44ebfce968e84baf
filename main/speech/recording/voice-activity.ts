/** Which frames hold speech, judged by level against the recording's own noise floor and speech level. */
import { FRAME_MS, frameLevelsDb, type SpeechFrames } from './frames.ts';

export interface VoiceActivity {
  /** 1 where the frame belongs to speech (short closures inside words included). */
  speech: Uint8Array;
  levelDb: Float32Array;
  /** Level that about one in twenty frames of speech exceeds. */
  peakDb: number;
  floorDb: number;
}

/** Silence shorter than this belongs to a word: a stop's closure. */
const CLOSURE_MS = 130;
const MIN_SPEECH_MS = 40;
/** Below this a frame is silence, however quiet the rest is. */
const INAUDIBLE_DB = -85;

const percentile = (values: Float32Array, p: number): number => {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
};

/** Flips runs of `value` shorter than `frames`, except at the two ends when `value` is 0. */
const absorb = (mask: Uint8Array, value: 0 | 1, frames: number): void => {
  let start = 0;
  while (start < mask.length) {
    let end = start;
    while (end < mask.length && mask[end] === mask[start]) end++;
    const atEdge = start === 0 || end === mask.length;
    if (mask[start] === value && end - start < frames && !(value === 0 && atEdge)) mask.fill(1 - value, start, end);
    start = end;
  }
};

export function detectSpeech(frames: SpeechFrames): VoiceActivity {
  const levelDb = frameLevelsDb(frames);
  const peakDb = percentile(levelDb, 0.95);
  const floorDb = Math.max(percentile(levelDb, 0.03), peakDb - 70);
  const span = peakDb - floorDb;
  // Near-digital silence: 38 dB under the speech is quiet enough. Noisy rooms: just above the noise.
  const enterDb = Math.max(INAUDIBLE_DB, peakDb - 34, Math.min(floorDb + Math.max(5, 0.3 * span), peakDb - 8));
  const leaveDb = enterDb - Math.min(4, 0.12 * span);
  const speech = new Uint8Array(frames.count);
  let on = false;
  for (let i = 0; i < frames.count; i++) {
    const db = levelDb[i]!;
    on = on ? db > leaveDb : db > enterDb;
    speech[i] = on ? 1 : 0;
  }
  // The quieter beginning of a sound that later passes the upper threshold.
  for (let i = frames.count - 2; i >= 0; i--) if (speech[i + 1] && !speech[i] && levelDb[i]! > leaveDb) speech[i] = 1;
  absorb(speech, 1, Math.round(20 / FRAME_MS));
  absorb(speech, 0, Math.round(CLOSURE_MS / FRAME_MS));
  absorb(speech, 1, Math.round(MIN_SPEECH_MS / FRAME_MS));
  return { speech, levelDb, peakDb, floorDb };
}

/** Runs of silence as frame ranges [from, to). */
export function silences(speech: Uint8Array): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let from = -1;
  for (let i = 0; i <= speech.length; i++) {
    const quiet = i < speech.length && !speech[i];
    if (quiet && from < 0) from = i;
    if (!quiet && from >= 0) {
      runs.push({ from, to: i });
      from = -1;
    }
  }
  return runs;
}
