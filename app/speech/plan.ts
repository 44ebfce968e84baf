/**
 * What is to be said, after the script's grammar and text normalisation, before any voice speaks it.
 * One script line becomes one {@link UtterancePlan}.
 */
import type { EmotionBlend } from './emotion-blend.ts';

/** BCP-47-like tags, as far as the planner tells languages apart. `yue` only where the project's voice says so. */
export type SpeechLang = 'zh' | 'yue' | 'en';

/**
 * A run of display text and how it is read.
 * `display` may be empty (words that are spoken but not shown), `spoken` may be empty (shown, not spoken).
 * `from`/`to`: UTF-16 offsets into {@link UtterancePlan.displayText}.
 */
export interface SpeechToken {
  display: string;
  spoken: string;
  from: number;
  to: number;
  /** Pinyin with tone digits, one per Han character of `spoken` (`chong2`, `lü4`, neutral `de5`), where the script or the dictionary forces it. */
  pinyin?: string[];
}

/** Multipliers around 1: 0.5 is half as fast / low / loud. */
export interface Prosody {
  rate: number;
  pitch: number;
  volume: number;
}

export interface SpeechPart {
  kind: 'speech';
  lang: SpeechLang;
  tokens: SpeechToken[];
  prosody: Prosody;
  emphasis: boolean;
}
export interface PausePart {
  kind: 'pause';
  ms: number;
}
export interface EmotionPart {
  kind: 'emotion';
  emotion: string;
  intensity: number;
  blend: Readonly<EmotionBlend>;
  /** Which inline cue it is, counted from 0; absent where it is the line's own emotion. */
  cue?: number;
}
/** A named point on the timeline: `[#name]` or `[#name argument]`. */
export interface MarkerPart {
  kind: 'marker';
  name: string;
  argument: string;
}
export type PlanPart = SpeechPart | PausePart | EmotionPart | MarkerPart;

export interface UtterancePlan {
  /** What the viewer reads: the line without its cues. */
  displayText: string;
  parts: PlanPart[];
}

export const NORMAL_PROSODY: Prosody = { rate: 1, pitch: 1, volume: 1 };
