/** Punctuation with the interface of FunASR's CT-Transformer: a question after 呢, a comma after 好, nothing elsewhere. */
import { ALPHABET } from './alphabet.ts';
import { floats, OnnxGraph } from './onnx.ts';

const MARKS = ['<unk>', '_', '，', '。', '？', '、'];
const TOKENS = ['<blank>', '<unk>', ...ALPHABET];
const RULES: Readonly<Record<string, string>> = { 呢: '？', 好: '，' };

export function tinyPunctuation(): Uint8Array {
  const graph = new OnnxGraph('punctuation');
  const ids = graph.input('inputs', 'int32', [1, 'T']);
  graph.input('text_lengths', 'int32', [1]);
  const scores = new Float32Array(TOKENS.length * MARKS.length);
  for (const [i, token] of TOKENS.entries()) scores[i * MARKS.length + MARKS.indexOf(RULES[token] ?? '_')] = 1;
  graph.node('Gather', [graph.constant(floats([TOKENS.length, MARKS.length], scores)), ids], {}, 'logits');
  graph.output('logits', 'float', [1, 'T', MARKS.length]);
  return graph.model({
    metadata: {
      ...{ model_type: 'ct_transformer', comment: 'tiny', tokens: TOKENS.join('|'), punctuations: MARKS.join('|') },
      ...{ unk_symbol: '<unk>', vocab_size: TOKENS.length },
    },
  });
}
