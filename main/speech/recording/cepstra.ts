/** Mel-frequency cepstra with deltas from {@link SpeechFrames}, made comparable between two voices. */
import { MEL_BANDS, MEL_FLOOR_DB, type SpeechFrames } from './frames.ts';
import { silences, type VoiceActivity } from './voice-activity.ts';

export const CEPSTRA = 13;
/** 13 static + 13 delta values a frame. */
export const FEATURES = 2 * CEPSTRA;
const DELTA_REACH = 3;

const COSINES = Float64Array.from({ length: CEPSTRA * MEL_BANDS }, (_, at) => {
  const k = Math.floor(at / MEL_BANDS);
  const band = at % MEL_BANDS;
  return Math.sqrt(2 / MEL_BANDS) * Math.cos((Math.PI * k * (band + 0.5)) / MEL_BANDS);
});

const dbToPower = Float64Array.from({ length: 256 }, (_, byte) => 10 ** ((byte / 2 + MEL_FLOOR_DB) / 10));

/** Mean power of each band while nobody speaks, relative to the speech level (`peakDb`). */
export function noiseProfile(frames: SpeechFrames, activity: VoiceActivity): Float64Array {
  const profile = new Float64Array(MEL_BANDS);
  let count = 0;
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; i++, count++) {
      for (let band = 0; band < MEL_BANDS; band++) {
        profile[band] = profile[band]! + dbToPower[frames.mel[i * MEL_BANDS + band]!]!;
      }
    }
  };
  // The outermost frames of a pause still ring with the words around it.
  for (const { from, to } of silences(activity.speech)) if (to - from > 10) add(from + 4, to - 4);
  const reference = 10 ** (activity.peakDb / 10) * Math.max(1, count);
  return profile.map((power) => power / reference);
}

/**
 * `count × CEPSTRA` static cepstra. `noise` (power a band relative to the speech level) is added first, so that a clean
 * reference meets a noisy recording on equal terms: parallel model combination, Gales & Young 1996, in its simplest form.
 */
export function staticCepstra(frames: SpeechFrames, activity: VoiceActivity, noise: Float64Array): Float32Array {
  const out = new Float32Array(frames.count * CEPSTRA);
  const level = 10 ** (activity.peakDb / 10);
  // Nothing 55 dB under the speech matters; without a floor digital silence would dominate every distance.
  const floor = level * 10 ** -5.5;
  const logs = new Float64Array(MEL_BANDS);
  for (let i = 0; i < frames.count; i++) {
    for (let band = 0; band < MEL_BANDS; band++) {
      const power = dbToPower[frames.mel[i * MEL_BANDS + band]!]! + noise[band]! * level + floor;
      logs[band] = Math.log(power / level);
    }
    for (let k = 0; k < CEPSTRA; k++) {
      let sum = 0;
      const row = k * MEL_BANDS;
      for (let band = 0; band < MEL_BANDS; band++) sum += COSINES[row + band]! * logs[band]!;
      out[i * CEPSTRA + k] = sum;
    }
  }
  return out;
}

/** Keeps the rows listed. */
export function pickRows(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) out.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return out;
}

/**
 * How much each value counts once normalised: level most, deltas and the high cepstra (fine shape, which differs most
 * between voices) least. Found on words said by recorded-speech voices (diphone and statistical) against eSpeak NG.
 */
const weightOf = (feature: number): number => {
  const order = feature % CEPSTRA;
  const shape = order === 0 ? 1.3 : Math.exp(-0.12 * order);
  return feature < CEPSTRA ? shape : 0.35 * shape;
};

/** Static cepstra → FEATURES a frame, each normalised to mean 0 and variance 1 over all frames, then weighted. */
export function normalisedFeatures(cepstra: Float32Array): Float32Array {
  const count = cepstra.length / CEPSTRA;
  const out = new Float32Array(count * FEATURES);
  const clamp = (i: number): number => Math.max(0, Math.min(count - 1, i));
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < CEPSTRA; k++) {
      out[i * FEATURES + k] = cepstra[i * CEPSTRA + k]!;
      let slope = 0;
      for (let d = 1; d <= DELTA_REACH; d++) {
        slope += d * (cepstra[clamp(i + d) * CEPSTRA + k]! - cepstra[clamp(i - d) * CEPSTRA + k]!);
      }
      out[i * FEATURES + CEPSTRA + k] = slope;
    }
  }
  for (let k = 0; k < FEATURES; k++) {
    let sum = 0;
    let squares = 0;
    for (let i = k; i < out.length; i += FEATURES) {
      sum += out[i]!;
      squares += out[i]! ** 2;
    }
    const mean = sum / count;
    const weight = weightOf(k) / Math.sqrt(Math.max(1e-6, squares / count - mean * mean));
    for (let i = k; i < out.length; i += FEATURES) out[i] = (out[i]! - mean) * weight;
  }
  return out;
}

/** Every two rows averaged into one; an odd last row stays alone. */
export function halveRows(values: Float32Array, width: number): Float32Array {
  const count = values.length / width;
  const half = Math.ceil(count / 2);
  const out = new Float32Array(half * width);
  for (let i = 0; i < half; i++) {
    const a = 2 * i * width;
    const b = Math.min(2 * i + 1, count - 1) * width;
    for (let k = 0; k < width; k++) out[i * width + k] = (values[a + k]! + values[b + k]!) / 2;
  }
  return out;
}
