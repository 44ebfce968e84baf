/** Texts as vectors, and texts put in order of how well they answer a question. */

export interface EmbeddingProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  /** Names the space: vectors of two models are never compared. */
  readonly model: string;
  readonly dimensions: number;
  /** One unit vector a text, in order, whatever their number: split into the vendor's batches. `query` and `document` may be embedded differently. */
  embed(texts: readonly string[], use: 'query' | 'document', signal: AbortSignal): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

export interface RerankProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  /** The best `top` documents by index, best first; relevance 0..1. */
  rerank(
    query: string,
    documents: readonly string[],
    top: number,
    signal: AbortSignal,
  ): Promise<{ index: number; relevance: number }[]>;
  dispose(): Promise<void>;
}
