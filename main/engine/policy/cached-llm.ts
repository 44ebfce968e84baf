/** A language model whose answers are kept: asked the same again, in the same or in like words, nobody is asked. */
import type { PolicyEvent } from '../../../app/policy/events.ts';
import type { AnswerCache, TextVector } from '../ports/answer-cache.ts';
import type { EmbeddingProvider, RerankProvider } from '../ports/knowledge.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../ports/llm.ts';

export interface CachedLlmOptions {
  llm: LlmProvider;
  /** null: nothing is kept. */
  cache(): Promise<AnswerCache | null>;
  /** Null without one: only the same words are the same question. */
  embeddings(): EmbeddingProvider | null;
  /** Says which of several kept answers answers the question best. Without one the likest question's is given. */
  reranker(): RerankProvider | null;
  emit(event: PolicyEvent): void;
  wallMs(): number;
}

/** Likeness is worth a short wait, no more; so is the choice among like ones. */
const VECTOR_PATIENCE_MS = 1500;

export function createCachedLlm({ llm, cache, embeddings, reranker, emit, wallMs }: CachedLlmOptions): LlmProvider {
  async function* chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const asked = questionIn(request);
    const answers = asked && (await cache().catch(() => null));
    if (!asked || !answers) {
      yield* llm.chat(request, signal);
      return;
    }
    const { scope, question } = asked;
    let vector: TextVector | null = null;
    const patient = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(VECTOR_PATIENCE_MS)]);
    const known = await answers.find(
      scope,
      question,
      async () => {
        const embedder = embeddings();
        if (!embedder) return null;
        const values = await embedder.embed([question], 'query', patient()).catch(() => []);
        vector = values[0] ? { space: embedder.model, values: values[0] } : null;
        return vector;
      },
      async (kept) => {
        const ranked = await reranker()
          ?.rerank(question, kept, 1, patient())
          .catch(() => []);
        return ranked?.[0]?.index ?? null;
      },
    );
    signal.throwIfAborted();
    if (known) {
      emit({ atMs: wallMs(), stage: 'llm', type: 'cache', kind: known.kind, similarity: known.similarity });
      yield { type: 'text', text: known.answer };
      yield { type: 'done', reason: 'stop', usage: null, model: 'cache' };
      return;
    }
    let answer = '';
    for await (const event of llm.chat(request, signal)) {
      if (event.type === 'text') answer += event.text;
      // Half an answer, and one that was taken back, are no answers.
      if (event.type === 'withdrawn') answer = '';
      else if (event.type === 'done' && event.reason === 'stop' && answer.trim() !== '')
        await answers.keep(scope, question, answer, vector).catch(() => undefined);
      yield event;
    }
  }
  return { id: 'answers', runs: llm.runs, chat, dispose: async () => undefined };
}

/** The last thing that was asked, and all that its answer depends on. null: what acts, and what is to be new each time, is not kept. */
function questionIn({
  messages,
  tools,
  temperature,
  ...rest
}: ChatRequest): { scope: string; question: string } | null {
  const last = messages.at(-1);
  if (last?.role !== 'user' || last.content.trim() === '' || (tools?.length ?? 0) > 0 || (temperature ?? 0) > 1)
    return null;
  return { scope: JSON.stringify([messages.slice(0, -1), rest]), question: last.content };
}
