/** What the speech stage hands to the face and the output: a line as sound on disk plus its timing. */
import type { EmotionKey } from '../../../app/speech/emotion.ts';
import type { Timeline } from '../../../app/speech/timeline.ts';

/** Loudness envelope: RMS of the PCM (0..1) every 10 ms, one value per step from the start of the utterance. */
export const ENVELOPE_STEP_MS = 10;

export interface Utterance {
  /** The script line's id. */
  lineId: string;
  displayText: string;
  /** Raw PCM s16le mono at SAMPLE_RATE, before programme loudness; a file so that hours of speech cost no memory. */
  pcmPath: string;
  samples: number;
  timeline: Timeline;
  envelope: Float32Array;
  emotions: EmotionKey[];
  markers: { name: string; argument: string; atMs: number }[];
  /** Silence to leave after it. */
  pauseAfterMs: number;
}
