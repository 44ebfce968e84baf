/** What a task or session says over its socket, and how it misbehaves as it was told to. */
import type { WebSocket } from 'ws';
import { type BailianContext, pause, type ServedRequest } from './context.ts';
import type { Fault } from './faults.ts';

export interface Piece {
  /** A text frame, sent before the sound. */
  message?: object;
  /** A binary frame. */
  sound?: Uint8Array;
  /** How much sound is in the text frame (base64). */
  soundBytes?: number;
}

export class Outlet {
  readonly served: ServedRequest;
  /** Aborted when whoever listens has gone, when the task is over, or the server closes. */
  readonly left: AbortSignal;
  readonly #socket: WebSocket;
  readonly #context: BailianContext;
  readonly #fault: Fault | null;
  readonly #over = new AbortController();
  readonly #onClose = (): void => this.end('aborted');
  /** Says an error in the protocol's words and closes. */
  readonly #fail: (code: string, message: string) => void;
  #pieces = 0;
  #soundBytes = 0;
  #isMute = false;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(of: {
    socket: WebSocket;
    context: BailianContext;
    served: ServedRequest;
    fault: Fault | null;
    fail: (code: string, message: string) => void;
  }) {
    this.#socket = of.socket;
    this.#context = of.context;
    this.served = of.served;
    this.#fault = of.fault;
    this.#fail = of.fail;
    this.left = AbortSignal.any([this.#over.signal, of.context.closing]);
    of.served.status = 101;
    of.socket.once('close', this.#onClose);
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** It has stalled: not a word comes any more. */
  get isMute(): boolean {
    return this.#isMute;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** A text frame that is no part of the answer: started, updated. Nothing is sent any more once the answer has stalled. */
  say(message: object): void {
    if (this.#isMute || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  /** The next piece of the answer, after those before it; false: nobody listens any more, or the fault has ended it. */
  piece(piece: Piece): Promise<boolean> {
    const sent = this.#tail.then(() => this.#send(piece));
    this.#tail = sent;
    return sent;
  }

  /** Once all pieces so far are out; not called when the answer broke off. */
  async afterwards(then: () => void): Promise<void> {
    await this.#tail;
    if (!this.isOver && !this.#isMute) then();
  }

  /** Sound that came in counts towards a cut like sound that goes out. */
  took(bytes: number): void {
    if (this.#fault?.kind !== 'cut' || this.isOver) return;
    this.#soundBytes += bytes;
    if (this.#soundBytes >= this.#fault.afterBytes) this.#cut();
  }

  end(end: NonNullable<ServedRequest['end']>): void {
    if (this.isOver) return;
    // The connection goes on to the next task.
    this.#socket.off('close', this.#onClose);
    this.served.end = end;
    this.served.endedAtMs = performance.now();
    this.#over.abort();
  }

  async #send({ message, sound, soundBytes = sound?.length ?? 0 }: Piece): Promise<boolean> {
    const { timing } = this.#context;
    const first = timing.firstByteMs + (this.#fault?.kind === 'slow-first-byte' ? this.#fault.ms : 0);
    const restMs = this.#pieces === 0 ? first : timing.betweenMs;
    if (restMs > 0) await pause(restMs, this.left);
    if (this.isOver || this.#isMute || this.#socket.readyState !== this.#socket.OPEN) return false;
    const fault = this.#fault;
    if (fault !== null && 'afterChunks' in fault && this.#pieces >= fault.afterChunks) {
      this.#misbehave(fault, message);
      return false;
    }
    this.#pieces += 1;
    this.served.firstByteAtMs ??= performance.now();
    this.served.lastByteAtMs = performance.now();
    if (fault?.kind === 'cut' && this.#soundBytes + soundBytes >= fault.afterBytes) {
      const kept = sound?.subarray(0, fault.afterBytes - this.#soundBytes);
      if (message && sound) this.#socket.send(JSON.stringify(message));
      if (kept && kept.length > 0) await new Promise<void>((sent) => this.#socket.send(kept, () => sent()));
      this.#cut();
      return false;
    }
    this.#soundBytes += soundBytes;
    if (message) this.#socket.send(JSON.stringify(message));
    if (sound) this.#socket.send(sound);
    // A peer that reads slowly is waited for, as a network would.
    while (this.#socket.bufferedAmount > 1 << 20 && !this.left.aborted) await pause(5, this.left);
    return !this.isOver;
  }

  #misbehave(fault: Extract<Fault, { afterChunks: number }>, message: object | undefined): void {
    if (fault.kind === 'stall') {
      this.#isMute = true;
      this.served.end = 'fault';
      return;
    }
    if (fault.kind === 'error-event') {
      this.#fail(fault.code, fault.message);
      return;
    }
    const whole = JSON.stringify(message ?? { header: {} });
    this.#socket.send(whole.slice(0, Math.ceil(whole.length / 2)));
    this.end('fault');
    this.#isMute = true;
  }

  #cut(): void {
    this.end('fault');
    this.#socket.terminate();
  }
}

/** A clock that fires unless it is wound in time; `ms` is the vendor's, shortened or stretched by the server's scale. */
export class Patience {
  readonly #context: BailianContext;
  #timer: NodeJS.Timeout | null = null;

  constructor(context: BailianContext) {
    this.#context = context;
    context.closing.addEventListener('abort', () => this.stop(), { once: true });
  }

  wind(ms: number, then: () => void): void {
    this.stop();
    if (!this.#context.closing.aborted) this.#timer = setTimeout(then, ms * this.#context.timing.timeoutScale);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** A WAV header for sound whose end nobody knows yet. 16-bit mono. */
export function endlessWavHeader(sampleRate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(0x7fff_ffff, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(0x7fff_ffff - 36, 40);
  return header;
}

/** Sound in pieces of so many ms, as bytes; `header` before the first. */
export function* soundPieces(pcm: Int16Array, sampleRate: number, pieceMs: number): Generator<Buffer> {
  const step = Math.max(1, Math.round((sampleRate * pieceMs) / 1000));
  for (let from = 0; from < pcm.length; from += step) {
    const piece = pcm.subarray(from, from + step);
    yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}

/** A Hanzi counts two (Japanese and Korean ideographs too), everything else one. */
export function vendorLength(text: string): number {
  let count = 0;
  for (const character of text) count += /\p{Script=Han}/u.test(character) ? 2 : 1;
  return count;
}
