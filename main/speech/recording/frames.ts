/**
 * Speech analysis at 10 ms: a mel filter bank (Davis & Mermelstein 1980, HTK mel scale), level and voicing.
 * Band levels are kept in half-decibel steps, one byte each, so that an hour of speech is 12 MB.
 */
import { PowerSpectrum } from './fft.ts';
import { type PcmFile, readPcm } from './pcm-file.ts';

export const FRAME_MS = 10;
export const MEL_BANDS = 32;
/** Band level in dB full scale = byte / 2 + MEL_FLOOR_DB. */
export const MEL_FLOOR_DB = -120;

const RATE = 16_000;
const HOP = (RATE * FRAME_MS) / 1000;
const WINDOW = 400;
const FFT_SIZE = 512;
const LOW_HZ = 60;
const HIGH_HZ = 7600;
const PRE_EMPHASIS = 0.97;

export interface SpeechFrames {
  /** Frame i is centred on (i + 0.5) × FRAME_MS. */
  count: number;
  /** count × MEL_BANDS levels, see {@link MEL_FLOOR_DB}; pre-emphasised. */
  mel: Uint8Array;
  /** Periodicity 0..255 of the frame's low band: about 0 for noise, above 140 for a voiced sound. */
  voicing: Uint8Array;
}

const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
const toHz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** Centre of each mel band in Hz. */
export const MEL_CENTRES_HZ: readonly number[] = Array.from({ length: MEL_BANDS }, (_, band) =>
  toHz(toMel(LOW_HZ) + ((toMel(HIGH_HZ) - toMel(LOW_HZ)) * (band + 1)) / (MEL_BANDS + 1)),
);

interface Band {
  first: number;
  weights: Float64Array;
}

const filterBank = (): Band[] => {
  const edge = (i: number): number =>
    (toHz(toMel(LOW_HZ) + ((toMel(HIGH_HZ) - toMel(LOW_HZ)) * i) / (MEL_BANDS + 1)) * FFT_SIZE) / RATE;
  return Array.from({ length: MEL_BANDS }, (_, band) => {
    const [low, mid, high] = [edge(band), edge(band + 1), edge(band + 2)];
    const first = Math.max(1, Math.floor(Math.min(low, mid - 1)));
    const last = Math.min(FFT_SIZE / 2, Math.ceil(Math.max(high, mid + 1)));
    const weights = new Float64Array(last - first + 1);
    for (let bin = first; bin <= last; bin++) {
      const up = (bin - Math.min(low, mid - 1)) / Math.max(1, mid - low);
      const down = (Math.max(high, mid + 1) - bin) / Math.max(1, high - mid);
      weights[bin - first] = Math.max(0, Math.min(up, down, 1));
    }
    return { first, weights };
  });
};

/** 48 kHz → 16 kHz: windowed-sinc low-pass at 7.4 kHz, every third sample. Centred: adds no delay. */
const DECIMATION = 3;
const TAPS = 61;
const lowPass = (): Float64Array => {
  const taps = new Float64Array(TAPS);
  const cutoff = 7400 / 48_000;
  let sum = 0;
  for (let i = 0; i < TAPS; i++) {
    const x = i - (TAPS - 1) / 2;
    const sinc = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
    taps[i] = sinc * (0.54 - 0.46 * Math.cos((2 * Math.PI * (i + 0.5)) / TAPS));
    sum += taps[i]!;
  }
  return taps.map((tap) => tap / sum);
};

async function* at16kHz(source: PcmFile, signal?: AbortSignal): AsyncGenerator<Float32Array> {
  const taps = lowPass();
  const half = (TAPS - 1) / 2;
  // `tail` holds the input not yet fully consumed; it starts with half a filter of silence.
  let tail = new Float32Array(half);
  const filter = (input: Float32Array): Float32Array => {
    const count = Math.max(0, Math.floor((input.length - TAPS) / DECIMATION) + 1);
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      let sum = 0;
      const at = i * DECIMATION;
      for (let k = 0; k < TAPS; k++) sum += input[at + k]! * taps[k]!;
      output[i] = sum;
    }
    tail = input.slice(count * DECIMATION);
    return output;
  };
  for await (const block of readPcm(source, signal)) {
    const input = new Float32Array(tail.length + block.length);
    input.set(tail);
    for (let i = 0; i < block.length; i++) input[tail.length + i] = block[i]! / 32_768;
    yield filter(input);
  }
  const last = new Float32Array(tail.length + half);
  last.set(tail);
  yield filter(last);
}

/** Normalised autocorrelation peak, 65–400 Hz, of a 4 kHz signal window. */
const periodicity = (window: Float64Array): number => {
  const length = window.length;
  let best = 0;
  for (let lag = 10; lag <= 62; lag++) {
    let cross = 0;
    let head = 0;
    let rest = 0;
    for (let i = 0; i + lag < length; i++) {
      const a = window[i]!;
      const b = window[i + lag]!;
      cross += a * b;
      head += a * a;
      rest += b * b;
    }
    const value = cross / Math.sqrt(head * rest + 1e-9);
    if (value > best) best = value;
  }
  return best;
};

const VOICING_WINDOW = 128;
const VOICING_DECIMATION = 4;

/** Analyses a whole stretch, streaming: memory is the result (33 bytes a frame) plus one block. */
export async function analyseSpeech(source: PcmFile, signal?: AbortSignal): Promise<SpeechFrames> {
  const count = Math.max(1, Math.ceil(source.samples / (HOP * DECIMATION)));
  const mel = new Uint8Array(count * MEL_BANDS);
  const voicing = new Uint8Array(count);
  const bank = filterBank();
  const spectrum = new PowerSpectrum(FFT_SIZE);
  const power = new Float64Array(FFT_SIZE / 2 + 1);
  const hann = Float64Array.from(
    { length: WINDOW },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW),
  );
  const frame = new Float64Array(WINDOW);
  const low = new Float64Array(VOICING_WINDOW);
  // A full-scale sine reads about 0 dB.
  const scale = (4 / (WINDOW / 2)) ** 2 / 4;

  // History long enough for both windows, which are centred on the hop's middle.
  const reach = (VOICING_WINDOW * VOICING_DECIMATION) / 2;
  let buffered = new Float32Array(reach);
  let origin = -reach;
  let next = 0;

  const analyseUpTo = (input: Float32Array): void => {
    const size = input.length;
    while (next < count) {
      const centre = Math.round((next + 0.5) * HOP) - origin;
      if (centre + reach > size) break;
      const from = centre - WINDOW / 2;
      for (let i = 0; i < WINDOW; i++) {
        frame[i] = (input[from + i]! - PRE_EMPHASIS * input[from + i - 1]!) * hann[i]!;
      }
      spectrum.of(frame, power);
      for (let band = 0; band < MEL_BANDS; band++) {
        const { first, weights } = bank[band]!;
        let energy = 0;
        for (let k = 0; k < weights.length; k++) energy += weights[k]! * power[first + k]!;
        const db = 10 * Math.log10(energy * scale + 1e-12);
        mel[next * MEL_BANDS + band] = Math.max(0, Math.min(255, Math.round((db - MEL_FLOOR_DB) * 2)));
      }
      let mean = 0;
      for (let i = 0; i < VOICING_WINDOW; i++) {
        const at = centre - reach + i * VOICING_DECIMATION;
        low[i] = input[at]! + input[at + 1]! + input[at + 2]! + input[at + 3]!;
        mean += low[i]! / VOICING_WINDOW;
      }
      for (let i = 0; i < VOICING_WINDOW; i++) low[i] = low[i]! - mean;
      voicing[next] = Math.round(255 * Math.min(1, periodicity(low)));
      next++;
    }
    const keepFrom = Math.max(0, Math.min(size, Math.round((next + 0.5) * HOP) - origin - reach - 1));
    buffered = input.slice(keepFrom);
    origin += keepFrom;
  };
  const append = (block: Float32Array): Float32Array => {
    const joined = new Float32Array(buffered.length + block.length);
    joined.set(buffered);
    joined.set(block, buffered.length);
    return joined;
  };

  for await (const block of at16kHz(source, signal)) analyseUpTo(append(block));
  analyseUpTo(append(new Float32Array(2 * reach + HOP)));
  return { count, mel, voicing };
}

/** Level of every frame in dB: the sum of its (pre-emphasised) bands. */
export function frameLevelsDb(frames: SpeechFrames): Float32Array {
  const power = Float64Array.from({ length: 256 }, (_, byte) => 10 ** ((byte / 2 + MEL_FLOOR_DB) / 10));
  const levels = new Float32Array(frames.count);
  for (let i = 0; i < frames.count; i++) {
    let sum = 0;
    for (let band = 0; band < MEL_BANDS; band++) sum += power[frames.mel[i * MEL_BANDS + band]!]!;
    levels[i] = 10 * Math.log10(sum);
  }
  return levels;
}
