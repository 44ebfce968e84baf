/** What is sent: a request of ours in the members of OpenAI's, and those that only some servers take. */
import type { StudioError } from '../../../../app/errors/index.ts';
import type { ChatMessage, ChatRequest } from '../../../engine/ports/llm.ts';

/** bailian: DashScope's own top-level members are known there. */
export type Dialect = 'bailian' | 'openai';

/** A member left out, or said in another way, because the model does not take it. */
export type Loosening = 'thinking' | 'stream-options' | 'seed' | 'json-schema';

/** `loosened` are left out. */
export function bodyOf(
  asked: ChatRequest,
  model: string,
  dialect: Dialect,
  loosened: ReadonlySet<Loosening>,
): Record<string, unknown> {
  const { tools = [], schema, temperature, maxTokens, seed } = asked;
  const inWords = schema !== undefined && loosened.has('json-schema');
  return {
    model,
    messages: [...asked.messages.map(messageOf), ...(inWords ? [schemaInWords(schema.schema)] : [])],
    stream: true,
    ...(loosened.has('stream-options') ? {} : { stream_options: { include_usage: true } }),
    ...(loosened.has('thinking') ? {} : thinkingOf(asked, dialect)),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
        }),
    ...(schema === undefined ? {} : { response_format: formatOf(schema, inWords) }),
    ...(temperature === undefined
      ? {}
      : { temperature: dialect === 'bailian' ? Math.min(temperature, 1.99) : temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(seed === undefined || loosened.has('seed') ? {} : { seed: seed % 2 ** 31 }),
  };
}

function thinkingOf({ thinking, schema }: ChatRequest, dialect: Dialect): Record<string, unknown> {
  /* Some models of Bailian think unless they are told not to, and none thinks in JSON. */
  if (dialect === 'bailian') return { enable_thinking: thinking === true && schema === undefined };
  /* vLLM's and SGLang's way; others pass over it. */
  return thinking === undefined ? {} : { chat_template_kwargs: { enable_thinking: thinking } };
}

function formatOf(schema: NonNullable<ChatRequest['schema']>, inWords: boolean): Record<string, unknown> {
  if (inWords) return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: schema.schema } };
}

const schemaInWords = (schema: object): Record<string, unknown> => ({
  role: 'system',
  content: `Answer with nothing but one JSON object that fits this JSON Schema:\n${JSON.stringify(schema)}`,
});

function messageOf(message: ChatMessage): Record<string, unknown> {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  const { role, content } = message;
  if (message.role !== 'assistant' || !message.toolCalls?.length) return { role, content };
  const calls = message.toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  return { role, content, tool_calls: calls };
}

const NAMED: readonly (readonly [Loosening, RegExp])[] = [
  ['thinking', /enable_thinking|chat_template_kwargs|thinking/i],
  ['stream-options', /stream_options/i],
  ['seed', /\bseed\b/i],
  ['json-schema', /json_schema|response_format|structured output/i],
];

/** What of the request to leave out after this refusal; null where it is about something else. */
export function looseningFor(
  error: StudioError,
  asked: ChatRequest,
  dialect: Dialect,
  loosened: ReadonlySet<Loosening>,
): Loosening | null {
  if (error.code !== 'cloud.bad-request') return null;
  const detail = String(error.params.detail ?? '');
  const sent: Record<Loosening, boolean> = {
    thinking: dialect === 'bailian' || asked.thinking !== undefined,
    'stream-options': true,
    seed: asked.seed !== undefined,
    'json-schema': asked.schema !== undefined,
  };
  return (
    NAMED.find(([loosening, words]) => sent[loosening] && !loosened.has(loosening) && words.test(detail))?.[0] ?? null
  );
}
