/** The voice port: text in, sound and its timing out. A provider is one folder under `main/providers/tts/`. */
import type { Prosody, SpeechLang, SpeechPart } from '../../../app/speech/plan.ts';
import type { Phone, Word } from '../../../app/speech/timeline.ts';

/** Every voice in the studio speaks mono float PCM at this rate. */
export const SAMPLE_RATE = 48_000;

export interface Voice {
  /** `provider:voice`. */
  id: string;
  name: string;
  /** BCP-47 tags it speaks, best first (`cmn`, `yue`, `en-us`). */
  languages: string[];
  gender: 'female' | 'male' | 'neutral';
  runs: 'local' | 'cloud';
}

/** One of EMOTIONS or a project's own name, and how much of it, 0..1. */
export interface SpokenEmotion {
  name: string;
  intensity: number;
}

export interface TtsRequest {
  voiceId: string;
  part: SpeechPart;
  /** For voices that can act; the others pay no heed. */
  emotion?: SpokenEmotion;
}

/** Text that is still being written. */
export interface TtsStreamRequest {
  voiceId: string;
  lang: SpeechLang;
  prosody: Prosody;
  emotion?: SpokenEmotion;
}

/** Pieces arrive in order. Times are ms from the start of the part; word offsets index the line's display text. */
export type TtsEvent =
  /** Mono float PCM −1..1 at {@link SAMPLE_RATE}. Valid until the next event is asked for: its memory may be used again or given back. */
  { type: 'audio'; pcm: Float32Array } | { type: 'phones'; phones: Phone[] } | { type: 'words'; words: Word[] };

export interface TtsProvider {
  readonly id: string;
  /** Changes whenever the same request would sound or be timed differently: synthesised speech is cached under it. */
  readonly version: string;
  voices(signal?: AbortSignal): Promise<Voice[]>;
  synthesise(request: TtsRequest, signal: AbortSignal): AsyncIterable<TtsEvent>;
  /** Speaks while the text is being written: word offsets index all of it joined. Only where the voice takes text piece by piece. */
  stream?(text: AsyncIterable<string>, request: TtsStreamRequest, signal: AbortSignal): AsyncIterable<TtsEvent>;
  /** Ends every worker. Safe to call twice. */
  dispose(): Promise<void>;
}
