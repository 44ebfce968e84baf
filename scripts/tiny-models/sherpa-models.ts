/** Tiny models for sherpa-onnx as the model manager keeps them: a folder each, and the entry that says what is what. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledModel, ModelEntry } from '../../app/models/manifest.ts';
import type { Work } from './extra-work.ts';
import { tinyParaformer } from './paraformer.ts';
import { tinyPunctuation } from './punctuation.ts';
import { tinySenseVoice } from './sense-voice.ts';
import { tinyVad } from './vad.ts';
import { tinyChineseVoice, tinyEnglishVoice } from './vits.ts';
import { tinyZipformer } from './zipformer.ts';

const MIB = 1024 * 1024;

type Kind = Pick<ModelEntry, 'task' | 'family' | 'languages' | 'settings'> & {
  files: Readonly<Record<string, Uint8Array | string>>;
};

const KINDS: Readonly<Record<string, (work?: Work) => Kind>> = {
  zipformer(work) {
    const { encoder, decoder, joiner, tokens } = tinyZipformer(work);
    return {
      ...{ task: 'asr', family: 'zipformer', languages: ['zh'] },
      settings: { encoder: 'encoder.onnx', decoder: 'decoder.onnx', joiner: 'joiner.onnx', tokens: 'tokens.txt' },
      files: { 'encoder.onnx': encoder, 'decoder.onnx': decoder, 'joiner.onnx': joiner, 'tokens.txt': tokens },
    };
  },
  paraformer() {
    const { encoder, decoder, tokens } = tinyParaformer();
    return {
      ...{ task: 'asr', family: 'paraformer', languages: ['zh'] },
      settings: { encoder: 'encoder.onnx', decoder: 'decoder.onnx', tokens: 'tokens.txt' },
      files: { 'encoder.onnx': encoder, 'decoder.onnx': decoder, 'tokens.txt': tokens },
    };
  },
  'sense-voice'(work) {
    const { model, tokens } = tinySenseVoice(work);
    return {
      ...{ task: 'asr', family: 'sense-voice', languages: ['zh', 'en', 'yue', 'ja', 'ko'] },
      settings: { model: 'model.onnx', tokens: 'tokens.txt' },
      files: { 'model.onnx': model, 'tokens.txt': tokens },
    };
  },
  vad: () => ({
    ...{ task: 'vad', family: 'silero', languages: [], settings: { model: 'model.onnx' } },
    files: { 'model.onnx': tinyVad() },
  }),
  punctuation: () => ({
    ...{ task: 'punctuation', family: 'ct-transformer', languages: ['zh', 'en'], settings: { model: 'model.onnx' } },
    files: { 'model.onnx': tinyPunctuation() },
  }),
  'voice-zh'(work) {
    const { model, tokens, lexicon } = tinyChineseVoice(work);
    return {
      ...{ task: 'tts', family: 'vits', languages: ['zh'] },
      settings: { model: 'model.onnx', tokens: 'tokens.txt', lexicon: 'lexicon.txt' },
      files: { 'model.onnx': model, 'tokens.txt': tokens, 'lexicon.txt': lexicon },
    };
  },
  'voice-en'(work) {
    const { model, tokens } = tinyEnglishVoice(work);
    return {
      ...{ task: 'tts', family: 'vits', languages: ['en'], settings: { model: 'model.onnx', tokens: 'tokens.txt' } },
      files: { 'model.onnx': model, 'tokens.txt': tokens },
    };
  },
};

export const TINY_SHERPA_MODELS = Object.keys(KINDS);

/** Writes the model `kind`, one of {@link TINY_SHERPA_MODELS}, into a folder of its own under `folder`. */
export async function writeTinySherpaModel(folder: string, kind: string, work?: Work): Promise<InstalledModel> {
  const { files, ...what } = KINDS[kind]!(work);
  const id = `tiny-${kind}`;
  const own = join(folder, id);
  await mkdir(own, { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(own, path), content);
  const entry: ModelEntry = {
    ...{ id, version: '1', runtime: 'sherpa', ...what },
    name: { zh: `试验用 ${kind}`, en: `Trial ${kind}` },
    licence: { name: 'GPL-3.0-or-later', url: null, commercial: true },
    memoryBytes: 50 * MIB,
    notes: { zh: '只会说、只听得懂音调。', en: 'Speaks and understands tones alone.' },
    files: Object.entries(files).map(([path, content]) => ({
      ...{ path, bytes: Buffer.byteLength(content), sources: [] },
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  };
  return { entry, folder: own, verified: false };
}
