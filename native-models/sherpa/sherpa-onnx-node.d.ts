/** What is used of sherpa-onnx-node 1.13; its own description is JSDoc. Samples are mono, −1..1. */
declare module 'sherpa-onnx-node' {
  interface Waveform {
    samples: Float32Array;
    sampleRate: number;
  }
  interface Runtime {
    numThreads?: number;
    provider?: 'cpu';
    debug?: 0 | 1;
  }

  interface VadConfig extends Runtime {
    sileroVad: {
      model: string;
      threshold: number;
      /** Seconds, as the others. */
      minSilenceDuration: number;
      minSpeechDuration: number;
      maxSpeechDuration: number;
      /** Samples. */
      windowSize: number;
    };
    sampleRate: number;
  }
  interface Vad {
    acceptWaveform(samples: Float32Array): void;
    isEmpty(): boolean;
    isDetected(): boolean;
    /** `start` counts samples since the last reset. Without an external buffer the samples are a copy. */
    front(enableExternalBuffer: boolean): { start: number; samples: Float32Array };
    pop(): void;
    clear(): void;
    reset(): void;
    flush(): void;
  }

  interface OnlineRecognizerConfig {
    featConfig: { sampleRate: number; featureDim: number };
    modelConfig: Runtime & {
      transducer?: { encoder: string; decoder: string; joiner: string };
      paraformer?: { encoder: string; decoder: string };
      tokens: string;
      modelType?: string;
      modelingUnit?: string;
      bpeVocab?: string;
    };
    decodingMethod?: 'greedy_search' | 'modified_beam_search';
    maxActivePaths?: number;
    enableEndpoint?: 0 | 1;
    /** Seconds of silence that end an utterance: without a word, after words. */
    rule1MinTrailingSilence?: number;
    rule2MinTrailingSilence?: number;
    rule3MinUtteranceLength?: number;
  }
  interface OnlineStream {
    acceptWaveform(sound: Waveform): void;
    inputFinished(): void;
  }
  interface OnlineResult {
    text: string;
    tokens: string[];
    /** Seconds since the stream's last reset, or its beginning where the model counts on. */
    timestamps: number[];
    start_time: number;
    segment: number;
  }
  interface OnlineRecognizer {
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    isEndpoint(stream: OnlineStream): boolean;
    reset(stream: OnlineStream): void;
    getResult(stream: OnlineStream): OnlineResult;
  }

  interface OfflineRecognizerConfig {
    featConfig: { sampleRate: number; featureDim: number };
    modelConfig: Runtime & {
      senseVoice?: { model: string; language?: string; useInverseTextNormalization?: 0 | 1 };
      whisper?: { encoder: string; decoder: string; language?: string; task?: 'transcribe'; tailPaddings?: number };
      tokens: string;
    };
  }
  interface OfflineStream {
    acceptWaveform(sound: Waveform): void;
  }
  interface OfflineResult {
    lang: string;
    emotion: string;
    event: string;
    text: string;
    tokens: string[];
    timestamps: number[];
  }
  interface OfflineRecognizer {
    createStream(): OfflineStream;
    decode(stream: OfflineStream): void;
    decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
    getResult(stream: OfflineStream): OfflineResult;
  }

  interface OfflineTtsConfig {
    model: Runtime & {
      vits?: {
        model: string;
        tokens: string;
        lexicon?: string;
        dataDir?: string;
        noiseScale?: number;
        noiseScaleW?: number;
        lengthScale?: number;
      };
      matcha?: {
        acousticModel: string;
        vocoder: string;
        tokens: string;
        lexicon?: string;
        dataDir?: string;
        noiseScale?: number;
        lengthScale?: number;
      };
      kokoro?: {
        model: string;
        voices: string;
        tokens: string;
        dataDir?: string;
        lexicon?: string;
        lang?: string;
        lengthScale?: number;
      };
    };
    ruleFsts?: string;
    ruleFars?: string;
    maxNumSentences?: number;
    silenceScale?: number;
  }
  interface TtsRequest {
    text: string;
    sid: number;
    speed: number;
    /** false: samples are copies, as Electron needs them. */
    enableExternalBuffer: boolean;
  }
  interface OfflineTts {
    readonly numSpeakers: number;
    readonly sampleRate: number;
    generate(request: TtsRequest): Waveform;
    /** On a thread of its own; after each sentence `onProgress` may stop it by 0. */
    generateAsync(
      request: TtsRequest & { onProgress?: (told: { samples: Float32Array; progress: number }) => number },
    ): Promise<Waveform>;
  }

  interface OfflinePunctuation {
    addPunct(text: string): string;
  }

  interface Opened<Config, T> {
    new (config: Config): T;
    createAsync(config: Config): Promise<T>;
  }

  interface Sherpa {
    version: string;
    onnxruntimeVersion: string;
    Vad: new (config: VadConfig, bufferSizeInSeconds: number) => Vad;
    OnlineRecognizer: new (config: OnlineRecognizerConfig) => OnlineRecognizer;
    OfflineRecognizer: Opened<OfflineRecognizerConfig, OfflineRecognizer>;
    OfflineTts: Opened<OfflineTtsConfig, OfflineTts>;
    OfflinePunctuation: new (config: { model: Runtime & { ctTransformer: string } }) => OfflinePunctuation;
  }

  export type {
    OfflinePunctuation,
    OfflineRecognizer,
    OfflineRecognizerConfig,
    OfflineTts,
    OfflineTtsConfig,
    OnlineRecognizer,
    OnlineRecognizerConfig,
    OnlineStream,
    Sherpa,
    Vad,
    VadConfig,
    Waveform,
  };

  const sherpa: Sherpa;
  export default sherpa;
}
