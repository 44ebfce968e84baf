/** What the llama.cpp process is asked and what it gives: typed here for both sides of the channel. */

export interface LlamaSettings {
  does: 'chat' | 'embedding';
  /** The GGUF; of a split one its first part. */
  path: string;
  /** What is read at once at most; null: what the model was trained for, within reason. */
  contextTokens: number | null;
}

export type LlamaMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: readonly LlamaToolCall[] }
  | { role: 'tool'; toolCallId: string; content: string };

export interface LlamaToolCall {
  id: string;
  name: string;
  /** JSON. */
  arguments: string;
}

export interface ChatWork {
  messages: readonly LlamaMessage[];
  tools: readonly { name: string; description: string; parameters: Readonly<Record<string, unknown>> }[];
  /** JSON Schema of the whole answer. */
  schema: Readonly<Record<string, unknown>> | null;
  thinking: boolean;
  temperature: number;
  maxTokens: number | null;
  seed: number | null;
  /** The answer goes on from here: it was begun by a process that died. */
  begun: string;
}

export type ChatPiece = { text: string } | { thinking: string } | { call: { name: string; arguments: string } };

export interface ChatResult {
  reason: 'stop' | 'length' | 'tool-calls';
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** Of the input, those whose state was still there from the turn before. */
  cachedTokens: number;
  /** Messages, from the oldest on, that were left out because they no longer fit. */
  forgotten: number;
}

export interface EmbeddingWork {
  texts: readonly string[];
}
/** One piece a text, in order: a unit vector. */
export type EmbeddingPiece = Float32Array;

export interface LlamaInfo {
  /** As the file says: `qwen2`, `qwen3`, `bert` … */
  architecture: string;
  contextTokens: number;
  /** Of an embedding. */
  dimensions: number;
  /** `cpu`, `cuda`, `vulkan`, `metal`. */
  computesOn: string;
}
