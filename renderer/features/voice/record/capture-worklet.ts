/** The audio thread's side of microphone.ts: hands on what the microphone gives, in pieces. */

/** Of the AudioWorkletGlobalScope, which TypeScript's DOM library does not describe. */
declare function registerProcessor(name: string, processor: new () => WorkletBase): void;
declare class WorkletBase {
  readonly port: MessagePort;
}
declare const AudioWorkletProcessor: typeof WorkletBase;

/** At 48 kHz: 43 ms, often enough for a level meter. */
const PIECE = 2048;

class Capture extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #length = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const [first] = channels;
    if (first === undefined) return true;
    for (let i = 0; i < first.length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i]!;
      this.#piece[this.#length++] = sum / channels.length;
      if (this.#length < PIECE) continue;
      this.port.postMessage(this.#piece, [this.#piece.buffer]);
      this.#piece = new Float32Array(PIECE);
      this.#length = 0;
    }
    return true;
  }
}

registerProcessor('shenghua-capture', Capture);
