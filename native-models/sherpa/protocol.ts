/** What the sherpa process is asked and answers, inside the messages of native-models/kit/protocol.ts. */
import type { ModelEntry } from '../../app/models/manifest.ts';

/** One installed model as the process is told of it. */
export interface SherpaModel {
  family: ModelEntry['family'];
  /** Absolute. */
  folder: string;
  settings: ModelEntry['settings'];
}

export type SherpaSettings =
  | {
      kind: 'ear';
      recogniser: SherpaModel;
      /** Recognisers of whole utterances need one. */
      vad: SherpaModel | null;
      punctuation: SherpaModel | null;
      threads: number;
    }
  | { kind: 'voice'; voice: SherpaModel; threads: number };

export interface VoiceInfo {
  speakers: number;
  sampleRate: number;
}

/** Input pieces are Int16Array at {@link EAR_SAMPLE_RATE}; pieces that come out are {@link EarEvent}. */
export interface HearWork {
  kind: 'hear';
}
export const EAR_SAMPLE_RATE = 16_000;

/** Times are ms from the first sample. */
export interface EarEvent {
  type: 'partial' | 'final';
  text: string;
  startMs: number;
  /** Of a partial: as far as it was heard. */
  endMs: number;
  words: { text: string; startMs: number; endMs: number }[];
  language: string | null;
  emotion: string | null;
}

/** Pieces that come out are Float32Array, mono, −1..1, at the voice's own rate. */
export interface SpeakWork {
  kind: 'speak';
  text: string;
  speaker: number;
  /** 1: as the voice was made. */
  speed: number;
}
