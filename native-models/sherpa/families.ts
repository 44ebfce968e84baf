/// <reference path="./sherpa-onnx-node.d.ts" />
/**
 * Which files each family of models has, what must stand in them, and how sherpa-onnx is told. `settings` name files relative to the model's
 * folder (app/models/manifest.ts). Exported models of all of these: https://github.com/k2-fsa/sherpa-onnx/releases
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { OfflineRecognizerConfig, OfflineTtsConfig, OnlineRecognizerConfig, VadConfig } from 'sherpa-onnx-node';
import { ModelFaultError } from '../kit/serve.ts';
import { readOnnxMetadata } from './onnx-header.ts';
import { EAR_SAMPLE_RATE, type SherpaModel } from './protocol.ts';

const FEATURES = { sampleRate: EAR_SAMPLE_RATE, featureDim: 80 };
/** Seconds of silence that end an utterance: before any word, after words. */
const ENDS_AFTER = { rule1MinTrailingSilence: 2.4, rule2MinTrailingSilence: 0.8, rule3MinUtteranceLength: 20 };

/** Windows of Silero at 16 kHz, in samples. */
export const VAD_WINDOW = 512;
/** Whisper hears 30 s at once, and everyone is quicker with less. */
const LONGEST_SEGMENT_S = 20;

export const isStreaming = (family: string): boolean => family === 'zipformer' || family === 'paraformer';

const unreadable = (detail: string): ModelFaultError => new ModelFaultError({ kind: 'not-readable', detail });

/** The model's files by what they are, each looked at before the runtime is. */
class Files {
  readonly #model: SherpaModel;

  constructor(model: SherpaModel) {
    this.#model = model;
  }

  /** A file that is no network. */
  plain(name: string): string {
    return this.optional(name) ?? this.#missing(name);
  }

  optional(name: string): string | undefined {
    const path = this.#pathOf(name);
    if (path === undefined) return undefined;
    // Several in one setting are set apart by commas.
    const paths = path.split(',').map((each) => this.#found(each));
    return paths.join(',');
  }

  /** A network with `metadata` in it. */
  network(name: string, metadata: readonly string[] = [], types: RegExp = /^/): string {
    const path = this.#found(this.#pathOf(name) ?? this.#missing(name));
    let known: Map<string, string>;
    try {
      known = readOnnxMetadata(path);
    } catch (error) {
      throw unreadable(`${this.#shown(name)}: ${(error as Error).message}`);
    }
    const type = known.get('model_type') ?? '';
    const lacking = metadata.find((each) => !known.has(each));
    if (lacking === undefined && types.test(type)) return path;
    const said = type === '' ? '' : `; it says it is “${type}”`;
    throw unreadable(
      `${this.#shown(name)} is no ${this.#model.family} model${said}${lacking ? `; no ${lacking} in it` : ''}`,
    );
  }

  #pathOf(name: string): string | undefined {
    const value = this.#model.settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  #shown(name: string): string {
    return `${name} (${this.#pathOf(name)})`;
  }

  #missing(name: string): never {
    throw unreadable(`the entry does not say which file is its ${name}`);
  }

  #found(path: string): string {
    const whole = join(this.#model.folder, path);
    try {
      if (statSync(whole).size === 0) throw new Error('empty');
    } catch {
      throw unreadable(`${path} is missing or empty`);
    }
    return whole;
  }
}

const numberOf = ({ settings }: SherpaModel, name: string): number | undefined =>
  typeof settings[name] === 'number' ? settings[name] : undefined;
const textOf = ({ settings }: SherpaModel, name: string): string | undefined =>
  typeof settings[name] === 'string' ? settings[name] : undefined;

export function streamingConfig(model: SherpaModel, threads: number): OnlineRecognizerConfig {
  const files = new Files(model);
  const tokens = files.plain('tokens');
  const ends = { enableEndpoint: 1 as const, ...ENDS_AFTER };
  const runtime = { numThreads: threads, provider: 'cpu' as const, debug: 0 as const };
  if (model.family === 'zipformer') {
    const transducer = {
      encoder: files.network('encoder', ['model_type'], /^(zipformer2?|lstm|conformer|ebranchformer)$/),
      decoder: files.network('decoder', ['context_size', 'vocab_size']),
      joiner: files.network('joiner'),
    };
    return { featConfig: FEATURES, modelConfig: { ...runtime, transducer, tokens }, ...ends };
  }
  const paraformer = {
    encoder: files.network('encoder', ['lfr_window_size', 'encoder_output_size', 'decoder_num_blocks', 'neg_mean']),
    decoder: files.network('decoder'),
  };
  return { featConfig: FEATURES, modelConfig: { ...runtime, paraformer, tokens }, ...ends };
}

export function wholeUtteranceConfig(model: SherpaModel, threads: number): OfflineRecognizerConfig {
  const files = new Files(model);
  const runtime = { numThreads: threads, provider: 'cpu' as const, debug: 0 as const, tokens: files.plain('tokens') };
  if (model.family === 'sense-voice') {
    const senseVoice = {
      model: files.network('model', ['vocab_size', 'lfr_window_size', 'with_itn', 'neg_mean']),
      language: textOf(model, 'language') ?? 'auto',
      useInverseTextNormalization: 1 as const,
    };
    return { featConfig: FEATURES, modelConfig: { ...runtime, senseVoice } };
  }
  if (model.family === 'whisper') {
    const whisper = {
      encoder: files.network('encoder', ['n_mels', 'n_text_layer', 'sot', 'eot']),
      decoder: files.network('decoder'),
      language: textOf(model, 'language') ?? '',
      task: 'transcribe' as const,
    };
    return { featConfig: FEATURES, modelConfig: { ...runtime, whisper } };
  }
  throw unreadable(`recognisers of the kind ${model.family} are not known here`);
}

export function vadConfig(model: SherpaModel): VadConfig {
  if (model.family !== 'silero') throw unreadable(`voice detectors of the kind ${model.family} are not known here`);
  const sileroVad = {
    model: new Files(model).network('model'),
    threshold: numberOf(model, 'threshold') ?? 0.5,
    ...{ minSilenceDuration: 0.5, minSpeechDuration: 0.2, maxSpeechDuration: LONGEST_SEGMENT_S },
    windowSize: VAD_WINDOW,
  };
  return { sileroVad, sampleRate: EAR_SAMPLE_RATE, numThreads: 1, provider: 'cpu', debug: 0 };
}

export function punctuationPath(model: SherpaModel): string {
  if (model.family !== 'ct-transformer') throw unreadable(`punctuation of the kind ${model.family} is not known here`);
  return new Files(model).network('model', ['tokens', 'punctuations', 'vocab_size', 'unk_symbol']);
}

export function voiceConfig(model: SherpaModel, threads: number): OfflineTtsConfig {
  const files = new Files(model);
  const runtime = { numThreads: threads, provider: 'cpu' as const, debug: 0 as const };
  const lexicon = files.optional('lexicon');
  const dataDir = files.optional('dataDir');
  const lengthScale = numberOf(model, 'lengthScale');
  const shared = {
    tokens: files.plain('tokens'),
    ...(lexicon !== undefined && { lexicon }),
    ...(dataDir !== undefined && { dataDir }),
    ...(lengthScale !== undefined && { lengthScale }),
  };
  const [ruleFsts, ruleFars] = [files.optional('ruleFsts'), files.optional('ruleFars')];
  const rules = {
    ...(ruleFsts !== undefined && { ruleFsts }),
    ...(ruleFars !== undefined && { ruleFars }),
    // Each sentence is told, and may be the last, by itself.
    maxNumSentences: 1,
  };
  const basic = ['sample_rate', 'n_speakers'];
  switch (model.family) {
    case 'vits': {
      const network = files.network('model', [...basic, 'language', 'comment'], /^(|.*vits.*)$/);
      return { model: { ...runtime, vits: { model: network, ...shared } }, ...rules };
    }
    case 'matcha': {
      const acousticModel = files.network('acousticModel', [...basic, 'num_ode_steps']);
      return {
        model: { ...runtime, matcha: { acousticModel, vocoder: files.network('vocoder'), ...shared } },
        ...rules,
      };
    }
    case 'kokoro': {
      const network = files.network('model', [...basic, 'style_dim']);
      const lang = textOf(model, 'lang');
      const kokoro = { model: network, voices: files.plain('voices'), ...shared, ...(lang !== undefined && { lang }) };
      return { model: { ...runtime, kokoro }, ...rules };
    }
    default:
      throw unreadable(`voices of the kind ${model.family} are not known here`);
  }
}

/** How many speakers a voice has, told by its file without loading it; 1 where it does not say. */
export function speakersOf({ family, folder, settings }: SherpaModel): number {
  const file = settings[family === 'matcha' ? 'acousticModel' : 'model'];
  try {
    const said = Number(readOnnxMetadata(join(folder, String(file))).get('n_speakers'));
    return Number.isInteger(said) && said > 0 ? said : 1;
  } catch {
    return 1;
  }
}
