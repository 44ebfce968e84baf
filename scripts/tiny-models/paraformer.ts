/**
 * A streaming recogniser with the interface of FunASR's online Paraformer: an encoder that also tells where tokens fire, and a decoder with
 * a cache. It hears the tones of alphabet.ts in frames of 60 ms.
 */
import { ALPHABET, funAsrBinOf } from './alphabet.ts';
import { floats, int64s, OnnxGraph } from './onnx.ts';

const MELS = 80;
const [WINDOW, SHIFT] = [7, 6];
const FEATURES = MELS * WINDOW;
const SIZE = ALPHABET.length;
const KERNEL = 3;
const TOKENS = ['<blank>', '<s>', '</s>', ...ALPHABET, '<unk>'];
const FIRST_TONE = 3;
/** Log mel energy of samples as 16-bit numbers. */
const LOUD = 20.8;
/** Lifts the features above the positions that the runtime adds to them. */
const GAIN = 10;

function encoder(): Uint8Array {
  const graph = new OnnxGraph('encoder');
  const speech = graph.input('speech', 'float', [1, 'T', FEATURES]);
  const lengths = graph.input('speech_lengths', 'int32', [1]);
  const ints = (...values: number[]): string => graph.constant(int64s([values.length], values));
  const middle = ALPHABET.map((_, i) => (WINDOW >> 1) * MELS + funAsrBinOf(i));
  const tones = graph.node('Gather', [speech, ints(...middle)], { axis: 2 });
  const loudest = graph.node('ReduceMax', [tones], { axes: [2], keepdims: 0 });
  const threshold = graph.constant(floats([1], [LOUD * GAIN]));
  const loud = graph.node('Cast', [graph.node('Greater', [loudest, threshold])], { to: 1 });
  const shifted = graph.node('Pad', [loud, ints(0, 1, 0, 0)], { mode: 'constant' });
  const before = graph.node('Slice', [shifted, ints(0), ints(-1), ints(1)]);
  const quietBefore = graph.node('Sub', [graph.constant(floats([1], [1])), before]);
  // A tone lies in two frames, and at an edge of one of them.
  const later = graph.node('Slice', [tones, ints(1), ints(Number.MAX_SAFE_INTEGER), ints(1)]);
  const next = graph.node('Pad', [later, ints(0, 0, 0, 0, 1, 0)], { mode: 'constant' });
  graph.node('Softmax', [graph.node('Add', [tones, next])], { axis: 2 }, 'enc');
  graph.node('Identity', [lengths], {}, 'enc_len');
  graph.node('Mul', [loud, quietBefore], {}, 'alphas');
  graph.output('enc', 'float', [1, 'T', SIZE]);
  graph.output('enc_len', 'int32', [1]);
  graph.output('alphas', 'float', [1, 'T']);
  const many = (value: number): string => Array.from({ length: FEATURES }, () => String(value)).join(',');
  return graph.model({
    metadata: {
      ...{
        model_type: 'paraformer',
        version: 1,
        model_author: 'shenghua',
        comment: 'streaming',
        vocab_size: TOKENS.length,
      },
      ...{ lfr_window_size: WINDOW, lfr_window_shift: SHIFT, encoder_output_size: SIZE, decoder_num_blocks: 1 },
      // The runtime multiplies by the root of the encoder's size.
      ...{ decoder_kernel_size: KERNEL, neg_mean: many(0), inv_stddev: many(GAIN / Math.sqrt(SIZE)) },
    },
  });
}

function decoder(): Uint8Array {
  const graph = new OnnxGraph('decoder');
  graph.input('enc', 'float', [1, 'T', SIZE]);
  graph.input('enc_len', 'int32', [1]);
  const embeds = graph.input('acoustic_embeds', 'float', [1, 'tokens', SIZE]);
  graph.input('acoustic_embeds_len', 'int32', [1]);
  const cache = graph.input('in_cache_0', 'float', [1, SIZE, 'past']);
  graph.node('Identity', [embeds], {}, 'logits');
  const best = graph.node('ArgMax', [embeds], { axis: 2, keepdims: 0 });
  graph.node('Add', [best, graph.constant(int64s([1], [FIRST_TONE]))], {}, 'sample_ids');
  graph.node('Identity', [cache], {}, 'out_cache_0');
  graph.output('logits', 'float', [1, 'tokens', SIZE]);
  graph.output('sample_ids', 'int64', [1, 'tokens']);
  graph.output('out_cache_0', 'float', [1, SIZE, 'past']);
  return graph.model();
}

export const tinyParaformer = (): { encoder: Uint8Array; decoder: Uint8Array; tokens: string } => ({
  ...{ encoder: encoder(), decoder: decoder() },
  tokens: `${TOKENS.map((token, id) => `${token} ${id}`).join('\n')}\n`,
});
