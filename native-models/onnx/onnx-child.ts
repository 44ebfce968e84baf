/** The process ONNX Runtime lives in: whatever it does to its process, the studio's goes on. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelFaultError, type ServedModel, serveRuntime } from '../kit/serve.ts';
import {
  NOT_KEPT,
  NOT_NUMBERS,
  ONNX_PROVIDERS,
  type OnnxFeed,
  type OnnxInfo,
  type OnnxLoad,
  type OnnxResult,
  type OnnxSlot,
  type OnnxTensor,
  type OnnxWork,
} from './protocol.ts';

// Read when the library loads: without it a device id is written into the user's cache and sent with what is done here.
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await import('onnxruntime-node');

const version = ort.env.versions.node ?? ort.env.versions.common;

const slots = (described: InferenceSession['inputMetadata']): OnnxSlot[] =>
  described.map((each) =>
    each.isTensor
      ? { name: each.name, type: each.type, shape: [...each.shape] }
      : { name: each.name, type: 'no tensor', shape: [] },
  );

async function load({ path, provider }: OnnxLoad): Promise<{ model: ServedModel; info: OnnxInfo }> {
  const session = await ort.InferenceSession.create(path, { executionProviders: [provider] });
  const kept = new Kept();
  const run = async ({ feeds, output, as }: Extract<OnnxWork, { type: 'run' }>): Promise<OnnxResult> => {
    const fed = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, kept.tensorOf(feed)]));
    const start = performance.now();
    const tensor = (await session.run(fed, [output]))[output]!;
    const runMs = performance.now() - start;
    const floats = (await tensor.getData()) as Float32Array;
    const data = as === 'bytes' ? bytesOf(floats) : floats.slice();
    const shape = [...tensor.dims];
    tensor.dispose();
    return { shape, data, runMs };
  };
  return {
    info: {
      inputs: slots(session.inputMetadata),
      outputs: slots(session.outputMetadata),
      version,
      providers: ONNX_PROVIDERS.filter((name) => ort.listSupportedBackends().some((each) => each.name === name)),
    },
    model: {
      run: async (asked) => {
        const work = asked as OnnxWork;
        if (work.type === 'run') return await run(work);
        if (work.type === 'keep') kept.keep(work.name, work.tensor);
        else kept.forget(work.name);
        return null;
      },
      dispose: () => session.release(),
    },
  };
}

/** Tensors that stay, and their repetitions. */
class Kept {
  readonly #tensors = new Map<string, { one: OnnxTensor; repeated: Map<number, Tensor> }>();

  keep(name: string, one: OnnxTensor): void {
    this.#tensors.set(name, { one, repeated: new Map() });
  }

  forget(name: string): void {
    this.#tensors.delete(name);
  }

  tensorOf(feed: OnnxFeed): Tensor {
    if ('data' in feed) return new ort.Tensor('float32', feed.data, feed.shape);
    const { kept, times } = feed;
    const found = this.#tensors.get(kept);
    if (found === undefined) throw new ModelFaultError({ kind: 'failed', detail: `${NOT_KEPT}${kept}` });
    const { one, repeated } = found;
    let tensor = repeated.get(times);
    if (tensor === undefined) {
      const data = new Float32Array(one.data.length * times);
      for (let i = 0; i < times; i++) data.set(one.data, i * one.data.length);
      tensor = new ort.Tensor('float32', data, [one.shape[0]! * times, ...one.shape.slice(1)]);
      repeated.set(times, tensor);
    }
    return tensor;
  }
}

function bytesOf(floats: Float32Array): Uint8Array {
  const bytes = new Uint8Array(floats.length);
  for (let i = 0; i < floats.length; i++) {
    const value = floats[i]! * 255 + 0.5;
    if (!Number.isFinite(value)) throw new ModelFaultError({ kind: 'failed', detail: NOT_NUMBERS });
    bytes[i] = value < 0 ? 0 : value >= 255 ? 255 : value;
  }
  return bytes;
}

serveRuntime({
  probe: async () => `ONNX Runtime ${version}`,
  load: (settings) => load(settings as OnnxLoad),
});
