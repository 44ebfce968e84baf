/** What passes between the provider and the thread the voice engine lives in. */
import type { PhoneEvent } from './phones.ts';

export interface EngineVoice {
  name: string;
  identifier: string;
  languages: string[];
}

export interface ClauseJob {
  voice: string;
  /** Words a minute as the engine counts them, 80..450. */
  rate: number;
  /** 0..99, 50 as the voice was made. */
  pitch: number;
  range: number;
  characters: string[];
  pinyin: (string | null)[];
  mandarin: boolean;
  ending: string;
}

/** Something begins to be said: the clause's character `index`, `atMs` into its audio. */
export interface Mark {
  index: number;
  atMs: number;
}

export interface ClauseSound {
  /** At ENGINE_SAMPLE_RATE. */
  pcm: Int16Array<ArrayBuffer>;
  phones: PhoneEvent[];
  marks: Mark[];
}

export type EngineRequest = { id: number } & ({ type: 'voices' } | { type: 'clause'; job: ClauseJob });
export type EngineReply =
  | { id: number; type: 'voices'; voices: EngineVoice[] }
  | { id: number; type: 'clause'; sound: ClauseSound }
  | { id: number; type: 'cancelled' }
  | { id: number; type: 'failed'; detail: string };

/** `workerData`: one Int32: every request with an id up to it is no longer wanted. */
export interface EngineThreadData {
  cancelledUpTo: SharedArrayBuffer;
}
