/** What the language model of the local Bailian says: whatever a test tells it to, and else its own deterministic writing. */

export interface AskedMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface Asked {
  model: string;
  messages: AskedMessage[];
  tools: { name: string; description: string; parameters: Record<string, unknown> }[];
  /** The tool that must be called, `any` of them, or none forced. */
  toolChoice: { name: string } | 'auto' | 'none';
  /** JSON Schema, or 'json' for any object. */
  format: { schema: Record<string, unknown> } | 'json' | null;
  thinking: boolean;
}

export interface Answer {
  text?: string;
  thinking?: string;
  toolCalls?: { name: string; arguments: unknown }[];
  /** Cut points of the stream; absent: two to four characters a piece, as the vendor's. */
  pieces?: string[];
}

/** null: it writes what it likes. */
export type Answers = (asked: Asked) => Answer | string | null;
