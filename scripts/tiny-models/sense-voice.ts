/**
 * A recogniser of whole utterances with the interface of SenseVoice (CTC over frames of 60 ms, language, emotion and event first); it hears
 * the tones of alphabet.ts.
 */
import { ALPHABET, funAsrBinOf } from './alphabet.ts';
import { extraWork, type Work } from './extra-work.ts';
import { floats, int64s, OnnxGraph } from './onnx.ts';

const MELS = 80;
const [WINDOW, SHIFT] = [7, 6];
const FEATURES = MELS * WINDOW;
const TAGS = ['<|zh|>', '<|NEUTRAL|>', '<|Speech|>', '<|woitn|>'];
const TOKENS = ['<blank>', ...TAGS, ...ALPHABET];
/** Log mel energy of samples as 16-bit numbers. */
const LOUD = 20.8;

export function tinySenseVoice(work?: Work): { model: Uint8Array; tokens: string } {
  const graph = new OnnxGraph('sense-voice');
  const x = graph.input('x', 'float', ['N', 'T', FEATURES]);
  graph.input('x_length', 'int32', ['N']);
  graph.input('language', 'int32', ['N']);
  graph.input('text_norm', 'int32', ['N']);
  const ints = (...values: number[]): string => graph.constant(int64s([values.length], values));
  const number = (value: number): string => graph.constant(floats([1], [value]));
  // The middle frame of the window.
  const tones = graph.node('Gather', [x, ints(...ALPHABET.map((_, i) => (WINDOW >> 1) * MELS + funAsrBinOf(i)))], {
    axis: 2,
  });
  const loudest = graph.node('ReduceMax', [tones], { axes: [2], keepdims: 1 });
  const loud = graph.node('Sigmoid', [graph.node('Mul', [graph.node('Sub', [loudest, number(LOUD)]), number(4)])]);
  const which = graph.node('Mul', [graph.node('Softmax', [tones], { axis: 2 }), loud]);
  const blank = graph.node('Add', [graph.node('Mul', [loud, number(0)]), number(0.3)]);
  const noTag = graph.node('Mul', [
    graph.node(
      'Concat',
      TAGS.map(() => blank),
      { axis: 2 },
    ),
    number(0),
  ]);
  const heard = graph.node('Concat', [blank, noTag, which], { axis: 2 });
  const tags = new Float32Array(TAGS.length * TOKENS.length);
  for (const i of TAGS.keys()) tags[i * TOKENS.length + 1 + i] = 1;
  const first = graph.constant(floats([1, TAGS.length, TOKENS.length], tags));
  const logits = graph.node('Concat', [first, work ? extraWork(graph, heard, work) : heard], { axis: 1 });
  graph.node('Identity', [logits], {}, 'logits');
  graph.output('logits', 'float', ['N', 'T4', TOKENS.length]);
  const many = (value: number): string => Array.from({ length: FEATURES }, () => value.toFixed(1)).join(',');
  const model = graph.model({
    metadata: {
      ...{
        model_type: 'sense_voice_ctc',
        version: 1,
        model_author: 'shenghua',
        maintainer: 'shenghua',
        comment: 'tiny',
      },
      ...{ vocab_size: TOKENS.length, lfr_window_size: WINDOW, lfr_window_shift: SHIFT, normalize_samples: 0 },
      ...{ with_itn: 14, without_itn: 15, lang_auto: 0, lang_zh: 3, lang_en: 4, lang_yue: 7, lang_ja: 11, lang_ko: 12 },
      ...{ neg_mean: many(0), inv_stddev: many(1) },
    },
  });
  return { model, tokens: `${TOKENS.map((token, id) => `${token} ${id}`).join('\n')}\n` };
}
