/**
 * The mel spectrogram the Wav2Lip networks were trained on (github.com/Rudrabha/Wav2Lip audio.py, hparams.py; librosa's defaults
 * otherwise): 16 kHz, pre-emphasis 0.97, centred frames of 800 samples every 200, periodic Hann window, magnitudes, 80 mels of
 * 55–7600 Hz on Slaney's scale with Slaney's normalisation, decibels less 20, scaled to ±4. Before and after the sound lies silence.
 */
import { MagnitudeSpectrum } from './spectrum.ts';

export const MEL_SAMPLE_RATE = 16_000;
const FRAME = 800;
const HOP = 200;
export const MELS = 80;
/** Columns a network sees at once: 200 ms. */
export const MEL_WINDOW = 16;
const COLUMNS_PER_SECOND = MEL_SAMPLE_RATE / HOP;
const [LOWEST_HZ, HIGHEST_HZ] = [55, 7600];
const PRE_EMPHASIS = 0.97;
/** What silence is. */
export const MEL_FLOOR = -4;

/** How far after a frame's own time its window listens, ms. */
export const MEL_LOOK_AHEAD_MS = ((MEL_WINDOW - 1) * HOP + FRAME / 2) / (MEL_SAMPLE_RATE / 1000);

/** First column of a video frame's window, always from the whole frame number: a sum of 3.2s would drift. */
export const melStart = (frame: number, fps: number): number => Math.floor((frame * COLUMNS_PER_SECOND) / fps);

/** Writes mono sound at {@link MEL_SAMPLE_RATE} from sample `first` on into the whole of `into`; any sample may be asked for. */
export type SoundReader = (first: number, into: Float32Array) => void;

/** Columns kept: as many as windows of frames in the making overlap. */
const KEPT = 96;

/** Mel columns of one sound, each worked out when first asked for; memory is the same however long it goes on. */
export class MelColumns {
  readonly #sound: SoundReader;
  readonly #spectrum = new MagnitudeSpectrum(FRAME);
  readonly #samples = new Float32Array(FRAME + 1);
  readonly #frame = new Float64Array(FRAME);
  readonly #magnitudes = new Float64Array(FRAME / 2 + 1);
  readonly #columns = new Float32Array(KEPT * MELS);
  /** Which column lies in each place. */
  readonly #kept = new Float64Array(KEPT).fill(Number.NaN);

  constructor(sound: SoundReader) {
    this.#sound = sound;
  }

  /** The window from column `start` on, as networks take it: {@link MELS} rows of {@link MEL_WINDOW} values. */
  window(start: number, into: Float32Array): void {
    for (let step = 0; step < MEL_WINDOW; step++) {
      const at = this.#column(start + step);
      for (let mel = 0; mel < MELS; mel++) into[mel * MEL_WINDOW + step] = this.#columns[at + mel]!;
    }
  }

  /** How loud a column is: the mean of its mels, {@link MEL_FLOOR} in silence. */
  level(index: number): number {
    const at = this.#column(index);
    let sum = 0;
    for (let mel = 0; mel < MELS; mel++) sum += this.#columns[at + mel]!;
    return sum / MELS;
  }

  /** The sound has changed: nothing of it is known any more. */
  forget(): void {
    this.#kept.fill(Number.NaN);
  }

  /** Place of the column's first value. */
  #column(index: number): number {
    const slot = ((index % KEPT) + KEPT) % KEPT;
    const at = slot * MELS;
    if (this.#kept[slot] === index) return at;
    const samples = this.#samples;
    this.#sound(index * HOP - FRAME / 2 - 1, samples);
    for (let i = 0; i < FRAME; i++) this.#frame[i] = HANN[i]! * (samples[i + 1]! - PRE_EMPHASIS * samples[i]!);
    this.#spectrum.of(this.#frame, this.#magnitudes);
    for (const [mel, { first, weights }] of FILTERS.entries()) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * this.#magnitudes[first + i]!;
      const decibels = 20 * Math.log10(Math.max(1e-5, sum)) - 20;
      this.#columns[at + mel] = Math.min(4, Math.max(MEL_FLOOR, (8 * (decibels + 100)) / 100 - 4));
    }
    this.#kept[slot] = index;
    return at;
  }
}

const HANN = Float64Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));

/** Slaney's scale: linear up to 1 kHz, then 27 steps for a factor of 6.4. */
const toMel = (hz: number): number => (hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4));
const toHz = (mel: number): number => (mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp((Math.log(6.4) * (mel - 15)) / 27));

/** Triangles over the bins, each of the same area. */
const FILTERS = ((): { first: number; weights: Float64Array }[] => {
  const [low, high] = [toMel(LOWEST_HZ), toMel(HIGHEST_HZ)];
  const edges = Array.from({ length: MELS + 2 }, (_, i) => toHz(low + ((high - low) * i) / (MELS + 1)));
  const binHz = MEL_SAMPLE_RATE / FRAME;
  return Array.from({ length: MELS }, (_, mel) => {
    const [left, middle, right] = [edges[mel]!, edges[mel + 1]!, edges[mel + 2]!];
    const first = Math.ceil(left / binHz);
    const count = Math.max(0, Math.floor(right / binHz) - first + 1);
    return {
      first,
      weights: Float64Array.from({ length: count }, (_, i) => {
        const hz = (first + i) * binHz;
        const slope = Math.min((hz - left) / (middle - left), (right - hz) / (right - middle));
        return (Math.max(0, slope) * 2) / (right - left);
      }),
    };
  });
})();
