/**
 * Documents put in order of how well they answer a question. qwen3-rerank is asked in OpenAI's manner, gte-rerank and qwen3-vl-rerank natively.
 * https://help.aliyun.com/zh/model-studio/text-rerank-api
 */
import type { RerankProvider } from '../../../engine/ports/knowledge.ts';
import { type BailianAccess, type BailianEndpoint, bailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { type HttpTimeouts, isRecord, PATIENT, refuseError, requestJson } from '../../kit/http.ts';
import { splitAtSentences } from '../../kit/split.ts';

const NAME = 'Bailian';
const MAX_DOCUMENTS = 500;
/** In characters, of which none is more than a token: 4,000 a document or question. */
const MAX_CHARACTERS = 3900;

interface Piece {
  text: string;
  of: number;
}

export class BailianRerank implements RerankProvider {
  readonly id = 'bailian-rerank';
  readonly runs = 'cloud';
  readonly #model: string;
  readonly #endpoint: BailianEndpoint;
  readonly #timeouts: HttpTimeouts;
  readonly #disposed = new AbortController();

  constructor(access: BailianAccess, timeouts: HttpTimeouts = PATIENT) {
    this.#endpoint = bailianEndpoint(access, NAME);
    this.#timeouts = timeouts;
    this.#model = access.settings.models.rerank;
  }

  /** A document beyond the limit counts by the best of its pieces. An empty one answers nothing. */
  async rerank(
    query: string,
    documents: readonly string[],
    top: number,
    given: AbortSignal,
  ): Promise<{ index: number; relevance: number }[]> {
    given.throwIfAborted();
    const signal = AbortSignal.any([given, this.#disposed.signal]);
    if (query.length > MAX_CHARACTERS)
      throw cloudError('cloud.too-long', { provider: NAME, limit: MAX_CHARACTERS, unit: 'tokens' });
    const pieces = documents.flatMap((document, of) =>
      splitAtSentences(document, MAX_CHARACTERS).map((text) => ({ text, of })),
    );
    const best = new Map<number, number>();
    for (const batch of this.#batches(pieces, query.length)) {
      const scores = await this.#ask(
        query,
        batch.map(({ text }) => text),
        signal,
      );
      for (const [i, { of }] of batch.entries()) best.set(of, Math.max(best.get(of) ?? 0, scores[i]!));
    }
    return documents
      .map((_, index) => ({ index, relevance: best.get(index) ?? 0 }))
      .sort((a, b) => b.relevance - a.relevance || a.index - b.index)
      .slice(0, top);
  }

  /** Each within the number of documents and the tokens of one request. */
  *#batches(pieces: readonly Piece[], queryLength: number): Generator<Piece[], void, undefined> {
    const room = (this.#model.startsWith('gte-') ? 29_000 : 118_000) - queryLength;
    let batch: Piece[] = [];
    let taken = 0;
    for (const piece of pieces) {
      if (batch.length === MAX_DOCUMENTS || (batch.length > 0 && taken + piece.text.length > room)) {
        yield batch;
        batch = [];
        taken = 0;
      }
      batch.push(piece);
      taken += piece.text.length;
    }
    if (batch.length > 0) yield batch;
  }

  async #ask(query: string, documents: readonly string[], signal: AbortSignal): Promise<number[]> {
    const model = this.#model;
    const isFlat = /^qwen\d.*-rerank/.test(model) && !model.includes('-vl-');
    const answer = await requestJson(
      {
        provider: NAME,
        url: isFlat
          ? this.#endpoint.compatibleApiUrl('/reranks')
          : this.#endpoint.nativeUrl('/services/rerank/text-rerank/text-rerank'),
        headers: await this.#endpoint.headers(signal),
        body: JSON.stringify(
          isFlat
            ? { model, query, documents, top_n: documents.length }
            : { model, input: { query, documents }, parameters: { top_n: documents.length, return_documents: false } },
        ),
        timeouts: this.#timeouts,
        about: { model, region: this.#endpoint.region },
      },
      signal,
    );
    refuseError(answer, NAME, { model });
    const output = isRecord(answer) && isRecord(answer.output) ? answer.output : answer;
    const results = isRecord(output) && Array.isArray(output.results) ? (output.results as unknown[]) : [];
    const scores: number[] = [];
    for (const result of results) {
      if (!isRecord(result) || typeof result.index !== 'number' || typeof result.relevance_score !== 'number') continue;
      scores[result.index] = Math.min(1, Math.max(0, result.relevance_score));
    }
    for (let i = 0; i < documents.length; i++)
      if (scores[i] === undefined)
        throw cloudError('cloud.bad-answer', {
          provider: NAME,
          detail: `score ${i} of ${documents.length} is missing`,
        });
    return scores;
  }

  async dispose(): Promise<void> {
    this.#disposed.abort(new Error('The provider is closed.'));
  }
}
