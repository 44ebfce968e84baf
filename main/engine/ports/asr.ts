/** The recognition port: sound in as it is spoken, text and its times out. A provider is one folder under `main/providers/asr/`. */

/** What every recogniser is fed: mono s16le at this rate. */
export const ASR_SAMPLE_RATE = 16_000;

export interface AsrRequest {
  /** BCP-47 (`zh`, `en`, `yue`, `zh-sichuan` …), best first; none: as it is heard. */
  languages: readonly string[];
  /** Words it should expect, 1 (hardly) to 5 (surely). */
  hotWords: readonly { text: string; weight: number }[];
}

export interface AsrWord {
  text: string;
  startMs: number;
  endMs: number;
}

/** Times are ms from the first sample. Sentences count from 0 and come in order; `partial` may come often and is replaced by what follows. */
export type AsrEvent =
  | { type: 'partial'; sentence: number; text: string; startMs: number; words: AsrWord[] }
  | {
      type: 'final';
      sentence: number;
      text: string;
      startMs: number;
      endMs: number;
      /** Empty where the vendor gives none. */
      words: AsrWord[];
      language: string | null;
      emotion: string | null;
    };

export interface AsrProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  /**
   * Recognises until `sound` ends; its pieces are mono s16le at {@link ASR_SAMPLE_RATE}, of any length, sent on as they come.
   * @throws StudioError of `cloud.*` or `speech.*`; whatever `signal` was aborted with.
   */
  recognise(sound: AsyncIterable<Int16Array>, request: AsrRequest, signal: AbortSignal): AsyncIterable<AsrEvent>;
  dispose(): Promise<void>;
}
