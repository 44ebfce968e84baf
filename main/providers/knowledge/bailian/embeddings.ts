/**
 * Texts as vectors by Bailian's text-embedding models.
 * https://help.aliyun.com/zh/model-studio/text-embedding-synchronous-api
 */
import type { StudioError } from '../../../../app/errors/index.ts';
import type { EmbeddingProvider } from '../../../engine/ports/knowledge.ts';
import { type BailianAccess, type BailianEndpoint, bailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { type HttpTimeouts, isRecord, PATIENT, refuseError, requestJson } from '../../kit/http.ts';
import { splitAtSentences } from '../../kit/split.ts';

const NAME = 'Bailian';
/** At once, of 30 a second that an account may ask. */
const CONCURRENT = 4;

/** By the models' own limits; an unknown one is taken for one of today's. */
function limitsOf(model: string): { batch: number; characters: number; dimensions: number } {
  return /^text-embedding-(async-)?v[12]$/.test(model)
    ? { batch: 25, characters: 2000, dimensions: 1536 }
    : { batch: 10, characters: 8000, dimensions: 1024 };
}

export class BailianEmbeddings implements EmbeddingProvider {
  readonly id = 'bailian-embedding';
  readonly runs = 'cloud';
  readonly model: string;
  readonly dimensions: number;
  readonly #endpoint: BailianEndpoint;
  readonly #timeouts: HttpTimeouts;
  readonly #disposed = new AbortController();

  constructor(access: BailianAccess, timeouts: HttpTimeouts = PATIENT) {
    this.#endpoint = bailianEndpoint(access, NAME);
    this.#timeouts = timeouts;
    this.model = access.settings.models.embedding;
    this.dimensions = limitsOf(this.model).dimensions;
  }

  /** A text beyond the limit is the mean of its pieces, each counting by its length. */
  async embed(texts: readonly string[], use: 'query' | 'document', given: AbortSignal): Promise<Float32Array[]> {
    given.throwIfAborted();
    const failed = new AbortController();
    const signal = AbortSignal.any([given, this.#disposed.signal, failed.signal]);
    const { batch, characters } = limitsOf(this.model);
    const pieces = texts.flatMap((text, of) => splitAtSentences(text, characters).map((piece) => ({ piece, of })));
    const silent = texts.findIndex((text) => text.trim() === '');
    if (silent >= 0) throw cloudError('cloud.bad-request', { provider: NAME, detail: `text ${silent} is empty` });

    const sums = texts.map(() => new Float32Array(this.dimensions));
    const batches = Array.from({ length: Math.ceil(pieces.length / batch) }, (_, i) =>
      pieces.slice(i * batch, (i + 1) * batch),
    );
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < batches.length; i = next++) {
        const asked = batches[i]!;
        const vectors = await this.#ask(
          asked.map(({ piece }) => piece),
          use,
          signal,
        );
        for (const [at, { piece, of }] of asked.entries()) addScaled(sums[of]!, vectors[at]!, piece.length);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(CONCURRENT, batches.length) }, work));
    } catch (error) {
      failed.abort(error);
      throw error;
    }
    return sums.map((sum) => this.#unit(sum));
  }

  async #ask(texts: readonly string[], use: 'query' | 'document', signal: AbortSignal): Promise<number[][]> {
    const answer = await requestJson(
      {
        provider: NAME,
        url: this.#endpoint.nativeUrl('/services/embeddings/text-embedding/text-embedding'),
        headers: await this.#endpoint.headers(signal),
        body: JSON.stringify({
          model: this.model,
          input: { texts },
          parameters: { text_type: use, ...(this.dimensions === 1536 ? {} : { dimension: this.dimensions }) },
        }),
        timeouts: this.#timeouts,
        about: { model: this.model, region: this.#endpoint.region },
      },
      signal,
    );
    refuseError(answer, NAME, { model: this.model });
    const output = isRecord(answer) && isRecord(answer.output) ? answer.output.embeddings : undefined;
    const vectors: number[][] = [];
    for (const [place, item] of (Array.isArray(output) ? (output as unknown[]) : []).entries()) {
      if (!isRecord(item) || !Array.isArray(item.embedding)) continue;
      vectors[typeof item.text_index === 'number' ? item.text_index : place] = item.embedding as number[];
    }
    for (let i = 0; i < texts.length; i++)
      if (vectors[i]?.length !== this.dimensions) throw this.#bad(`vector ${i} of ${texts.length} is missing`);
    return vectors;
  }

  #unit(vector: Float32Array): Float32Array {
    const length = Math.hypot(...vector);
    if (!(length > 0) || !Number.isFinite(length)) throw this.#bad('a vector without direction');
    return vector.map((value) => value / length);
  }

  #bad(detail: string): StudioError {
    return cloudError('cloud.bad-answer', { provider: NAME, detail });
  }

  async dispose(): Promise<void> {
    this.#disposed.abort(new Error('The provider is closed.'));
  }
}

function addScaled(sum: Float32Array, vector: readonly number[], by: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]! * by;
}
