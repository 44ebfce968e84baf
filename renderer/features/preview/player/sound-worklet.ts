/** The audio thread's side of sound-output.ts. */
import type { SoundCommand } from './sound-messages.ts';
import { SoundQueue } from './sound-queue.ts';

/** Of the AudioWorkletGlobalScope, which TypeScript's DOM library does not describe. */
declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new () => WorkletBase): void;
declare class WorkletBase {
  readonly port: MessagePort;
}
declare const AudioWorkletProcessor: typeof WorkletBase;

class SoundPlayer extends AudioWorkletProcessor {
  readonly #queue = new SoundQueue((anchor) => this.port.postMessage(anchor));

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<SoundCommand>) => this.#queue.obey(data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0];
    if (output) this.#queue.fill(output, currentFrame);
    return true;
  }
}

registerProcessor('shenghua-sound', SoundPlayer);
