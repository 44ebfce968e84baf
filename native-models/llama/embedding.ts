/** A GGUF that turns texts into directions. */
import type { LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import type { ModelIo, ServedModel } from '../kit/serve.ts';
import type { EmbeddingPiece, EmbeddingWork } from './work.ts';

const USUAL_CONTEXT = 2048;

export class EmbeddingModel implements ServedModel {
  readonly contextTokens: number;
  readonly #model: LlamaModel;
  readonly #context: LlamaEmbeddingContext;

  private constructor(model: LlamaModel, context: LlamaEmbeddingContext, contextTokens: number) {
    this.#model = model;
    this.#context = context;
    this.contextTokens = contextTokens;
  }

  static async open(model: LlamaModel, contextTokens: number | null): Promise<EmbeddingModel> {
    const contextSize = Math.min(contextTokens ?? USUAL_CONTEXT, model.trainContextSize);
    const context = await model.createEmbeddingContext({ contextSize, batchSize: contextSize });
    return new EmbeddingModel(model, context, contextSize);
  }

  async run(work: unknown, { emit, signal }: ModelIo): Promise<null> {
    const { texts } = work as EmbeddingWork;
    for (const text of texts) {
      signal.throwIfAborted();
      // What is longer than the model reads is told by its beginning; room is left for marks that the tokenizer adds.
      const tokens = this.#model.tokenize(text).slice(0, this.contextTokens - 8);
      const { vector } = await this.#context.getEmbeddingFor(tokens);
      emit(unit(vector) satisfies EmbeddingPiece);
    }
    return null;
  }

  async dispose(): Promise<void> {
    await this.#context.dispose();
    await this.#model.dispose();
  }
}

function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}
