/** Messages as a conversation that chat templates are filled from, and what of it fits the context. */
import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from 'node-llama-cpp';
import type { LlamaMessage } from './work.ts';

/** Results of tools stand with their calls; an answer after them goes on in the same turn of the model. */
export function historyOf(messages: readonly LlamaMessage[]): ChatHistoryItem[] {
  const results = new Map(
    messages.flatMap((message) => (message.role === 'tool' ? [[message.toolCallId, message.content] as const] : [])),
  );
  const history: ChatHistoryItem[] = [];
  for (const message of messages) {
    if (message.role === 'system') history.push({ type: 'system', text: message.content });
    else if (message.role === 'user') history.push({ type: 'user', text: message.content });
    else if (message.role === 'assistant') {
      const last = history.at(-1);
      const turn: ChatModelResponse = last?.type === 'model' ? last : { type: 'model', response: [] };
      if (turn !== last) history.push(turn);
      if (message.content !== '') turn.response.push(message.content);
      for (const { id, name, arguments: json } of message.toolCalls ?? [])
        turn.response.push({
          ...{ type: 'functionCall', name, params: parsed(json), result: results.get(id) ?? null },
        } as ChatModelFunctionCall);
    }
  }
  return history;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/**
 * The messages that fit, without the oldest turns where they do not: instructions and the last question stay, and a result of a tool is
 * never left without its call. `lengthOf` is asked for the whole of what would be read. null: not even those fit.
 */
export function fitting(
  messages: readonly LlamaMessage[],
  limit: number,
  lengthOf: (messages: readonly LlamaMessage[]) => number,
): { messages: readonly LlamaMessage[]; forgotten: number } | null {
  const instructions = messages.filter(({ role }) => role === 'system');
  let rest = messages.filter(({ role }) => role !== 'system');
  let forgotten = 0;
  while (lengthOf([...instructions, ...rest]) > limit) {
    const next = rest.findIndex(({ role }, at) => at > 0 && role === 'user');
    if (next < 0) return null;
    forgotten += next;
    rest = rest.slice(next);
  }
  return { messages: forgotten === 0 ? messages : [...instructions, ...rest], forgotten };
}
