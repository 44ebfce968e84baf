/**
 * What is said: the show's items and the desk's utterances, one at a time. A pure reducer; the session tells it what happened and does
 * what it answers. Silence is no item of it: while the show idles, the queue is `open` and the desk may speak.
 *
 * ```
 *            speak                     stop (interrupt, replace, skip, goTo, pause, close)
 *   open ───────────▶ saying ─────────────────────────────────────────────▶ cutting
 *    ▲ ▲                │ ended                                              │ cut, ended
 *    │ └────────────────┘ (at once `saying` again where something waits)     │
 *    └───────────────────────────────────────────────────────────────────────┘ (the same)
 * ```
 * `paused` holds in every state: nothing is begun while it is set.
 */
import type { PlayedItem } from './cursor.ts';
import type { LiveCommand, ShowPosition } from './protocol.ts';

export type SayCommand = Extract<LiveCommand, { type: 'say' }>;
export type SpeechCommand = Extract<LiveCommand, { type: 'say' | 'pause' | 'resume' | 'skip' | 'goTo' }>;

export type Speech =
  | { source: 'show'; id: string; item: PlayedItem }
  | { source: 'desk'; id: string; command: SayCommand };

export type SpeechEvent =
  | { type: 'asked'; command: SpeechCommand }
  /** The show's next item; only while {@link wantsShow}. */
  | { type: 'offered'; item: PlayedItem }
  /** By the stream's clock. `sentence` counts from the utterance's beginning, whatever it was begun at. */
  | { type: 'sentence-started'; id: string; sentence: number }
  | { type: 'sentence-ended'; id: string; sentence: number }
  /** Wholly said, its pause after it included; also where it failed, or had no sentence left to say. */
  | { type: 'ended'; id: string }
  /** Answers `stop`: `sentence` is the one that was cut off, null where the voice stood between two. */
  | { type: 'cut'; id: string; sentence: number | null }
  /** The show is ended cleanly: the sentence is finished, all that waits is dropped, then the queue takes the closing's items. */
  | { type: 'closing' };

export type SpeechEffect =
  | { do: 'speak'; speech: Speech; fromSentence: number }
  /** At once, or after the sentence that is being said. Answered with `cut` (or `ended`). A second one for the same utterance is sooner. */
  | { do: 'stop'; id: string; at: 'now' | 'sentence' }
  /** A desk utterance is wholly said, or was dropped. */
  | { do: 'done'; id: string; said: boolean }
  /** Nothing was being said: the skip is for the show's silence (gap, idle). */
  | { do: 'skip-silence' };

export type KeptSpeech = ShowPosition['desk'];

/** Made by `new SpeechQueue(kept)`. */
export interface SpeechQueue {
  /** What is being said, from its `speak` until its `ended` or `cut`. */
  readonly now: { speech: Speech; sentence: number | null } | null;
  readonly paused: boolean;
  /** Desk utterances that wait. */
  readonly queued: number;
  /** The next item of the show may be offered: nothing is being said, nothing of the desk's comes before it. */
  readonly wantsShow: boolean;
  /** What is said next if nothing else is asked; null: the show's next item. To be synthesised ahead. */
  readonly upcoming: { speech: Speech; fromSentence: number } | null;
  /** Answers with what to do, in this order. Unknown or late ids change nothing. */
  dispatch(event: SpeechEvent): SpeechEffect[];
  /**
   * What to persist, after each sentence and each command: `next` is where the cursor stands for the show's next item (`after` of the last one
   * that was offered, or the cursor's position after a skip or goTo).
   */
  position(next: ShowPosition): ShowPosition;
}
