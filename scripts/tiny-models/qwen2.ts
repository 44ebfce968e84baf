/**
 * A model of the Qwen2 architecture, small enough to be written in an instant: byte-level BPE with Qwen's marks, grouped attention,
 * rotary places, SwiGLU. Its weights are not trained but reckoned: each word of a sentence calls up the next one (an associative memory in
 * the output matrix), and the layers add a little of everything that was said before. So it answers with that sentence, in its own tokens,
 * by the same code that runs a real one.
 */
import { writeGguf } from './gguf.ts';

export interface TinyQwenOptions {
  /** What it says, word by word; no word twice. */
  words?: readonly string[];
  /** After the last word comes the first again, for ever. */
  endless?: boolean;
  hidden?: number;
  layers?: number;
  /** That it was made for. */
  contextTokens?: number;
  /** Written into the file: what a runtime that does not know it refuses. */
  architecture?: string;
  seed?: number;
}

export const TINY_WORDS = [
  '你好',
  '，我是',
  '这台',
  '电脑',
  '里的',
  '小',
  '模型',
  '。网络',
  '断了',
  '也',
  '能',
  '回答',
  '你',
  '！',
];

const MARKS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const CONTROL = 3;
const NORMAL = 1;
const HEADS = 4;
const KV_HEADS = 2;

/** Qwen's own, without tools: the runtime's wrapper has those. */
const TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export function tinyQwen2(options: TinyQwenOptions = {}): Buffer {
  const { words = TINY_WORDS, endless = false, hidden = 128, layers = 2, contextTokens = 2048 } = options;
  const { architecture = 'qwen2', seed = 7 } = options;
  const { tokens, merges, idOf } = vocabulary(words);
  const random = gaussians(seed);
  const vector = (scale: number, length: number): Float32Array => Float32Array.from({ length }, () => random() * scale);
  const matrix = (name: string, columns: number, rows: number, scale: number) => ({
    ...{ name, shape: [columns, rows], data: vector(scale, columns * rows) },
  });
  const ones = (name: string) => ({ name, shape: [hidden], data: new Float32Array(hidden).fill(1) });

  // The last place of every direction is the same, so that some tokens can be likelier than others whatever came before.
  const embedding = matrix('token_embd.weight', hidden, tokens.length, 1);
  for (let token = 0; token < tokens.length; token++) embedding.data[(token + 1) * hidden - 1] = 1;
  const output = matrix('output.weight', hidden, tokens.length, 0.001);
  const follow = (from: number, to: number, strength: number): void => {
    for (let i = 0; i < hidden - 1; i++)
      output.data[to * hidden + i]! += (strength / hidden) * embedding.data[from * hidden + i]!;
  };
  const chain = [idOf('\n'), ...words.map(idOf)];
  for (const [at, token] of chain.entries()) {
    const next = chain[at + 1] ?? (endless ? chain[1]! : idOf('<|im_end|>'));
    follow(token, next, 60);
  }
  // Where a grammar leaves nothing of the sentence, what is open is closed.
  for (const [text, push] of [
    ['"', 6],
    [',', 3],
    ['}', 3],
    ['1', 2],
    ['<|im_end|>', 5],
  ] as const)
    output.data[(idOf(text) + 1) * hidden - 1]! += endless && text === '<|im_end|>' ? 0 : push;

  const feed = hidden * 2;
  const kv = (hidden / HEADS) * KV_HEADS;
  const tensors = [embedding, ones('output_norm.weight'), output];
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string): string => `blk.${layer}.${name}`;
    const small = 0.02;
    tensors.push(
      ...[ones(at('attn_norm.weight')), ones(at('ffn_norm.weight'))],
      ...[matrix(at('attn_q.weight'), hidden, hidden, small), matrix(at('attn_k.weight'), hidden, kv, small)],
      ...[matrix(at('attn_v.weight'), hidden, kv, small), matrix(at('attn_output.weight'), hidden, hidden, small)],
      { name: at('attn_q.bias'), shape: [hidden], data: vector(small, hidden) },
      { name: at('attn_k.bias'), shape: [kv], data: vector(small, kv) },
      { name: at('attn_v.bias'), shape: [kv], data: vector(small, kv) },
      ...[matrix(at('ffn_gate.weight'), hidden, feed, small), matrix(at('ffn_up.weight'), hidden, feed, small)],
      matrix(at('ffn_down.weight'), feed, hidden, small),
    );
  }
  return writeGguf(
    {
      'general.architecture': architecture,
      'general.name': 'Tiny',
      'general.alignment': { u32: 32 },
      [`${architecture}.block_count`]: { u32: layers },
      [`${architecture}.context_length`]: { u32: contextTokens },
      [`${architecture}.embedding_length`]: { u32: hidden },
      [`${architecture}.feed_forward_length`]: { u32: feed },
      [`${architecture}.attention.head_count`]: { u32: HEADS },
      [`${architecture}.attention.head_count_kv`]: { u32: KV_HEADS },
      [`${architecture}.attention.layer_norm_rms_epsilon`]: { f32: 1e-6 },
      [`${architecture}.rope.freq_base`]: { f32: 10_000 },
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'qwen2',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': { i32s: tokens.map((token) => (MARKS.includes(token) ? CONTROL : NORMAL)) },
      'tokenizer.ggml.merges': merges,
      'tokenizer.ggml.eos_token_id': { u32: idOf('<|im_end|>') },
      'tokenizer.ggml.padding_token_id': { u32: idOf('<|endoftext|>') },
      'tokenizer.ggml.add_bos_token': false,
      'tokenizer.chat_template': TEMPLATE,
    },
    tensors,
  );
}

/** All bytes as GPT-2 writes them, the words grown byte by byte and character by character, the marks. */
function vocabulary(words: readonly string[]) {
  const written = byteLetters();
  const asLetters = (text: string): string => [...Buffer.from(text)].map((byte) => written[byte]!).join('');
  const tokens = [...written];
  const known = new Set(tokens);
  const merges: string[] = [];
  const grow = (parts: readonly string[]): void => {
    let whole = parts[0] ?? '';
    for (const part of parts.slice(1)) {
      const merge = `${whole} ${part}`;
      whole += part;
      if (known.has(whole)) continue;
      known.add(whole);
      tokens.push(whole);
      merges.push(merge);
    }
  };
  for (const letter of new Set(words.join(''))) grow([...asLetters(letter)]);
  for (const word of words) grow([...word].map(asLetters));
  tokens.push(...MARKS);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return {
    ...{ tokens, merges },
    idOf(text: string): number {
      const id = ids.get(MARKS.includes(text) ? text : asLetters(text));
      if (id === undefined) throw new Error(`no token ${text}`);
      return id;
    },
  };
}

/** GPT-2's letter for each byte: itself where it can be seen, else one from U+0100 on. */
function byteLetters(): string[] {
  const visible = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(visible(byte) ? byte : next++));
}

/** Normally distributed, the same row for the same seed (Box-Muller over mulberry32). */
function gaussians(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() || 1e-12)) * Math.cos(2 * Math.PI * uniform());
}
