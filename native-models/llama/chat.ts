/** A GGUF that answers: template, streaming, tools, JSON by grammar, and what of the turn before need not be read again. */
import {
  type ChatModelFunctions,
  type ChatWrapper,
  LlamaChat,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
  QwenChatWrapper,
  resolveChatWrapper,
} from 'node-llama-cpp';
import { ModelFaultError, type ModelIo, type ServedModel } from '../kit/serve.ts';
import { fitting, historyOf } from './history.ts';
import { grammarSchema } from './json-schema.ts';
import type { ChatPiece, ChatResult, ChatWork, LlamaMessage } from './work.ts';

const USUAL_CONTEXT = 4096;
/** Room for an answer whose length nobody limited. */
const USUAL_ANSWER = 512;
/** Conversations whose state is kept: a talk with viewers, and help with writing in between. */
const LANES = 2;
/** Pieces that come sooner than this after one another travel together. */
const TOGETHER_MS = 15;

/** One conversation's state in the context. */
interface Lane {
  sequence: LlamaContextSequence;
  messages: readonly string[];
  usedMs: number;
}

export class ChatModel implements ServedModel {
  readonly contextTokens: number;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #lanes: Lane[];

  private constructor(model: LlamaModel, context: LlamaContext) {
    this.#model = model;
    this.#context = context;
    this.#lanes = Array.from({ length: LANES }, () => ({
      ...{ sequence: context.getSequence(), messages: [], usedMs: 0 },
    }));
    this.contextTokens = context.contextSize;
  }

  static async open(model: LlamaModel, contextTokens: number | null): Promise<ChatModel> {
    const contextSize = Math.min(contextTokens ?? USUAL_CONTEXT, model.trainContextSize);
    return new ChatModel(model, await model.createContext({ contextSize, sequences: LANES }));
  }

  async run(asked: unknown, { emit, signal }: ModelIo): Promise<ChatResult> {
    const work = asked as ChatWork;
    const wrapper = this.#wrapper(work.thinking);
    const functions = functionsOf(work);
    const said = withSchema(work);
    const room = Math.min(work.maxTokens ?? USUAL_ANSWER, this.contextTokens >> 2);
    const fit = fitting(said, this.contextTokens - room, (messages) => this.#lengthOf(messages, wrapper, functions));
    if (fit === null) {
      const detail = 'the question alone is longer than the context';
      throw new ModelFaultError({ kind: 'too-long', detail, limit: this.contextTokens - room });
    }
    const history = historyOf(fit.messages);
    if (work.begun !== '') history.push({ type: 'model', response: [work.begun] });
    const lane = this.#laneFor(fit.messages);
    const { sequence } = lane;
    const before = sequence.tokenMeter.getState();
    const pieces = new Pieces(emit);
    let reasoning = 0;
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: wrapper });
    try {
      const schema = work.schema && (await this.#model.llama.createGrammarForJsonSchema(grammarSchema(work.schema)));
      const answer = await chat.generateResponse(history, {
        ...{ signal, temperature: work.temperature },
        ...(work.temperature > 0 && { topP: 0.9, topK: 40 }),
        ...(work.maxTokens !== null && { maxTokens: work.maxTokens }),
        ...(work.seed !== null && { seed: work.seed }),
        ...(schema ? { grammar: schema } : functions && { functions, maxParallelFunctionCalls: 4 }),
        onResponseChunk({ type, segmentType, text, tokens }) {
          if (type === undefined) pieces.add('text', text);
          else if (segmentType === 'thought') {
            reasoning += tokens.length;
            if (work.thinking) pieces.add('thinking', text);
          }
        },
      });
      pieces.flush();
      const calls = answer.functionCalls ?? [];
      for (const { functionName, params } of calls)
        emit({ call: { name: functionName, arguments: JSON.stringify(params ?? {}) } } satisfies ChatPiece);
      const { stopReason } = answer.metadata;
      const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
      const inputTokens = Math.max(usedInputTokens, sequence.nextTokenIndex - usedOutputTokens);
      return {
        reason: calls.length > 0 ? 'tool-calls' : stopReason === 'maxTokens' ? 'length' : 'stop',
        ...{ inputTokens, outputTokens: usedOutputTokens, reasoningTokens: reasoning },
        ...{ cachedTokens: inputTokens - usedInputTokens, forgotten: fit.forgotten },
      };
    } finally {
      pieces.close();
      chat.dispose({ disposeSequence: false });
    }
  }

  async dispose(): Promise<void> {
    await this.#context.dispose();
    await this.#model.dispose();
  }

  #wrapper(thinking: boolean): ChatWrapper {
    const { architecture } = this.#model;
    // Of those with a switch; the older ones do not know the marks of thinking.
    if (/^qwen3(moe)?$/.test(architecture))
      return new QwenChatWrapper({ variation: '3', thoughts: thinking ? 'auto' : 'discourage' });
    if (/^qwen35(moe)?$/.test(architecture))
      return new QwenChatWrapper({ variation: '3.5', thoughts: thinking ? 'auto' : 'discourage' });
    return /^qwen2/.test(architecture) ? new QwenChatWrapper() : resolveChatWrapper(this.#model);
  }

  #lengthOf(
    messages: readonly LlamaMessage[],
    wrapper: ChatWrapper,
    functions: ChatModelFunctions | undefined,
  ): number {
    const chatHistory = [...historyOf(messages), { type: 'model' as const, response: [] }];
    const { contextText } = wrapper.generateContextState({
      ...{ chatHistory, documentFunctionParams: true },
      ...(functions && { availableFunctions: functions }),
    });
    return contextText.tokenize(this.#model.tokenizer).length;
  }

  /** The one whose conversation this goes on with, else the one that was longest not used. */
  #laneFor(messages: readonly LlamaMessage[]): Lane {
    const now = messages.map((message) => JSON.stringify(message));
    const shared = ({ messages: known }: Lane): number => {
      let count = 0;
      while (count < known.length && known[count] === now[count]) count++;
      return count;
    };
    const [lane] = [...this.#lanes].sort((one, other) => shared(other) - shared(one) || one.usedMs - other.usedMs) as [
      Lane,
    ];
    lane.messages = now;
    lane.usedMs = performance.now();
    return lane;
  }
}

function functionsOf({ tools, schema }: ChatWork): ChatModelFunctions | undefined {
  if (tools.length === 0 || schema !== null) return undefined;
  return Object.fromEntries(
    tools.map(({ name, description, parameters }) => [name, { description, params: grammarSchema(parameters) }]),
  );
}

/** The grammar makes it fit; the words make it sensible. */
function withSchema({ messages, schema }: ChatWork): readonly LlamaMessage[] {
  if (schema === null) return messages;
  const content = `Answer in JSON that fits this JSON Schema, and nothing else: ${JSON.stringify(schema)}`;
  return [{ role: 'system', content }, ...messages];
}

/** Pieces of an answer, sent as they come but not more often than it is worth a message. */
class Pieces {
  readonly #emit: (piece: ChatPiece) => void;
  #kind: 'text' | 'thinking' = 'text';
  #held = '';
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(emit: (piece: ChatPiece) => void) {
    this.#emit = emit;
  }

  add(kind: 'text' | 'thinking', text: string): void {
    if (text === '') return;
    if (kind !== this.#kind) this.flush();
    this.#kind = kind;
    this.#held += text;
    if (performance.now() - this.#sentMs >= TOGETHER_MS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#held === '') return;
    this.#emit(this.#kind === 'text' ? { text: this.#held } : { thinking: this.#held });
    this.#held = '';
    this.#sentMs = performance.now();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
