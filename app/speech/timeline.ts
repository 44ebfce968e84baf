/**
 * When each sound of an utterance happens: the one clock-work that drives lips, subtitles and karaoke.
 * All times are milliseconds from the start of the utterance (or of the video, where a doc says so).
 */

/** One speech sound in IPA (e.g. `tɕʰ`, `ɑː`). An empty `phone` is silence inside speech. */
export interface Phone {
  phone: string;
  startMs: number;
  endMs: number;
}

/** A spoken unit as displayed. `from`/`to` are UTF-16 offsets into the line's display text. A Chinese word may be one character. */
export interface Word {
  text: string;
  from: number;
  to: number;
  startMs: number;
  endMs: number;
}

/** A sentence of the display text, by punctuation; offsets as in {@link Word}. */
export interface Sentence {
  text: string;
  from: number;
  to: number;
  startMs: number;
  endMs: number;
}

export interface Timeline {
  durationMs: number;
  phones: Phone[];
  words: Word[];
  sentences: Sentence[];
}

const shift = <T extends { startMs: number; endMs: number }>(items: readonly T[], byMs: number): T[] =>
  items.map((item) => ({ ...item, startMs: item.startMs + byMs, endMs: item.endMs + byMs }));

/** The same timeline, `byMs` later. `durationMs` grows by the same amount. */
export const shiftTimeline = (timeline: Timeline, byMs: number): Timeline => ({
  durationMs: timeline.durationMs + byMs,
  phones: shift(timeline.phones, byMs),
  words: shift(timeline.words, byMs),
  sentences: shift(timeline.sentences, byMs),
});
