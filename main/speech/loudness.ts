/**
 * Programme loudness after EBU R 128 / ITU-R BS.1770-4: K-weighting, 400 ms blocks every 100 ms, gates at −70 LUFS and at
 * 10 LU under the loudness of what passes the first. Mono at 48 kHz, heard as one channel (a mono file).
 */
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { TRUE_PEAK_DELAY, TruePeakFollower } from './true-peak.ts';

export const TARGET_LUFS = -16;
export const MAX_TRUE_PEAK_DBTP = -1;

export interface Loudness {
  /** −Infinity for silence and for anything shorter than one block that holds none. */
  integratedLufs: number;
  /** −Infinity for digital silence. */
  truePeakDbtp: number;
}

const HOP = SAMPLE_RATE / 10;
const HOPS_PER_BLOCK = 4;
const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = -10;

/** BS.1770-4 tables 1 and 2: the head's shelf, then the low cut, at 48 kHz. */
const SHELF = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585] as const;
const LOW_CUT = [1, -2, 1, -1.99004745483398, 0.99007225036621] as const;

const lufsOf = (meanSquare: number): number => -0.691 + 10 * Math.log10(meanSquare);
const meanSquareOf = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);
export const decibels = (ratio: number): number => 20 * Math.log10(ratio);
export const ratioOf = (db: number): number => 10 ** (db / 20);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Takes the programme in pieces of any length; keeps ten numbers a second. */
export class LoudnessMeter {
  /** State of the two filters, direct form II transposed. */
  readonly #filter = new Float64Array(4);
  #hopEnergy = 0;
  #hopSamples = 0;
  #peak = 0;
  readonly #hops: number[] = [];
  readonly #truePeak: TruePeakFollower | null;
  readonly #peaks = new Float32Array(HOP);

  /** Without true peak the meter is cheaper; `truePeakDbtp` is then the largest sample. */
  constructor({ truePeak = true }: { truePeak?: boolean } = {}) {
    this.#truePeak = truePeak ? new TruePeakFollower() : null;
  }

  add(pcm: Float32Array): void {
    for (let from = 0; from < pcm.length; from += HOP) {
      const piece = pcm.subarray(from, from + HOP);
      this.#addPeaks(piece);
      this.#addEnergy(piece);
    }
  }

  #addPeaks(pcm: Float32Array): void {
    let peaks = pcm;
    if (this.#truePeak) {
      peaks = this.#peaks.subarray(0, pcm.length);
      this.#truePeak.follow(pcm, peaks, this.#peak);
    }
    for (const peak of peaks) this.#peak = Math.max(this.#peak, Math.abs(peak));
  }

  #addEnergy(pcm: Float32Array): void {
    const [sb0, sb1, sb2, sa1, sa2] = SHELF;
    const [cb0, cb1, cb2, ca1, ca2] = LOW_CUT;
    let [shelf1, shelf2, cut1, cut2] = this.#filter as unknown as [number, number, number, number];
    let energy = this.#hopEnergy;
    let left = HOP - this.#hopSamples;
    for (let i = 0; i < pcm.length; i++) {
      const sample = pcm[i]!;
      const shelved = sb0 * sample + shelf1;
      shelf1 = sb1 * sample - sa1 * shelved + shelf2;
      shelf2 = sb2 * sample - sa2 * shelved;
      const weighted = cb0 * shelved + cut1;
      cut1 = cb1 * shelved - ca1 * weighted + cut2;
      cut2 = cb2 * shelved - ca2 * weighted;
      energy += weighted * weighted;
      left -= 1;
      if (left === 0) {
        this.#hops.push(energy / HOP);
        energy = 0;
        left = HOP;
      }
    }
    this.#filter.set([shelf1, shelf2, cut1, cut2]);
    this.#hopEnergy = energy;
    this.#hopSamples = HOP - left;
  }

  /** The loudness of everything so far; call it once, at the end. */
  finish(): Loudness {
    if (this.#truePeak) this.#addPeaks(new Float32Array(TRUE_PEAK_DELAY));
    return { integratedLufs: this.#integrated(), truePeakDbtp: decibels(this.#peak) };
  }

  #integrated(): number {
    const blocks: number[] = [];
    for (let i = HOPS_PER_BLOCK; i <= this.#hops.length; i++)
      blocks.push(mean(this.#hops.slice(i - HOPS_PER_BLOCK, i)));
    const audible = blocks.filter((energy) => energy > meanSquareOf(ABSOLUTE_GATE_LUFS));
    if (audible.length === 0) return Number.NEGATIVE_INFINITY;
    const gate = meanSquareOf(lufsOf(mean(audible)) + RELATIVE_GATE_LU);
    const loud = audible.filter((energy) => energy > gate);
    return lufsOf(mean(loud));
  }
}

/** Louder than this the noise of a bad recording would come up with the voice. */
export const MAX_GAIN_DB = 30;

export interface GainPlan {
  /** Factor for every sample, before the limiter. */
  gain: number;
  gainDb: number;
  /** How far the gained peaks stand over the ceiling: what the limiter must take away. 0 where nothing. */
  overshootDb: number;
}

/** The gain that brings `measured` to {@link TARGET_LUFS}; silence is left as it is. */
export function planGain(measured: Loudness, targetLufs = TARGET_LUFS): GainPlan {
  const gainDb = Number.isFinite(measured.integratedLufs)
    ? Math.min(MAX_GAIN_DB, targetLufs - measured.integratedLufs)
    : 0;
  const overshootDb = Math.max(0, measured.truePeakDbtp + gainDb - MAX_TRUE_PEAK_DBTP);
  return { gain: ratioOf(gainDb), gainDb, overshootDb };
}
