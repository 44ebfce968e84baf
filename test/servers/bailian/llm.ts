/** What stands behind both chat surfaces: reads a question, writes the answer in pieces, counts tokens, inspects what goes in and out. */
import { randomUUID } from 'node:crypto';
import type { Answer, Asked, AskedMessage } from './answers.ts';
import type { BailianContext } from './context.ts';
import type { Json } from './http-call.ts';
import { modelNamed, tokensOf } from './models.ts';
import { Refused } from './refusal.ts';
import { write } from './writer.ts';

export interface Written {
  thinking: string[];
  pieces: string[];
  toolCalls: { id: string; name: string; arguments: string }[];
  finish: 'stop' | 'length' | 'tool_calls';
  /** The piece with which the output trips inspection. */
  unsafeAt: number | null;
  inputTokens: number;
}

/** The vendor's engines say it like this, in either dialect. */
export const algo = (message: string): Refused =>
  new Refused(400, 'InvalidParameter', `<400> InternalError.Algo.InvalidParameter: ${message}`);

const ROLES = new Set(['system', 'user', 'assistant', 'tool']);

/** @throws Refused */
export function readMessages(value: unknown): AskedMessage[] {
  if (!Array.isArray(value)) throw algo("'messages' is a required property");
  if (value.length === 0) throw algo("[] is too short - 'messages'");
  const messages = value.map((entry: unknown) => message(entry));
  const open = new Set<string>();
  for (const one of messages) {
    for (const call of one.tool_calls ?? []) open.add(call.id);
    if (one.role === 'tool' && !open.has(one.tool_call_id ?? '')) {
      throw algo('messages with role "tool" must be a response to a preceeding message with "tool_calls".');
    }
  }
  return messages;
}

function message(entry: unknown): AskedMessage {
  const { role, content, tool_calls, tool_call_id } = (entry ?? {}) as Json;
  const calls = tool_calls as AskedMessage['tool_calls'];
  const text = contentText(content);
  const silent = role === 'assistant' && calls !== undefined && calls.length > 0;
  if (
    typeof role !== 'string' ||
    !ROLES.has(role) ||
    text === null ||
    (text === '' && !silent && role !== 'system' && role !== 'tool')
  ) {
    throw new Refused(
      400,
      'InvalidParameter',
      'Role must be user or assistant and Content length must be greater than 0',
    );
  }
  return {
    role: role as AskedMessage['role'],
    content: text,
    ...(calls === undefined ? {} : { tool_calls: calls }),
    ...(typeof tool_call_id === 'string' ? { tool_call_id } : {}),
  };
}

/** Strings, or parts with a text in either dialect; null: neither. */
function contentText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content)) return null;
  return content.map((part: unknown) => String((part as Json | null)?.text ?? '')).join('');
}

/** @throws Refused for tools without a name, and for a choice the vendor does not know */
export function readTools(json: Json, thinking: boolean): Pick<Asked, 'tools' | 'toolChoice'> {
  const tools = ((json.tools as unknown[] | undefined) ?? []).map((tool) => {
    const { type, function: it } = (tool ?? {}) as { type?: string; function?: Json };
    const name = it?.name;
    if (type !== 'function' || typeof name !== 'string' || name === '')
      throw algo("'name' is a required property - 'tools.0.function'");
    return { name, description: String(it?.description ?? ''), parameters: (it?.parameters ?? {}) as Json };
  });
  const choice = json.tool_choice;
  if (choice === undefined || choice === 'auto') return { tools, toolChoice: 'auto' };
  if (choice === 'none') return { tools, toolChoice: 'none' };
  const name = (choice as { function?: { name?: unknown } } | null)?.function?.name;
  if (typeof name !== 'string') throw algo('tool_choice is one of the strings that should be ["none", "auto"]');
  if (thinking)
    throw algo('The tool_choice parameter does not support being set to required or object in thinking mode');
  if (!tools.some((tool) => tool.name === name))
    throw algo(`The tool ${name} specified in tool_choice does not match any of the specified tools.`);
  return { tools, toolChoice: { name } };
}

/** @throws Refused */
export function readFormat(json: Json, messages: readonly AskedMessage[], thinking: boolean): Asked['format'] {
  const format = json.response_format as { type?: string; json_schema?: { name?: unknown; schema?: Json } } | undefined;
  if (format === undefined || format.type === 'text') return null;
  if (thinking) throw algo('Json mode response is not supported when enable_thinking is true');
  if (format.type === 'json_object') {
    if (!messages.some((entry) => /json/i.test(entry.content))) {
      throw algo(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      );
    }
    return 'json';
  }
  if (
    format.type !== 'json_schema' ||
    typeof format.json_schema?.name !== 'string' ||
    format.json_schema.schema === undefined
  ) {
    throw algo("'response_format.json_schema' must have a name and a schema.");
  }
  return { schema: format.json_schema.schema };
}

/** @throws Refused when a sampling parameter is out of its range */
export function checkSampling(json: Json, outputTokens: number): { maxTokens: number; stop: string[] } {
  const range = (name: string, good: (value: number) => boolean, words: string) => {
    const value = json[name];
    if (value !== undefined && value !== null && (typeof value !== 'number' || !good(value))) throw algo(words);
  };
  range('temperature', (value) => value >= 0 && value < 2, "'temperature' must be in [0.0, 2.0)");
  range('top_p', (value) => value > 0 && value <= 1, 'Range of top_p should be (0.0, 1.0]');
  range(
    'max_tokens',
    (value) => Number.isInteger(value) && value >= 1 && value <= outputTokens,
    `Range of max_tokens should be [1, ${outputTokens}]`,
  );
  range(
    'seed',
    (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31,
    'Range of seed should be [0, 2147483647]',
  );
  range('presence_penalty', (value) => value >= -2 && value <= 2, 'Range of presence_penalty should be [-2.0, 2.0]');
  const stop = json.stop;
  return {
    maxTokens: typeof json.max_tokens === 'number' ? json.max_tokens : outputTokens,
    stop: typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.map(String) : [],
  };
}

/** @throws Refused for input that is too long or trips inspection */
export function answerOf(
  context: BailianContext,
  asked: Asked,
  limits: { maxTokens: number; stop: string[] },
): Written {
  const model = modelNamed(context, asked.model, 'native');
  const input = asked.messages.map((entry) => entry.content).join('\n');
  inspect(context, input);
  const inputTokens = tokensOf(input).length + 4 * asked.messages.length;
  const most = model.inputTokens ?? 129_024;
  if (inputTokens > most) throw algo(`Range of input length should be [1, ${most}]`);

  const given = context.answers?.(asked) ?? null;
  const answer: Answer = typeof given === 'string' ? { text: given } : (given ?? write(asked));
  const whole = cutAtStop(answer.text ?? '', limits.stop);
  let pieces = answer.pieces ?? tokensOf(whole);
  let finish: Written['finish'] = 'stop';
  if (pieces.length > limits.maxTokens) {
    pieces = pieces.slice(0, limits.maxTokens);
    finish = 'length';
  }
  const toolCalls = (answer.toolCalls ?? []).map((call) => ({
    id: `call_${randomUUID().replaceAll('-', '').slice(0, 22)}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  // A forced call ends with "stop" all the same, as recorded.
  if (toolCalls.length > 0 && typeof asked.toolChoice === 'string') finish = 'tool_calls';
  return {
    thinking: asked.thinking ? tokensOf(answer.thinking ?? '') : [],
    pieces,
    toolCalls,
    finish,
    unsafeAt: unsafeAt(context, pieces),
    inputTokens,
  };
}

/** @throws Refused DataInspectionFailed */
export function inspect(context: BailianContext, input: string): void {
  for (const word of context.forbidden.keys()) {
    if (input.includes(word)) {
      throw new Refused(400, 'DataInspectionFailed', 'Input data may contain inappropriate content.');
    }
  }
}

export const unsafeOutput = (): Refused =>
  new Refused(400, 'DataInspectionFailed', 'Output data may contain inappropriate content.');

function unsafeAt(context: BailianContext, pieces: readonly string[]): number | null {
  let said = '';
  for (const [i, piece] of pieces.entries()) {
    said += piece;
    for (const word of context.forbidden.keys()) if (said.includes(word)) return i;
  }
  return null;
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

export interface Usage {
  input: number;
  output: number;
  reasoning: number;
}

/** After `thought` pieces of thinking and `said` pieces of the answer. */
export function usageAt(written: Written, thought: number, said: number, called = false): Usage {
  const calls = called
    ? written.toolCalls.reduce((sum, call) => sum + tokensOf(call.name + call.arguments).length, 0)
    : 0;
  return { input: written.inputTokens, output: thought + said + calls, reasoning: thought };
}
