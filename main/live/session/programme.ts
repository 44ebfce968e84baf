/**
 * What is said when, on the stream's own count of samples: sentences placed one after another, given to mixer and drawing threads as they are
 * placed, taken back when somebody interrupts, and let go of when they have been said.
 */

import type { SubtitleSettings } from '../../../app/document/stage.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import { buildCues, type SubtitleCue } from '../../../app/media/subtitles.ts';
import { shiftTimeline } from '../../../app/speech/timeline.ts';
import type { FrameSpeech } from '../../engine/ports/frames.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { type SubtitleMetrics, subtitleMetrics } from '../../stage/subtitle-sprites.ts';
import type { Mixer } from './mixer.ts';
import type { Spoken } from './speaker.ts';

export interface Placed {
  /** Of the utterance, and which of its sentences. */
  id: string;
  sentence: number;
  text: string;
  spoken: Spoken;
  startSample: number;
  endSample: number;
  begun: boolean;
  over: boolean;
}

export interface SpeechSource {
  speak(speech: FrameSpeech): void;
  subtitles(cues: readonly SubtitleCue[]): void;
}

/** How long after its end a sentence still shapes what is drawn. */
const AFTER_SAMPLES = SAMPLE_RATE;

export class Programme {
  readonly #mixer: Mixer;
  #placed: Placed[] = [];
  /** The last of each kind that was said, for a thread that draws anew: moods last. */
  #mood: FrameSpeech['emotions'][number] | null = null;
  #metrics: SubtitleMetrics | null = null;

  constructor(mixer: Mixer) {
    this.#mixer = mixer;
  }

  /** null: no subtitles in the picture. */
  subtitlesFor(size: StageSize, settings: SubtitleSettings | null): void {
    this.#metrics = settings === null ? null : subtitleMetrics(size, settings);
  }

  get placed(): readonly Placed[] {
    return this.#placed;
  }

  /** The sentence that is heard, or the one that was placed last to be. */
  at(sample: number): Placed | null {
    return this.#placed.find((each) => each.startSample <= sample && sample < each.endSample) ?? null;
  }

  place(entry: Omit<Placed, 'begun' | 'over' | 'endSample'>, sources: readonly SpeechSource[]): Placed {
    const placed: Placed = {
      ...entry,
      endSample: entry.startSample + entry.spoken.pcm.length,
      begun: false,
      over: false,
    };
    this.#placed.push(placed);
    this.#mixer.say({
      ...{ startSample: entry.startSample, pcm: entry.spoken.pcm, gain: entry.spoken.gain, cutSample: null },
    });
    for (const source of sources) this.#tell(source, placed);
    return placed;
  }

  /** To a thread that has heard nothing yet: what is being said, what comes, and the mood that holds. */
  announceTo(source: SpeechSource): void {
    if (this.#mood) {
      source.speak({
        ...{ startMs: 0, timeline: { durationMs: 0, phones: [], words: [], sentences: [] } },
        ...{ envelope: new Float32Array(0), emotions: [{ ...this.#mood, atMs: 0 }], pcmPath: '', samples: 0 },
      });
    }
    for (const placed of this.#placed) this.#tell(source, placed);
  }

  #tell(source: SpeechSource, { startSample, spoken, text }: Placed): void {
    const { timeline, envelope, emotions, pcmPath, samples } = spoken.utterance;
    const startMs = (startSample * 1000) / SAMPLE_RATE;
    source.speak({ startMs, timeline, envelope, emotions, pcmPath, samples });
    if (this.#metrics === null || text === '') return;
    const { words, sentences, durationMs } = shiftTimeline(timeline, startMs);
    const line = { displayText: spoken.utterance.displayText, words, sentences, startMs, endMs: durationMs };
    const { measure, maxWidthPx } = this.#metrics;
    const cues = buildCues([line], { measure, maxWidthPx });
    if (cues.length > 0) source.subtitles(cues);
  }

  /** What has not begun by `sample` is not said; who speaks then falls silent. @returns what was taken back or cut, with where */
  cut(sample: number): Placed[] {
    this.#mixer.cut(sample);
    const touched = this.#placed.filter(({ endSample }) => endSample > sample);
    this.#placed = this.#placed.filter(({ startSample }) => startSample < sample);
    for (const each of this.#placed) each.endSample = Math.min(each.endSample, sample);
    return touched;
  }

  /** Lets go of what is long over. */
  passed(sample: number): void {
    this.#placed = this.#placed.filter((each) => {
      const gone = each.over && each.endSample + AFTER_SAMPLES < sample;
      if (gone) this.#mood = each.spoken.utterance.emotions.at(-1) ?? this.#mood;
      return !gone;
    });
  }
}
