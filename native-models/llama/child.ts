/**
 * The program of the llama.cpp process. It only uses binaries that were installed (nothing is built or fetched), on the best processor they
 * know how to use; one that died before in a row keeps to the CPU, for drivers of graphics cards die too.
 */
import { availableParallelism } from 'node:os';
import type { GgufFileInfo, Llama } from 'node-llama-cpp';
import { ModelFaultError, type ModelRuntime, serveRuntime } from '../kit/serve.ts';
import type { LlamaInfo, LlamaSettings } from './work.ts';

const DEATHS_BEFORE_CAUTION = 2;
const deathsBefore = Number(process.argv[2] ?? 0);

/** Threads wait for one another in a spin after each layer: one too many, beside a stream that is being drawn, and all stand still. */
const maxThreads = Math.max(1, availableParallelism() - 1);

let llama: Llama;

const open = async (gpu: 'auto' | false): Promise<Llama> => {
  const { getLlama } = await import('node-llama-cpp');
  return await getLlama({
    ...{ build: 'never', gpu, skipDownload: true, progressLogs: false, maxThreads },
    logger: (level, message) => {
      if (level === 'error' || level === 'fatal') process.stderr.write(`${message}\n`);
    },
  });
};

/** A damaged header makes llama.cpp end the process, so it is read by a reader that only throws. */
async function readHeader(path: string): Promise<GgufFileInfo> {
  const { readGgufFileInfo } = await import('node-llama-cpp');
  try {
    const info = await readGgufFileInfo(path, { fetchRetryOptions: { retries: 0 }, logWarnings: false });
    const tensors = info.fullTensorInfo ?? [];
    if (tensors.length === 0) throw new Error('it holds no tensors');
    return info;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ModelFaultError({ kind: 'not-readable', detail: `no readable GGUF: ${detail}` }, cause);
  }
}

const runtime: ModelRuntime = {
  async probe() {
    llama = await (deathsBefore >= DEATHS_BEFORE_CAUTION ? open(false) : open('auto').catch(() => open(false)));
    return `llama.cpp ${llama.llamaCppRelease.release} on ${llama.gpu || 'cpu'}`;
  },
  async load(settings) {
    const { does, path, contextTokens } = settings as LlamaSettings;
    await readHeader(path);
    // The parent has looked at the memory there is; whether it fits a graphics card is found out here.
    const model = await llama.loadModel({ modelPath: path, ignoreMemorySafetyChecks: llama.gpu === false });
    try {
      const served =
        does === 'chat'
          ? await (await import('./chat.ts')).ChatModel.open(model, contextTokens)
          : await (await import('./embedding.ts')).EmbeddingModel.open(model, contextTokens);
      const info: LlamaInfo = {
        ...{ architecture: model.architecture, contextTokens: served.contextTokens },
        ...{ dimensions: model.embeddingVectorSize, computesOn: llama.gpu || 'cpu' },
      };
      return { model: served, info };
    } catch (error) {
      await model.dispose().catch(() => undefined);
      throw error;
    }
  },
};

serveRuntime(runtime);
