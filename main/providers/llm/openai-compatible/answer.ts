/** What comes back: chunks of a stream put together into events of ours, in whatever of the known ways it goes wrong. */
import type { StudioError } from '../../../../app/errors/index.ts';
import type { ChatEvent, ChatUsage } from '../../../engine/ports/llm.ts';
import { cloudError, vendorFailure } from '../../kit/failures.ts';
import { type HttpAnswer, isRecord, parseJson, readText, refusalOf } from '../../kit/http.ts';
import { serverSentEvents } from '../../kit/sse.ts';
import { ThinkTags } from './think-tags.ts';
import { ToolCalls } from './tool-calls.ts';

export interface AnswerOf {
  provider: string;
  model: string;
  /** The model may write its thoughts into its answer, between `<think>` and `</think>`. */
  thinkTags: boolean;
}

/** @throws StudioError of `cloud.*`; after `withdrawn` always cloud.unsafe-text */
export async function* readAnswer(answer: HttpAnswer, of: AnswerOf): AsyncGenerator<ChatEvent, void, undefined> {
  const reader = new AnswerReader(of);
  if (answer.contentType.endsWith('json')) {
    /* It does not stream, or it is an error with the status of a success. */
    yield* reader.take(parseJson(await readText(answer.body), of.provider));
    yield* reader.end();
    return;
  }
  let heard = false;
  for await (const event of serverSentEvents(answer.body, of.provider)) {
    heard = true;
    if (event.data.trim() === '[DONE]') {
      yield* reader.end();
      return;
    }
    let chunk: unknown;
    try {
      chunk = parseJson(event.data, of.provider);
    } catch (error) {
      throw event.unfinished ? cloudError('cloud.cut-off', { provider: of.provider }) : error;
    }
    yield* reader.take(chunk, event.status ?? undefined);
  }
  if (!heard && answer.contentType !== 'text/event-stream')
    throw cloudError('cloud.bad-answer', { provider: of.provider, detail: answer.contentType || 'no content type' });
  /* Some servers close without [DONE]; what they said is whole when they said why it ends. */
  if (!reader.isFinished) throw cloudError('cloud.cut-off', { provider: of.provider });
  yield* reader.end();
}

class AnswerReader {
  isFinished = false;
  readonly #of: AnswerOf;
  readonly #tools = new ToolCalls();
  readonly #thinkTags: ThinkTags | null;
  #reason: 'stop' | 'length' = 'stop';
  #usage: ChatUsage | null = null;
  #model: string;
  #hasSpoken = false;

  constructor(of: AnswerOf) {
    this.#of = of;
    this.#model = of.model;
    this.#thinkTags = of.thinkTags ? new ThinkTags() : null;
  }

  *take(chunk: unknown, status?: number): Generator<ChatEvent, void, undefined> {
    if (!isRecord(chunk)) throw this.#bad('a chunk that is no object');
    const refusal = isRecord(chunk.choices) || Array.isArray(chunk.choices) ? null : refusalOf(chunk);
    if (refusal !== null || (chunk.error !== undefined && chunk.error !== null)) {
      yield* this.#refused(refusal ?? refusalOf(chunk.error) ?? {}, status);
      return;
    }
    if (typeof chunk.model === 'string' && chunk.model !== '') this.#model = chunk.model;
    if (isRecord(chunk.usage)) this.#usage = usageOf(chunk.usage);
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (!isRecord(choice)) return;
    const delta = isRecord(choice.delta) ? choice.delta : choice.message;
    if (isRecord(delta)) yield* this.#delta(delta);
    const reason = choice.finish_reason;
    if (typeof reason !== 'string' || reason === '' || reason === 'null') return;
    if (reason === 'content_filter') {
      yield* this.#refused({ code: 'content_filter' });
      return;
    }
    this.isFinished = true;
    if (reason === 'length') this.#reason = 'length';
  }

  *#delta(delta: Record<string, unknown>): Generator<ChatEvent, void, undefined> {
    const thinking = delta.reasoning_content ?? delta.reasoning;
    if (typeof thinking === 'string' && thinking !== '') yield { type: 'thinking', text: thinking };
    if (typeof delta.content === 'string' && delta.content !== '') {
      const pieces = this.#thinkTags?.take(delta.content) ?? [{ type: 'text' as const, text: delta.content }];
      yield* this.#spoken(pieces);
    }
    if (Array.isArray(delta.tool_calls)) for (const call of delta.tool_calls) this.#tools.take(call);
  }

  *#spoken(pieces: readonly { type: 'text' | 'thinking'; text: string }[]): Generator<ChatEvent, void, undefined> {
    for (const piece of pieces) {
      if (piece.type === 'text') this.#hasSpoken = true;
      yield piece;
    }
  }

  *end(): Generator<ChatEvent, void, undefined> {
    if (this.#thinkTags !== null) yield* this.#spoken(this.#thinkTags.end());
    const calls = this.#tools.all();
    for (const call of calls) yield { type: 'tool-call', call };
    /* A forced call ends with "stop": that there are calls counts. */
    const reason = calls.length > 0 && this.#reason === 'stop' ? 'tool-calls' : this.#reason;
    yield { type: 'done', reason, usage: this.#usage, model: this.#model };
  }

  *#refused(
    said: { code?: string; message?: string; status?: number },
    status?: number,
  ): Generator<ChatEvent, void, undefined> {
    const { provider, model } = this.#of;
    const error = vendorFailure({
      provider,
      model,
      ...said,
      ...(status === undefined || status < 300 ? {} : { status }),
    });
    if (error.code === 'cloud.unsafe-text' && this.#hasSpoken) yield { type: 'withdrawn', code: said.code ?? '' };
    throw error;
  }

  #bad(detail: string): StudioError {
    return cloudError('cloud.bad-answer', { provider: this.#of.provider, detail });
  }
}

function usageOf(usage: Record<string, unknown>): ChatUsage {
  const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  const part = (name: string): Record<string, unknown> => (isRecord(usage[name]) ? usage[name] : {});
  return {
    inputTokens: count(usage.prompt_tokens),
    outputTokens: count(usage.completion_tokens),
    reasoningTokens: count(part('completion_tokens_details').reasoning_tokens),
    cachedTokens: count(part('prompt_tokens_details').cached_tokens),
  };
}
