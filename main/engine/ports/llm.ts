/** The language-model port: messages in, text as it is written out. A provider is one folder under `main/providers/llm/`. */

export interface ChatToolCall {
  id: string;
  name: string;
  /** JSON, as the model wrote it. */
  arguments: string;
}

export type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: readonly ChatToolCall[] }
  | { role: 'tool'; toolCallId: string; content: string };

export interface ChatTool {
  name: string;
  description: string;
  /** JSON Schema of its arguments. */
  parameters: Readonly<Record<string, unknown>>;
}

export interface ChatRequest {
  /** null: the one the provider's settings name. */
  model: string | null;
  messages: readonly ChatMessage[];
  tools?: readonly ChatTool[];
  /** The whole answer is JSON that fits this JSON Schema. */
  schema?: { name: string; schema: Readonly<Record<string, unknown>> };
  /** The model reasons before it answers; off for speech. */
  thinking?: boolean;
  temperature?: number;
  maxTokens?: number;
  seed?: number;
}

export interface ChatUsage {
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  cachedTokens: number;
}

/** In order; `done` is the last and comes once. */
export type ChatEvent =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'tool-call'; call: ChatToolCall }
  /** What was said so far must be taken back: the vendor found it unsafe. */
  | { type: 'withdrawn'; code: string }
  | {
      type: 'done';
      reason: 'stop' | 'length' | 'tool-calls';
      usage: ChatUsage | null;
      model: string;
      /** So many of the oldest messages no longer fitted what the model reads at once, and were left out. */
      forgotten?: number;
    };

export interface LlmProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  /** Stops within 200 ms of an abort. @throws StudioError of `cloud.*`; whatever `signal` was aborted with. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;
  dispose(): Promise<void>;
}
