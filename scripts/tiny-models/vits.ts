/**
 * Voices with the interface of VITS as icefall exports it (`x`, `x_length`, three scales, `sid`): a Chinese one that reads by a lexicon, an
 * English one that reads characters. They say tones (alphabet.ts); a speaker has overtones of its own.
 */
import { ALPHABET, AMPLITUDE, EDGE_MS, frequencyOf, GAP_MS, TONE_MS, toneOf } from './alphabet.ts';
import { extraWork, type Work } from './extra-work.ts';
import { floats, int64s, OnnxGraph } from './onnx.ts';

const TINY_VOICE_RATE = 16_000;
const TINY_SPEAKERS = 3;
const PUNCTUATION = ['，', '。', '？', '！', '、', '；', '：', ',', '.', '?', '!', "'", ';', ':'];

const METADATA = {
  ...{ model_type: 'vits', comment: 'icefall', version: 1, sample_rate: TINY_VOICE_RATE, add_blank: 0 },
  ...{ n_speakers: TINY_SPEAKERS, voice: '', punctuation: PUNCTUATION.join(' ') },
};

function graphOf(frequencies: readonly number[], work: Work | undefined): OnnxGraph {
  const graph = new OnnxGraph('vits');
  const x = graph.input('x', 'int64', [1, 'tokens']);
  const lengths = graph.input('x_length', 'int64', [1]);
  graph.input('noise_scale', 'float', [1]);
  const lengthScale = graph.input('length_scale', 'float', [1]);
  graph.input('noise_scale_dur', 'float', [1]);
  const speaker = graph.input('speaker', 'int64', [1]);

  const number = (value: number): string => graph.constant(floats([1], [value]));
  const scalar = (name: string): string => graph.node('Squeeze', [name, graph.constant(int64s([1], [0]))]);
  const toFloat = (name: string): string => graph.node('Cast', [name], { to: 1 });
  const mul = (a: string, b: string): string => graph.node('Mul', [a, b]);
  const samples = (ms: number): string =>
    graph.node('Round', [mul(lengthScale, number((ms * TINY_VOICE_RATE) / 1000))]);

  const each = samples(TONE_MS + GAP_MS);
  const sounding = samples(TONE_MS);
  const total = mul(toFloat(lengths), each);
  const zero = graph.constant(floats([], [0]));
  const one = graph.constant(floats([], [1]));
  const at = graph.node('Range', [zero, scalar(total), one]);
  const place = graph.node('Floor', [graph.node('Div', [at, each])]);
  const within = graph.node('Sub', [at, mul(place, each)]);
  const tokens = graph.node('Squeeze', [x, graph.constant(int64s([1], [0]))]);
  const token = graph.node('Gather', [tokens, graph.node('Cast', [place], { to: 7 })]);
  const step = graph.constant(
    floats(
      [frequencies.length],
      frequencies.map((hz) => (2 * Math.PI * hz) / TINY_VOICE_RATE),
    ),
  );
  const angle = mul(graph.node('Gather', [step, token]), within);
  const edge = number(TINY_VOICE_RATE * (EDGE_MS / 1000));
  const rising = graph.node('Div', [within, edge]);
  const falling = graph.node('Div', [graph.node('Sub', [sounding, within]), edge]);
  const limits = [graph.constant(floats([], [0])), graph.constant(floats([], [1]))];
  const envelope = graph.node('Clip', [graph.node('Min', [rising, falling]), ...limits]);
  const overtone = mul(graph.node('Sin', [mul(angle, number(1.5))]), mul(toFloat(speaker), number(0.15)));
  const wave = mul(mul(graph.node('Add', [graph.node('Sin', [angle]), overtone]), envelope), number(AMPLITUDE));
  const worked = work ? extraWork(graph, wave, work) : wave;
  graph.node('Unsqueeze', [worked, graph.constant(int64s([2], [0, 1]))], {}, 'y');
  graph.output('y', 'float', [1, 1, 'samples']);
  return graph;
}

interface VoiceFiles {
  model: Uint8Array;
  tokens: string;
}

/** Reads every Chinese character; those beyond the alphabet as one of it. */
export function tinyChineseVoice(work?: Work): VoiceFiles & { lexicon: string } {
  const frequencies = [0, ...PUNCTUATION.map(() => 0), ...ALPHABET.map((_, i) => frequencyOf(i))];
  const model = graphOf(frequencies, work).model({ metadata: { ...METADATA, language: 'Chinese' } });
  const tokens = ['sil', ...PUNCTUATION, ...ALPHABET].map((token, id) => `${token} ${id}`);
  // Sherpa asks for the end where there is a silence.
  tokens.push('eos 0');
  const words: string[] = [];
  for (let code = 0x4e00; code <= 0x9fa5; code++) {
    const character = String.fromCodePoint(code);
    words.push(`${character} ${ALPHABET[toneOf(character)]}`);
  }
  return { model, tokens: lines(tokens), lexicon: lines(words) };
}

/** Reads letters. */
export function tinyEnglishVoice(work?: Work): VoiceFiles {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const frequencies = [0, ...PUNCTUATION.map(() => 0), ...letters.map((_, i) => frequencyOf(i)), 0];
  const metadata = { ...METADATA, language: 'English', frontend: 'characters', use_eos_bos: 0, blank_id: 0 };
  const model = graphOf(frequencies, work).model({ metadata });
  const tokens = ['_', ...PUNCTUATION, ...letters].map((token, id) => `${token} ${id}`);
  return { model, tokens: lines([...tokens, `  ${frequencies.length - 1}`]) };
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
