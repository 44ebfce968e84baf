/** A vendor's bytes (raw s16le, or a WAV whose header comes first) to the studio's samples, as they arrive. */
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import { cloudError } from '../../kit/failures.ts';
import { Resampler } from './resampler.ts';

/** A header that is no longer than this is sound already. */
const MAX_HEADER_BYTES = 4096;
const UNKNOWN_SIZE = 0x7fff_0000;

export class SoundIn {
  readonly #provider: string;
  #resampler: Resampler;
  #head: Buffer | null = Buffer.alloc(0);
  #odd: Buffer = Buffer.alloc(0);
  /** What of a WAV is sound; behind it may lie chunks of another kind. */
  #bytesLeft = Number.POSITIVE_INFINITY;
  #samples = 0;

  /** `rate`: what was asked for; a WAV's own header counts more. */
  constructor(provider: string, rate: number) {
    this.#provider = provider;
    this.#resampler = new Resampler(rate);
  }

  /** Samples given out so far, in ms. */
  get soundMs(): number {
    return (this.#samples * 1000) / SAMPLE_RATE;
  }

  push(bytes: Uint8Array): Float32Array {
    let data: Buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#head) {
      data = Buffer.concat([this.#head, data]);
      const sound = this.#soundOf(data);
      if (!sound) {
        this.#head = data;
        return new Float32Array(0);
      }
      this.#head = null;
      data = sound;
    }
    if (this.#bytesLeft < data.length) data = data.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= data.length;
    if (this.#odd.length > 0) data = Buffer.concat([this.#odd, data]);
    const count = data.length >> 1;
    this.#odd = Buffer.from(data.subarray(count * 2));
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = data.readInt16LE(i * 2) / 32768;
    return this.#counted(this.#resampler.push(samples));
  }

  end(): Float32Array {
    return this.#counted(this.#resampler.end());
  }

  #counted(samples: Float32Array): Float32Array {
    this.#samples += samples.length;
    return samples;
  }

  /** What follows the header; all of it where there is none; null while the header is not whole. */
  #soundOf(data: Buffer): Buffer | null {
    if (data.length < 4) return null;
    if (data.toString('latin1', 0, 4) !== 'RIFF') return data;
    let at = 12;
    while (at + 8 <= data.length) {
      const name = data.toString('latin1', at, at + 4);
      const size = data.readUInt32LE(at + 4);
      if (name === 'data') {
        if (size > 0 && size < UNKNOWN_SIZE) this.#bytesLeft = size;
        return data.subarray(at + 8);
      }
      if (name === 'fmt ' && at + 24 <= data.length) {
        const [format, channels, rate, bits] = [
          data.readUInt16LE(at + 8),
          data.readUInt16LE(at + 10),
          data.readUInt32LE(at + 12),
          data.readUInt16LE(at + 22),
        ];
        if (format !== 1 || channels !== 1 || bits !== 16 || rate < 4000 || rate > 96_000)
          throw cloudError('cloud.bad-answer', { provider: this.#provider, detail: `${bits} bit, ${rate} Hz` });
        this.#resampler = new Resampler(rate);
      }
      at += 8 + size + (size & 1);
    }
    if (data.length > MAX_HEADER_BYTES)
      throw cloudError('cloud.bad-answer', { provider: this.#provider, detail: 'a WAV without sound' });
    return null;
  }
}
