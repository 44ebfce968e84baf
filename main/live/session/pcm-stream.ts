/** A sound file as stereo samples, decoded while it is played: some seconds of it are in memory, however long it is. */
import { type ChildProcess, spawn } from 'node:child_process';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { decodeArguments } from '../../speech/recording/decode.ts';

/** Four bytes each: left and right, s16le. */
const BYTES = 4;
const KEPT_BYTES = 4 * SAMPLE_RATE * BYTES;

const running = new Set<ChildProcess>();
export function killDecoders(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class PcmStream {
  readonly #child: ChildProcess;
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Into the first piece. */
  #at = 0;
  #over = false;
  failed = false;
  #taken = 0;
  #wake: (() => void) | null = null;

  constructor(ffmpegPath: string, file: string) {
    const args = decodeArguments(file);
    args[args.indexOf('-ac') + 1] = '2';
    const child = spawn(ffmpegPath, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    this.#child = child;
    running.add(child);
    child.stdout?.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
      if (this.#bytes > KEPT_BYTES) child.stdout?.pause();
      this.#woken();
    });
    const end = (): void => {
      running.delete(child);
      this.#over = true;
      if (this.#taken === 0 && this.#bytes < BYTES) this.failed = true;
      this.#woken();
    };
    child.once('error', end);
    child.once('close', end);
  }

  #woken(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** Nothing more comes. */
  get ended(): boolean {
    return this.#over && this.#bytes - this.#at < BYTES;
  }

  /** All that there is has been decoded. */
  get complete(): boolean {
    return this.#over;
  }

  get samplesReady(): number {
    return Math.floor((this.#bytes - this.#at) / BYTES);
  }

  /** Resolves when so many samples are there, or all there are. */
  async ready(samples: number): Promise<void> {
    while (!this.#over && this.samplesReady < samples)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** Adds up to `length` samples, times a gain that goes from one value to the other, from `offset` on. @returns how many */
  mixInto(left: Float32Array, right: Float32Array, offset: number, length: number, from: number, to: number): number {
    let done = 0;
    const step = length === 0 ? 0 : (to - from) / length;
    while (done < length && this.#pieces.length > 0) {
      const piece = this.#pieces[0]!;
      if (piece.length - this.#at < BYTES) {
        // A sample lies over two pieces.
        const rest = piece.subarray(this.#at);
        const next = this.#pieces[1];
        if (next === undefined) break;
        this.#pieces.splice(0, 2, Buffer.concat([rest, next]));
        this.#bytes -= this.#at;
        this.#at = 0;
        continue;
      }
      const count = Math.min(length - done, Math.floor((piece.length - this.#at) / BYTES));
      for (let i = 0; i < count; i++) {
        const gain = (from + step * (done + i)) / 32_768;
        const byte = this.#at + i * BYTES;
        left[offset + done + i]! += piece.readInt16LE(byte) * gain;
        right[offset + done + i]! += piece.readInt16LE(byte + 2) * gain;
      }
      this.#at += count * BYTES;
      done += count;
      if (this.#at === piece.length) {
        this.#pieces.shift();
        this.#bytes -= piece.length;
        this.#at = 0;
      }
    }
    this.#taken += done;
    if (this.#bytes < KEPT_BYTES / 2) this.#child.stdout?.resume();
    return done;
  }

  close(): void {
    this.#over = true;
    this.#pieces = [];
    this.#bytes = 0;
    this.#at = 0;
    this.#child.kill('SIGKILL');
    this.#woken();
  }
}
