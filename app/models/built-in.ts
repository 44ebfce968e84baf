/**
 * Models that the studio knows: for each task a good default first, then others. Names, files and licences are those of the publishers'
 * pages. Lengths and SHA-256 stand here only where they are known for certain; elsewhere the source's own are taken (Hugging Face tells
 * the SHA-256 of large files), or the first download is pinned.
 */
import type { ModelEntry, ModelFile } from './manifest.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** On Hugging Face and its mirror in China; on ModelScope where the publisher is there too. */
function hub(repository: string, paths: readonly string[], modelScope: string | null = null): ModelFile[] {
  return paths.map((path) => ({
    path,
    bytes: null,
    sha256: null,
    sources: [
      `https://huggingface.co/${repository}/resolve/main/${path}`,
      `https://hf-mirror.com/${repository}/resolve/main/${path}`,
      ...(modelScope === null ? [] : [`https://modelscope.cn/models/${modelScope}/resolve/master/${path}`]),
    ],
  }));
}

const APACHE = { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0', commercial: true };
const MIT = { name: 'MIT', url: 'https://opensource.org/license/mit', commercial: true };
/** Asks for the source to be named; does not exclude commercial use. */
const FUNASR = {
  name: 'FunASR Model License 1.1',
  url: 'https://github.com/modelscope/FunASR/blob/main/MODEL_LICENSE',
  commercial: true,
};

const qwen3 = (size: string, file: string, memoryBytes: number, notes: ModelEntry['notes']): ModelEntry => ({
  ...{ id: `qwen3-${size.toLowerCase()}`, version: '2025-05', task: 'llm', runtime: 'llama', family: 'qwen3' },
  name: { zh: `通义千问 Qwen3 ${size}`, en: `Qwen3 ${size}` },
  languages: ['zh', 'en', 'yue', 'ja', 'ko', 'fr', 'de', 'es', 'ru'],
  licence: APACHE,
  ...{ memoryBytes, notes },
  files: hub(`Qwen/Qwen3-${size}-GGUF`, [file], `Qwen/Qwen3-${size}-GGUF`),
  settings: { model: file, contextTokens: 8192 },
});

const LLM: ModelEntry[] = [
  qwen3('1.7B', 'Qwen3-1.7B-Q8_0.gguf', 3 * GIB, {
    zh: '默认。约 1.8 GB。回答简洁可靠，两核笔记本也能用。',
    en: 'The default. Some 1.8 GB. Short, sound answers; usable on a laptop of two cores.',
  }),
  qwen3('0.6B', 'Qwen3-0.6B-Q8_0.gguf', 1.5 * GIB, {
    zh: '约 0.6 GB。最快，适合内存很小的机器；知识有限。',
    en: 'Some 0.6 GB. The quickest, for machines of little memory; knows less.',
  }),
  qwen3('4B', 'Qwen3-4B-Q4_K_M.gguf', 4.5 * GIB, {
    zh: '约 2.5 GB。质量明显更好；无独立显卡时较慢。',
    en: 'Some 2.5 GB. Clearly better; slow without a graphics card.',
  }),
  {
    ...{ id: 'qwen2.5-1.5b-instruct', version: '2024-09', task: 'llm', runtime: 'llama', family: 'qwen2' },
    name: { zh: '通义千问 Qwen2.5 1.5B', en: 'Qwen2.5 1.5B Instruct' },
    languages: ['zh', 'en', 'ja', 'ko', 'fr', 'de', 'es', 'ru'],
    licence: APACHE,
    memoryBytes: 2 * GIB,
    notes: { zh: '约 1.1 GB。上一代，不含思考模式。', en: 'Some 1.1 GB. The generation before, without thinking.' },
    files: hub(
      'Qwen/Qwen2.5-1.5B-Instruct-GGUF',
      ['qwen2.5-1.5b-instruct-q4_k_m.gguf'],
      'Qwen/Qwen2.5-1.5B-Instruct-GGUF',
    ),
    settings: { model: 'qwen2.5-1.5b-instruct-q4_k_m.gguf', contextTokens: 8192 },
  },
  {
    ...{ id: 'qwen2.5-3b-instruct', version: '2024-09', task: 'llm', runtime: 'llama', family: 'qwen2' },
    name: { zh: '通义千问 Qwen2.5 3B', en: 'Qwen2.5 3B Instruct' },
    languages: ['zh', 'en', 'ja', 'ko', 'fr', 'de', 'es', 'ru'],
    licence: {
      name: 'Qwen Research License',
      url: 'https://huggingface.co/Qwen/Qwen2.5-3B-Instruct/blob/main/LICENSE',
      commercial: false,
    },
    memoryBytes: 3.5 * GIB,
    notes: {
      zh: '约 2.1 GB。仅限研究用途，不可商用。',
      en: 'Some 2.1 GB. For research alone, not for commercial use.',
    },
    files: hub('Qwen/Qwen2.5-3B-Instruct-GGUF', ['qwen2.5-3b-instruct-q4_k_m.gguf'], 'Qwen/Qwen2.5-3B-Instruct-GGUF'),
    settings: { model: 'qwen2.5-3b-instruct-q4_k_m.gguf', contextTokens: 8192 },
  },
];

const ASR: ModelEntry[] = [
  {
    ...{ id: 'zipformer-zh-en', version: '2023-02-20', task: 'asr', runtime: 'sherpa', family: 'zipformer' },
    name: { zh: '流式 Zipformer 中英双语', en: 'Streaming Zipformer, Chinese and English' },
    languages: ['zh', 'en'],
    licence: APACHE,
    memoryBytes: 500 * MIB,
    notes: { zh: '默认。约 200 MB。边说边出字。', en: 'The default. Some 200 MB. Text appears while one speaks.' },
    files: hub('csukuangfj/sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20', [
      'encoder-epoch-99-avg-1.int8.onnx',
      'decoder-epoch-99-avg-1.onnx',
      'joiner-epoch-99-avg-1.int8.onnx',
      'tokens.txt',
    ]),
    settings: {
      encoder: 'encoder-epoch-99-avg-1.int8.onnx',
      decoder: 'decoder-epoch-99-avg-1.onnx',
      joiner: 'joiner-epoch-99-avg-1.int8.onnx',
      tokens: 'tokens.txt',
    },
  },
  {
    ...{ id: 'sense-voice-small', version: '2024-07-17', task: 'asr', runtime: 'sherpa', family: 'sense-voice' },
    name: { zh: 'SenseVoice Small', en: 'SenseVoice Small' },
    languages: ['zh', 'en', 'yue', 'ja', 'ko'],
    licence: FUNASR,
    memoryBytes: 700 * MIB,
    notes: {
      zh: '约 240 MB。整句识别，自带标点，支持粤语。',
      en: 'Some 240 MB. A sentence at a time, with punctuation; Cantonese too.',
    },
    files: hub('csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17', ['model.int8.onnx', 'tokens.txt']),
    settings: { model: 'model.int8.onnx', tokens: 'tokens.txt' },
  },
  {
    ...{ id: 'paraformer-streaming-zh-en', version: '2023-09', task: 'asr', runtime: 'sherpa', family: 'paraformer' },
    name: { zh: '流式 Paraformer 中英双语', en: 'Streaming Paraformer, Chinese and English' },
    languages: ['zh', 'en'],
    licence: FUNASR,
    memoryBytes: 600 * MIB,
    notes: {
      zh: '约 230 MB。边说边出字，中文准确率高。',
      en: 'Some 230 MB. Text appears while one speaks; good at Chinese.',
    },
    files: hub('csukuangfj/sherpa-onnx-streaming-paraformer-bilingual-zh-en', [
      'encoder.int8.onnx',
      'decoder.int8.onnx',
      'tokens.txt',
    ]),
    settings: { encoder: 'encoder.int8.onnx', decoder: 'decoder.int8.onnx', tokens: 'tokens.txt' },
  },
  {
    ...{ id: 'whisper-small', version: '2022-12', task: 'asr', runtime: 'sherpa', family: 'whisper' },
    name: { zh: 'Whisper Small', en: 'Whisper Small' },
    languages: ['en', 'zh', 'ja', 'ko', 'fr', 'de', 'es', 'ru', 'pt', 'it'],
    licence: MIT,
    memoryBytes: 900 * MIB,
    notes: {
      zh: '约 370 MB。语种最多；较慢，整句识别。',
      en: 'Some 370 MB. The most languages; slower, a sentence at a time.',
    },
    files: hub('csukuangfj/sherpa-onnx-whisper-small', [
      'small-encoder.int8.onnx',
      'small-decoder.int8.onnx',
      'small-tokens.txt',
    ]),
    settings: { encoder: 'small-encoder.int8.onnx', decoder: 'small-decoder.int8.onnx', tokens: 'small-tokens.txt' },
  },
];

const release = (group: string, path: string): ModelFile => ({
  ...{ path, bytes: null, sha256: null },
  sources: [`https://github.com/k2-fsa/sherpa-onnx/releases/download/${group}/${path}`],
});

const VAD: ModelEntry[] = [
  {
    ...{ id: 'silero-vad', version: '4', task: 'vad', runtime: 'sherpa', family: 'silero' },
    name: { zh: 'Silero 语音检测', en: 'Silero VAD' },
    languages: [],
    licence: MIT,
    memoryBytes: 40 * MIB,
    notes: { zh: '默认。不到 2 MB。', en: 'The default. Less than 2 MB.' },
    files: hub('csukuangfj/vad', ['silero_vad.onnx']),
    settings: { model: 'silero_vad.onnx' },
  },
  {
    ...{ id: 'silero-vad', version: '5', task: 'vad', runtime: 'sherpa', family: 'silero' },
    name: { zh: 'Silero 语音检测 v5', en: 'Silero VAD v5' },
    languages: [],
    licence: MIT,
    memoryBytes: 40 * MIB,
    notes: { zh: '约 2 MB。对噪声更稳。', en: 'Some 2 MB. Steadier in noise.' },
    files: hub('runanywhere/silero-vad-v5', ['silero_vad.onnx']),
    settings: { model: 'silero_vad.onnx' },
  },
  {
    ...{ id: 'silero-vad-int8', version: '4', task: 'vad', runtime: 'sherpa', family: 'silero' },
    name: { zh: 'Silero 语音检测（int8）', en: 'Silero VAD, int8' },
    languages: [],
    licence: MIT,
    memoryBytes: 30 * MIB,
    notes: { zh: '约 0.2 MB。最小。', en: 'Some 0.2 MB. The smallest.' },
    files: [release('asr-models', 'silero_vad.int8.onnx')],
    settings: { model: 'silero_vad.int8.onnx' },
  },
];

const PUNCTUATION_REPOSITORY = 'csukuangfj/sherpa-onnx-punct-ct-transformer-zh-en-vocab272727-2024-04-12';
const PUNCTUATION: ModelEntry[] = [
  {
    ...{ id: 'ct-punct-int8', version: '2024-04-12', task: 'punctuation', runtime: 'sherpa', family: 'ct-transformer' },
    name: { zh: 'CT-Transformer 标点（int8）', en: 'CT-Transformer punctuation, int8' },
    languages: ['zh', 'en'],
    licence: FUNASR,
    memoryBytes: 200 * MIB,
    notes: { zh: '默认。约 72 MB。', en: 'The default. Some 72 MB.' },
    files: hub(`${PUNCTUATION_REPOSITORY}-int8`, ['model.int8.onnx']),
    settings: { model: 'model.int8.onnx' },
  },
  {
    ...{ id: 'ct-punct', version: '2024-04-12', task: 'punctuation', runtime: 'sherpa', family: 'ct-transformer' },
    name: { zh: 'CT-Transformer 标点', en: 'CT-Transformer punctuation' },
    languages: ['zh', 'en'],
    licence: FUNASR,
    memoryBytes: 500 * MIB,
    notes: { zh: '约 280 MB。未量化。', en: 'Some 280 MB. Not quantised.' },
    files: hub(PUNCTUATION_REPOSITORY, ['model.onnx']),
    settings: { model: 'model.onnx' },
  },
];

const KOKORO = 'csukuangfj/kokoro-multi-lang-v1_1';
const TTS: ModelEntry[] = [
  {
    ...{ id: 'melo-zh-en', version: '2024-07', task: 'tts', runtime: 'sherpa', family: 'vits' },
    name: { zh: 'MeloTTS 中英双语', en: 'MeloTTS, Chinese and English' },
    languages: ['zh', 'en'],
    licence: MIT,
    memoryBytes: 500 * MIB,
    notes: {
      zh: '默认。约 170 MB。女声，中英混读自然，速度快。',
      en: 'The default. Some 170 MB. One female voice, mixes Chinese and English, quick.',
    },
    files: hub('csukuangfj/vits-melo-tts-zh_en', [
      'model.onnx',
      'lexicon.txt',
      'tokens.txt',
      'date.fst',
      'number.fst',
      'phone.fst',
      'new_heteronym.fst',
    ]),
    settings: {
      ...{ model: 'model.onnx', lexicon: 'lexicon.txt', tokens: 'tokens.txt' },
      ruleFsts: 'date.fst,number.fst,phone.fst,new_heteronym.fst',
    },
  },
  {
    ...{ id: 'kokoro-zh-en', version: '1.1', task: 'tts', runtime: 'sherpa', family: 'kokoro' },
    name: { zh: 'Kokoro 中英多音色', en: 'Kokoro, Chinese and English' },
    languages: ['zh', 'en'],
    licence: APACHE,
    memoryBytes: 1 * GIB,
    notes: { zh: '约 390 MB。103 个音色，音质最好，较慢。', en: 'Some 390 MB. 103 voices and the best sound; slower.' },
    files: hub(KOKORO, [
      'model.onnx',
      'voices.bin',
      'tokens.txt',
      'lexicon-us-en.txt',
      'lexicon-zh.txt',
      'date-zh.fst',
      'number-zh.fst',
      'phone-zh.fst',
      'espeak-ng-data/phontab',
      'espeak-ng-data/phonindex',
      'espeak-ng-data/phondata',
      'espeak-ng-data/intonations',
      'espeak-ng-data/en_dict',
      'espeak-ng-data/lang/gmw/en',
      'espeak-ng-data/lang/gmw/en-US',
    ]),
    settings: {
      ...{ model: 'model.onnx', voices: 'voices.bin', tokens: 'tokens.txt', dataDir: 'espeak-ng-data' },
      lexicon: 'lexicon-us-en.txt,lexicon-zh.txt',
      ruleFsts: 'date-zh.fst,number-zh.fst,phone-zh.fst',
    },
  },
  {
    ...{ id: 'matcha-zh-baker', version: '2024-12', task: 'tts', runtime: 'sherpa', family: 'matcha' },
    name: { zh: 'Matcha 中文女声（标贝）', en: 'Matcha, Chinese (Baker)' },
    languages: ['zh'],
    licence: {
      name: 'Baker (DataBaker) corpus, non-commercial',
      url: 'https://www.data-baker.com/data/index/TNtts/',
      commercial: false,
    },
    memoryBytes: 500 * MIB,
    notes: {
      zh: '约 130 MB。语音自然，速度快；训练数据仅限非商业用途。',
      en: 'Some 130 MB. Natural and quick; the recordings it was made of are for non-commercial use.',
    },
    files: [
      ...hub('csukuangfj/matcha-icefall-zh-baker', [
        'model-steps-3.onnx',
        'lexicon.txt',
        'tokens.txt',
        'phone.fst',
        'date.fst',
        'number.fst',
      ]),
      release('vocoder-models', 'vocos-22khz-univ.onnx'),
    ],
    settings: {
      ...{ acousticModel: 'model-steps-3.onnx', vocoder: 'vocos-22khz-univ.onnx', lexicon: 'lexicon.txt' },
      ...{ tokens: 'tokens.txt', ruleFsts: 'phone.fst,date.fst,number.fst' },
    },
  },
];

const EMBEDDING: ModelEntry[] = [
  {
    ...{ id: 'qwen3-embedding-0.6b', version: '2025-06', task: 'embedding', runtime: 'llama', family: 'qwen3' },
    name: { zh: '通义千问 Qwen3 Embedding 0.6B', en: 'Qwen3 Embedding 0.6B' },
    languages: ['zh', 'en', 'yue', 'ja', 'ko', 'fr', 'de', 'es', 'ru'],
    licence: APACHE,
    memoryBytes: 1.25 * GIB,
    notes: { zh: '默认。约 0.6 GB。多语言检索质量好。', en: 'The default. Some 0.6 GB. Good in many languages.' },
    files: hub('Qwen/Qwen3-Embedding-0.6B-GGUF', ['Qwen3-Embedding-0.6B-Q8_0.gguf'], 'Qwen/Qwen3-Embedding-0.6B-GGUF'),
    settings: { model: 'Qwen3-Embedding-0.6B-Q8_0.gguf', contextTokens: 2048 },
  },
  {
    ...{ id: 'bge-m3', version: '2024-01', task: 'embedding', runtime: 'llama', family: 'bert' },
    name: { zh: 'BGE-M3', en: 'BGE-M3' },
    languages: ['zh', 'en', 'ja', 'ko', 'fr', 'de', 'es', 'ru'],
    licence: MIT,
    memoryBytes: 1.25 * GIB,
    notes: { zh: '约 0.6 GB。多语言，长文本。', en: 'Some 0.6 GB. Many languages, long texts.' },
    files: hub('gpustack/bge-m3-GGUF', ['bge-m3-Q8_0.gguf']),
    settings: { model: 'bge-m3-Q8_0.gguf', contextTokens: 2048 },
  },
  {
    ...{ id: 'bge-small-zh', version: '1.5', task: 'embedding', runtime: 'llama', family: 'bert' },
    name: { zh: 'BGE Small 中文', en: 'BGE Small, Chinese' },
    languages: ['zh'],
    licence: MIT,
    memoryBytes: 150 * MIB,
    notes: { zh: '约 25 MB。最小最快，仅中文。', en: 'Some 25 MB. The smallest and quickest; Chinese alone.' },
    files: hub('CompendiumLabs/bge-small-zh-v1.5-gguf', ['bge-small-zh-v1.5-q8_0.gguf']),
    settings: { model: 'bge-small-zh-v1.5-q8_0.gguf', contextTokens: 512 },
  },
];

export const BUILT_IN_MODELS: readonly ModelEntry[] = [...LLM, ...ASR, ...VAD, ...PUNCTUATION, ...TTS, ...EMBEDDING];
