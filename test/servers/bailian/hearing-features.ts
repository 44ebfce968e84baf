/**
 * What the ear compares: mel-frequency cepstra with their slopes, 50 a second, of sound at 16 kHz as it comes in. Only what a telephone
 * line lets through is looked at, so that the same words are the same at any rate. (Davis & Mermelstein 1980)
 */
import { PowerSpectrum } from '../../../main/speech/recording/fft.ts';

export const EAR_RATE = 16_000;
export const FRAME_MS = 20;
const HOP = (EAR_RATE * FRAME_MS) / 1000;
const WINDOW = 400;
const FFT = 512;
const BANDS = 24;
const LOW_HZ = 120;
const HIGH_HZ = 3500;
const CEPSTRA = 12;
/** What is so much weaker than the loudest is as good as silence: no noise of a room may count. */
const FLOOR = 3e-4;
/** 12 cepstra, their slopes and the slope of the level. */
export const FEATURES = 2 * CEPSTRA + 1;
const REACH = 2;

const mel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
const hertz = (value: number): number => 700 * (10 ** (value / 2595) - 1);
const edges = Array.from(
  { length: BANDS + 2 },
  (_, i) => (hertz(mel(LOW_HZ) + ((mel(HIGH_HZ) - mel(LOW_HZ)) * i) / (BANDS + 1)) * FFT) / EAR_RATE,
);
const window = Float64Array.from(
  { length: WINDOW },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW),
);
const cosines = Float64Array.from(
  { length: (CEPSTRA + 1) * BANDS },
  (_, at) => Math.sqrt(2 / BANDS) * Math.cos((Math.PI * Math.floor(at / BANDS) * ((at % BANDS) + 0.5)) / BANDS),
);
/** Fine shape differs most between voices: it counts least. */
const weights = Float64Array.from({ length: CEPSTRA }, (_, k) => Math.exp(-0.1 * k));
const LEVEL_SLOPE = 0.25;
const SLOPE = 0.6;

export interface Frame {
  /** dB full scale, for telling speech from silence. */
  levelDb: number;
  /** FEATURES values; the mean cepstra of the speaker are still in them. */
  features: Float32Array;
}

/** Frame n is centred on (n + 0.5)·FRAME_MS; it comes out two frames late, for its slopes. */
export class FrameMaker {
  #held = new Float32Array(WINDOW / 2);
  readonly #frame = new Float64Array(WINDOW);
  readonly #power = new Float64Array(FFT / 2 + 1);
  readonly #spectrum = new PowerSpectrum(FFT);
  readonly #recent: { cepstra: Float64Array; levelDb: number }[] = [];
  #made = 0;
  /** Energy of the loudest frame of late. */
  #peak = 0;

  push(pcm: Float32Array): Frame[] {
    const joined = new Float32Array(this.#held.length + pcm.length);
    joined.set(this.#held);
    joined.set(pcm, this.#held.length);
    const frames: Frame[] = [];
    let at = 0;
    // `#held` begins half a window before the next frame's hop.
    for (; at + WINDOW / 2 + HOP / 2 + WINDOW / 2 <= joined.length; at += HOP) {
      const frame = this.#slope(this.#analyse(joined, at + HOP / 2));
      if (frame) frames.push(frame);
    }
    this.#held = joined.slice(at);
    return frames;
  }

  end(): Frame[] {
    return this.push(new Float32Array(HOP * (REACH + 2)));
  }

  #analyse(pcm: Float32Array, from: number): { cepstra: Float64Array; levelDb: number } {
    let energy = 1e-12;
    for (let i = 0; i < WINDOW; i++) {
      const now = pcm[from + i]!;
      energy += now * now;
      this.#frame[i] = (now - 0.97 * (pcm[from + i - 1] ?? 0)) * window[i]!;
    }
    this.#spectrum.of(this.#frame, this.#power);
    const logs = new Float64Array(BANDS);
    this.#peak = Math.max(energy, 0.998 * this.#peak);
    const floor = 1e-7 + FLOOR * this.#peak;
    for (let band = 0; band < BANDS; band++) {
      const [low, mid, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
      let sum = floor;
      for (let bin = Math.ceil(low); bin < high; bin++)
        sum += this.#power[bin]! * (bin < mid ? (bin - low) / (mid - low) : (high - bin) / (high - mid));
      logs[band] = Math.log(sum);
    }
    const cepstra = new Float64Array(CEPSTRA + 1);
    for (let k = 0; k <= CEPSTRA; k++)
      for (let band = 0; band < BANDS; band++) cepstra[k]! += cosines[k * BANDS + band]! * logs[band]!;
    return { cepstra, levelDb: 10 * Math.log10(energy / WINDOW) };
  }

  #slope(latest: { cepstra: Float64Array; levelDb: number }): Frame | null {
    const { length } = this.#recent;
    if (length === 0) for (let i = 0; i < REACH; i++) this.#recent.push(latest);
    this.#recent.push(latest);
    this.#made += 1;
    if (this.#made <= REACH) return null;
    const [a, b, middle, d, e] = this.#recent.slice(-5) as [
      typeof latest,
      typeof latest,
      typeof latest,
      typeof latest,
      typeof latest,
    ];
    if (this.#recent.length > 5) this.#recent.shift();
    const features = new Float32Array(FEATURES);
    const slope = (k: number): number => (2 * (e.cepstra[k]! - a.cepstra[k]!) + (d.cepstra[k]! - b.cepstra[k]!)) / 10;
    for (let k = 0; k < CEPSTRA; k++) {
      features[k] = weights[k]! * middle.cepstra[k + 1]!;
      features[CEPSTRA + k] = 2 * SLOPE * weights[k]! * slope(k + 1);
    }
    features[2 * CEPSTRA] = LEVEL_SLOPE * slope(0);
    return { levelDb: middle.levelDb, features };
  }
}

/** Its speaker's mean, and the mean of nobody speaking left out: half of what one voice differs by from another. */
export function meanOf(frames: readonly Frame[]): Float32Array {
  const mean = new Float32Array(CEPSTRA);
  const loudest = frames.reduce((most, { levelDb }) => Math.max(most, levelDb), -200);
  let count = 0;
  for (const { features, levelDb } of frames) {
    if (levelDb < loudest - 35) continue;
    count += 1;
    for (let k = 0; k < CEPSTRA; k++) mean[k]! += features[k]!;
  }
  return mean.map((sum) => sum / Math.max(1, count));
}

export function without(mean: Float32Array, features: Float32Array): Float32Array {
  const centred = features.slice();
  for (let k = 0; k < CEPSTRA; k++) centred[k]! -= mean[k]!;
  return centred;
}

/** Between two centred frames. */
export function distance(a: Float32Array, at: number, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < FEATURES; k++) {
    const gap = a[at + k]! - b[k]!;
    sum += gap * gap;
  }
  return Math.sqrt(sum);
}
