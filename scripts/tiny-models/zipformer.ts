/**
 * A streaming transducer with the interface of zipformer2 as icefall exports it: an encoder with its caches, a decoder, a joiner. It hears
 * the tones of alphabet.ts: a token where a stretch of 40 ms is loud after one that was not.
 */
import { ALPHABET, binOf } from './alphabet.ts';
import { extraWork, type Work } from './extra-work.ts';
import { type Dimension, floats, int64s, OnnxGraph } from './onnx.ts';

const MELS = 80;
/** Feature frames of 10 ms: seen at once, moved on by, per token frame. */
const FRAMES = 45;
const CHUNK = 32;
const BLOCK = 4;
const OUT = CHUNK / BLOCK;
const VOCABULARY = ALPHABET.length + 1;
const [DIMENSION, HEAD, HEADS, KERNEL, LEFT] = [8, 4, 1, 3, 4];
/** Log mel energy of samples within ±1: tones have 5 and more, quiet rooms less than −3. */
const LOUD = 0;

function encoder(work: Work | undefined): Uint8Array {
  const graph = new OnnxGraph('encoder');
  const x = graph.input('x', 'float', ['N', FRAMES, MELS]);
  const states: [string, 'float' | 'int64', Dimension[]][] = [
    ['cached_key_0', 'float', [LEFT, 'N', HEAD * HEADS]],
    ['cached_nonlin_attn_0', 'float', [1, 'N', LEFT, (3 * DIMENSION) / 4]],
    ['cached_val1_0', 'float', [LEFT, 'N', HEAD * HEADS]],
    ['cached_val2_0', 'float', [LEFT, 'N', HEAD * HEADS]],
    ['cached_conv1_0', 'float', ['N', DIMENSION, KERNEL >> 1]],
    ['cached_conv2_0', 'float', ['N', DIMENSION, KERNEL >> 1]],
    ['embed_states', 'float', ['N', 128, 3, 19]],
    ['processed_lens', 'int64', ['N']],
  ];
  for (const [name, type, shape] of states) graph.input(name, type, shape);

  const ints = (...values: number[]): string => graph.constant(int64s([values.length], values));
  const number = (value: number): string => graph.constant(floats([1], [value]));
  const sigmoid = (name: string, steepness: number, middle: number): string =>
    graph.node('Sigmoid', [graph.node('Mul', [graph.node('Sub', [name, number(middle)]), number(steepness)])]);
  const tones = graph.node('Gather', [x, ints(...ALPHABET.map((_, i) => binOf(i)))], { axis: 2 });
  /** The blocks of four frames beginning at block `first`: [N, OUT, BLOCK, tones]. */
  const blocks = (first: number): string => {
    const from = first * BLOCK;
    const cut = graph.node('Slice', [tones, ints(from), ints(from + CHUNK), ints(1)]);
    return graph.node('Reshape', [cut, ints(0, OUT, BLOCK, ALPHABET.length)]);
  };
  const loudness = (first: number): string => {
    const loudest = graph.node('ReduceMax', [blocks(first)], { axes: [3], keepdims: 0 });
    const share = graph.node('ReduceMean', [sigmoid(loudest, 4, LOUD)], { axes: [2], keepdims: 1 });
    return sigmoid(share, 200, 0.45);
  };
  const begins = graph.node('Mul', [loudness(1), graph.node('Sub', [number(1), loudness(0)])]);
  const mean = graph.node('ReduceMean', [blocks(2)], { axes: [2], keepdims: 0 });
  const which = graph.node('Softmax', [mean], { axis: 2 });
  const tokens = graph.node('Mul', [which, begins]);
  const blank = graph.node('Add', [graph.node('Mul', [begins, number(0)]), number(0.3)]);
  const heard = graph.node('Concat', [blank, tokens], { axis: 2 });
  graph.node('Identity', [work ? extraWork(graph, heard, work) : heard], {}, 'encoder_out');
  graph.output('encoder_out', 'float', ['N', OUT, VOCABULARY]);
  for (const [name, type, shape] of states) {
    if (name === 'processed_lens') graph.node('Add', [name, ints(CHUNK)], {}, `new_${name}`);
    else graph.node('Identity', [name], {}, `new_${name}`);
    graph.output(`new_${name}`, type, shape);
  }
  return graph.model({
    metadata: {
      ...{ model_type: 'zipformer2', version: 1, model_author: 'shenghua', comment: 'streaming zipformer2' },
      ...{ decode_chunk_len: CHUNK, T: FRAMES, num_encoder_layers: 1, encoder_dims: DIMENSION },
      ...{ cnn_module_kernels: KERNEL, left_context_len: LEFT, query_head_dims: HEAD, value_head_dims: HEAD },
      num_heads: HEADS,
    },
  });
}

function decoder(): Uint8Array {
  const graph = new OnnxGraph('decoder');
  const y = graph.input('y', 'int64', ['N', 2]);
  const table = graph.constant(floats([VOCABULARY, VOCABULARY], new Float32Array(VOCABULARY * VOCABULARY)));
  const context = graph.node('Gather', [table, y]);
  graph.node('ReduceMean', [context], { axes: [1], keepdims: 0 }, 'decoder_out');
  graph.output('decoder_out', 'float', ['N', VOCABULARY]);
  return graph.model({ metadata: { context_size: 2, vocab_size: VOCABULARY } });
}

function joiner(): Uint8Array {
  const graph = new OnnxGraph('joiner');
  const a = graph.input('encoder_out', 'float', ['N', VOCABULARY]);
  const b = graph.input('decoder_out', 'float', ['N', VOCABULARY]);
  graph.node('Add', [a, b], {}, 'logit');
  graph.output('logit', 'float', ['N', VOCABULARY]);
  return graph.model({ metadata: { joiner_dim: VOCABULARY } });
}

export interface TransducerFiles {
  encoder: Uint8Array;
  decoder: Uint8Array;
  joiner: Uint8Array;
  tokens: string;
}

export const tinyZipformer = (work?: Work): TransducerFiles => ({
  ...{ encoder: encoder(work), decoder: decoder(), joiner: joiner() },
  tokens: `${['<blk>', ...ALPHABET].map((token, id) => `${token} ${id}`).join('\n')}\n`,
});
