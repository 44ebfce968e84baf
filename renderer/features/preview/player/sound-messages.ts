/**
 * Between page and audio thread. Positions are samples at PREVIEW_SAMPLE_RATE on the project's clock; a round is one run through
 * what is played, counted from 0. Sound is heard only as far as its round's limit, which is as far as there are pictures.
 */

export type SoundCommand =
  /** Silence; everything before is forgotten. */
  | { type: 'reset'; generation: number }
  | { type: 'sound'; generation: number; round: number; startSample: number; samples: Int16Array }
  /** `final`: the round ends there. */
  | { type: 'limit'; generation: number; round: number; sample: number; final: boolean };

/** From the context's frame `frame` on, what is heard is `sample` of `round`, running or held there. */
export interface SoundAnchor {
  generation: number;
  frame: number;
  round: number;
  sample: number;
  running: boolean;
  /** Nothing follows. */
  ended: boolean;
}
