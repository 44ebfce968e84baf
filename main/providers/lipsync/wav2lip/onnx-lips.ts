/** A Wav2Lip model in a file, run by ONNX Runtime in a process of its own, on whatever of this machine draws fastest. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { StudioError } from '../../../../app/errors/index.ts';
import {
  NOT_KEPT,
  type OnnxInfo,
  type OnnxLoad,
  type OnnxProvider,
  type OnnxResult,
  type OnnxTensor,
  type OnnxWork,
} from '../../../../native-models/onnx/protocol.ts';
import { ModelProcess, type ModelToLoad } from '../../kit/model-process.ts';
import type { LipModel, LipNetwork } from './lip-network.ts';
import { MEL_FLOOR, MEL_WINDOW, MELS } from './mel.ts';
import { chooseProvider, type ProviderMemory } from './provider-choice.ts';
import { readSignature, type Signature } from './signature.ts';

const WINDOW = MELS * MEL_WINDOW;
/** Weights, and as much again for what is worked out with them. */
const memoryOf = (fileBytes: number): number => 2 * fileBytes + 100_000_000;

/** Which half of the picture's channels comes first, and in which order colours stand. */
interface Order {
  maskedFirst: boolean;
  bgr: boolean;
}
/** As trained by its authors; then what conversions are known to have made of it. */
const ORDERS: readonly Order[] = [
  { maskedFirst: true, bgr: true },
  { maskedFirst: false, bgr: true },
  { maskedFirst: true, bgr: false },
  { maskedFirst: false, bgr: false },
];
/** Mean differences from the face given, of 255: good enough to look no further, and too far to be that face. */
const [LIKE, UNLIKE] = [12, 32];

export interface OnnxLipsOptions {
  path: string;
  /** Where it is remembered which provider was fastest; measured each time unless given. */
  memory?: ProviderMemory | undefined;
  /** Takes the model's word for the order of channels, and takes what it draws for a face: for measuring speed. */
  unprobed?: boolean | undefined;
}

export interface OnnxLips extends LipModel, AsyncDisposable {
  readonly provider: OnnxProvider;
  /** What the network itself took of the last run. */
  readonly runMs: number;
  /** Of the process it runs in; null while none does. */
  readonly pid: number | null;
}

/** @throws StudioError lips.model-*, model.*; signal.reason */
export async function openOnnxLips(options: OnnxLipsOptions, signal: AbortSignal): Promise<OnnxLips> {
  const { path } = options;
  const name = basename(path);
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new StudioError('model.not-readable', { model: name, detail: messageOf(cause) }, { cause });
  });
  const process = new ModelProcess({
    program: new URL('../../../../native-models/onnx/onnx-child.ts', import.meta.url),
    runtime: 'ONNX Runtime',
  });
  try {
    const on = (provider: OnnxProvider): ModelToLoad => ({
      ...{ key: `${path}#${provider}`, slot: path, name, memoryBytes: memoryOf(size) },
      settings: { path, provider } satisfies OnnxLoad,
    });
    const info = (await process.load(on('cpu'), signal)) as OnnxInfo;
    const signature = readSignature(info, name);
    const loaded = new LoadedLips({ process, on, signature, name, options, available: info.providers });
    await loaded.choose(`${info.version} ${name} ${size}`, signal);
    return loaded;
  } catch (error) {
    await process.dispose();
    throw error;
  }
}

interface Loaded {
  process: ModelProcess;
  on(provider: OnnxProvider): ModelToLoad;
  signature: Signature;
  name: string;
  options: OnnxLipsOptions;
  available: readonly OnnxProvider[];
}

class LoadedLips implements OnnxLips {
  readonly sizePx: number;
  readonly batch: number;
  readonly #loaded: Loaded;
  /** Fastest first; what fails is left out from then on. */
  #providers: OnnxProvider[] = ['cpu'];
  #runMs = 0;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    this.sizePx = loaded.signature.sizePx;
    this.batch = loaded.signature.batch;
  }

  get provider(): OnnxProvider {
    return this.#providers[0]!;
  }
  get runMs(): number {
    return this.#runMs;
  }
  get pid(): number | null {
    return this.#loaded.process.pid;
  }

  async choose(model: string, signal: AbortSignal): Promise<void> {
    const { available, options, signature } = this.#loaded;
    const picture = this.#tensorOf(new Uint8Array(this.sizePx ** 2 * 3), ORDERS[0]!);
    this.#providers = await chooseProvider({
      ...{ model, available, memory: options.memory },
      trial: async (provider) => {
        const name = randomUUID();
        const windows = new Float32Array(this.batch * WINDOW);
        await this.#ask(provider, { type: 'keep', name, tensor: picture }, signal);
        await this.#run(provider, windows, name, signal);
        await this.#run(provider, windows, name, signal);
        await this.#ask(provider, { type: 'forget', name }, signal);
        return this.#runMs / signature.batch;
      },
    });
    signal.throwIfAborted();
    // Whatever was tried gives its memory back; the chosen one is loaded again by its first use.
    if (available.length > 1) await this.#loaded.process.release();
  }

  async face(reference: Uint8Array): Promise<LipNetwork> {
    const { options, name } = this.#loaded;
    const silence = new Float32Array(this.batch * WINDOW).fill(MEL_FLOOR);
    let best: { network: LipNetwork; off: number } | null = null;
    for (const order of ORDERS) {
      const network = this.#network(reference, order);
      if (options.unprobed) return network;
      const off = meanDifference(await network.draw(silence, 1), reference);
      if (best === null || off < 0.75 * best.off) {
        best?.network.release();
        best = { network, off };
      } else network.release();
      if (best.off <= LIKE) break;
    }
    if (best!.off <= UNLIKE) return best!.network;
    best!.network.release();
    throw new StudioError('lips.model-unlike-face', { model: name, off: Math.round(best!.off) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loaded.process.dispose();
  }

  #network(reference: Uint8Array, order: Order): LipNetwork {
    const name = randomUUID();
    const tensor = this.#tensorOf(reference, order);
    const { signal } = new AbortController();
    const draw = async (provider: OnnxProvider, windows: Float32Array, count: number): Promise<Uint8Array> => {
      try {
        return this.#picturesOf(await this.#run(provider, windows, name, signal), count, order);
      } catch (error) {
        // The process is another than the one that was given the face.
        if (!(error instanceof StudioError) || !String(error.params.detail).startsWith(NOT_KEPT)) throw error;
        await this.#ask(provider, { type: 'keep', name, tensor }, signal);
        return this.#picturesOf(await this.#run(provider, windows, name, signal), count, order);
      }
    };
    return {
      draw: async (windows, count) => {
        for (;;) {
          const provider = this.provider;
          try {
            return await draw(provider, windows, count);
          } catch (error) {
            // The next best goes on with the same frames.
            if (this.#providers.length === 1) throw error;
            if (this.provider === provider) this.#providers.shift();
          }
        }
      },
      release: () => {
        void this.#ask(this.provider, { type: 'forget', name }, signal).catch(() => undefined);
      },
    };
  }

  async #run(provider: OnnxProvider, windows: Float32Array, face: string, signal: AbortSignal): Promise<OnnxResult> {
    const { mel, picture, drawn, batch, fixed } = this.#loaded.signature;
    const count = fixed ? batch : windows.length / WINDOW;
    const data = windows.length === count * WINDOW ? windows : new Float32Array(count * WINDOW);
    if (data !== windows) data.set(windows);
    const feeds = {
      [mel]: { shape: [count, 1, MELS, MEL_WINDOW], data },
      [picture]: { kept: face, times: count },
    };
    const result = (await this.#ask(
      provider,
      { type: 'run', feeds, output: drawn, as: 'bytes' },
      signal,
    )) as OnnxResult;
    this.#runMs = result.runMs;
    return result;
  }

  async #ask(provider: OnnxProvider, work: OnnxWork, signal: AbortSignal): Promise<unknown> {
    const { process, on } = this.#loaded;
    const answer = process.ask<never, unknown>(on(provider), { work }, signal);
    for (;;) {
      const next = await answer.next();
      if (next.done) return next.value;
    }
  }

  /** The picture with its lower half black and the whole one, planes of 0..1. */
  #tensorOf(reference: Uint8Array, { maskedFirst, bgr }: Order): OnnxTensor {
    const side = this.sizePx;
    const plane = side * side;
    const data = new Float32Array(6 * plane);
    const [masked, whole] = maskedFirst ? [0, 3] : [3, 0];
    for (let c = 0; c < 3; c++) {
      const from = bgr ? 2 - c : c;
      for (let i = 0; i < plane; i++) {
        const value = reference[3 * i + from]! / 255;
        data[(whole + c) * plane + i] = value;
        if (i < plane >> 1) data[(masked + c) * plane + i] = value;
      }
    }
    return { shape: [1, 6, side, side], data };
  }

  #picturesOf({ data, shape }: OnnxResult, count: number, { bgr }: Order): Uint8Array {
    const plane = this.sizePx ** 2;
    if (shape[2] !== this.sizePx || shape[3] !== this.sizePx || data.length < count * 3 * plane) {
      const found = `[${shape.join(', ')}]`;
      throw new StudioError('lips.model-not-wav2lip', { model: this.#loaded.name, found });
    }
    const out = new Uint8Array(count * plane * 3);
    for (let n = 0; n < count; n++)
      for (let c = 0; c < 3; c++) {
        const from = (3 * n + (bgr ? 2 - c : c)) * plane;
        for (let i = 0; i < plane; i++) out[(n * plane + i) * 3 + c] = data[from + i]!;
      }
    return out;
  }
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  b.reduce((sum, value, i) => sum + Math.abs(value - a[i]!), 0) / b.length;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
