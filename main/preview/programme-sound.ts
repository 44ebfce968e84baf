/**
 * The sound of a script on its clock, from any sample on. Gained as the export would be, as far as is known, and limited alike;
 * the export measures the whole programme before it gains it, a preview only what has been spoken so far.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Utterance } from '../engine/ports/speech.ts';
import { TruePeakLimiter } from '../speech/limiter.ts';
import { LoudnessMeter, planGain } from '../speech/loudness.ts';
import type { PlacedLine, ScriptLayout } from './script-track.ts';

/** As `main/engine/stages/programme.ts` has it. */
const CEILING_DBTP = -1.5;
/** What the embedded voices need, until something has been measured. */
const USUAL_GAIN = 1.6;
const BLOCK = 48_000;

/** How loud each utterance is, measured once. */
export class SpokenLoudness {
  readonly #known = new Map<string, { meanSquare: number; samples: number }>();
  readonly #files: SoundFiles;

  constructor(files: SoundFiles) {
    this.#files = files;
  }

  /** Measures at most `most` of the lines that have not been. */
  async measure(lines: readonly PlacedLine[], most: number): Promise<void> {
    for (const { utterance } of lines) {
      const { pcmPath, samples } = utterance;
      if (pcmPath === '' || this.#known.has(pcmPath)) continue;
      if (most-- <= 0) return;
      const meter = new LoudnessMeter({ truePeak: false });
      const block = new Float32Array(BLOCK);
      for (let at = 0; at < samples; at += BLOCK) {
        const length = Math.min(BLOCK, samples - at);
        block.fill(0);
        await this.#files.add(utterance, at, block.subarray(0, length));
        meter.add(block.subarray(0, length));
      }
      const { integratedLufs } = meter.finish();
      const meanSquare = Number.isFinite(integratedLufs) ? 10 ** (integratedLufs / 10) : 0;
      this.#known.set(pcmPath, { meanSquare, samples: meanSquare > 0 ? samples : 0 });
    }
  }

  /** The factor that brings what has been measured of these lines to broadcast loudness. */
  gain(lines: readonly PlacedLine[]): number {
    let energy = 0;
    let samples = 0;
    for (const { utterance } of lines) {
      const known = this.#known.get(utterance.pcmPath);
      if (known === undefined) continue;
      energy += known.meanSquare * known.samples;
      samples += known.samples;
    }
    if (samples === 0) return USUAL_GAIN;
    // What the limiter takes away does not matter to how much is asked for.
    return planGain({ integratedLufs: 10 * Math.log10(energy / samples), truePeakDbtp: Number.NEGATIVE_INFINITY }).gain;
  }
}

/** Keeps the file open that was read last: sound is read in small pieces, one after another. */
export class SoundFiles implements AsyncDisposable {
  #path = '';
  #file: FileHandle | null = null;
  #turn: Promise<void> = Promise.resolve();
  readonly #onFault: (error: unknown) => void;

  /** What cannot be read is silence, and told. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Adds samples of an utterance from `from` on to `into`, −1..1. What it does not have is silence. */
  add(utterance: Pick<Utterance, 'pcmPath' | 'samples'>, from: number, into: Float32Array): Promise<void> {
    const read = this.#turn.then(() => this.#read(utterance, from, into)).catch(this.#onFault);
    this.#turn = read;
    return read;
  }

  async #read({ pcmPath, samples }: Pick<Utterance, 'pcmPath' | 'samples'>, from: number, into: Float32Array) {
    const length = Math.min(into.length, samples - from);
    if (pcmPath === '' || length <= 0) return;
    if (pcmPath !== this.#path || this.#file === null) {
      await this.#close();
      this.#file = await open(pcmPath, 'r');
      this.#path = pcmPath;
    }
    const pcm = new Int16Array(length);
    const bytes = new Uint8Array(pcm.buffer);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, from * 2 + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    for (let i = 0; i < length; i++) into[i]! += pcm[i]! / 32_768;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#path = '';
    await file?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#close();
  }
}

/** Sound from one sample on, in order. */
export class SoundStream {
  readonly #files: SoundFiles;
  readonly #gain: number;
  readonly #limiter = new TruePeakLimiter(CEILING_DBTP);
  #readAt: number;
  /** Limited, and not yet taken. */
  #ready: Float32Array[] = [];
  #readySamples = 0;

  constructor(files: SoundFiles, fromSample: number, gain: number) {
    this.#files = files;
    this.#readAt = fromSample;
    this.#gain = gain;
  }

  /** The next `count` samples of the layout as it is now, s16. */
  async next(layout: ScriptLayout, count: number): Promise<Int16Array> {
    while (this.#readySamples < count) {
      const piece = await this.#read(layout, count);
      for (let i = 0; i < piece.length; i++) piece[i]! *= this.#gain;
      const limited = this.#limiter.process(piece);
      this.#ready.push(limited);
      this.#readySamples += limited.length;
    }
    const out = new Int16Array(count);
    for (let at = 0; at < count; ) {
      const piece = this.#ready[0]!;
      const length = Math.min(piece.length, count - at);
      for (let i = 0; i < length; i++)
        out[at + i] = Math.max(-32_768, Math.min(32_767, Math.round(piece[i]! * 32_768)));
      at += length;
      if (length === piece.length) this.#ready.shift();
      else this.#ready[0] = piece.subarray(length);
    }
    this.#readySamples -= count;
    return out;
  }

  async #read({ lines }: ScriptLayout, count: number): Promise<Float32Array> {
    const from = this.#readAt;
    const piece = new Float32Array(count);
    for (let i = firstEndingAfter(lines, from); i < lines.length; i++) {
      const { utterance, startSample, samples } = lines[i]!;
      if (startSample >= from + count) break;
      const first = Math.max(from, startSample);
      const last = Math.min(from + count, startSample + Math.min(samples, utterance.samples));
      if (last <= first) continue;
      await this.#files.add(utterance, first - startSample, piece.subarray(first - from, last - from));
    }
    this.#readAt += count;
    return piece;
  }
}

/** Index of the first line that ends after a sample; lines come in order. */
export function firstEndingAfter(lines: readonly PlacedLine[], sample: number): number {
  let low = 0;
  for (let high = lines.length; low < high; ) {
    const mid = (low + high) >> 1;
    const { startSample, samples } = lines[mid]!;
    if (startSample + samples > sample) high = mid;
    else low = mid + 1;
  }
  return low;
}
