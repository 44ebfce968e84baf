/** Tells the drawing thread what is said when: what the next frames need of a script, whichever frame comes next. */
import type { Project } from '../../app/document/project.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { buildCues, type SpokenLine, type SubtitleCue } from '../../app/media/subtitles.ts';
import type { EmotionKey } from '../../app/speech/emotion.ts';
import { shiftTimeline, type Timeline } from '../../app/speech/timeline.ts';
import type { FrameSpeech, LiveFrameSource } from '../engine/ports/frames.ts';
import { ENVELOPE_STEP_MS } from '../engine/ports/speech.ts';
import type { StageSetup } from '../render/frame-source.ts';
import { type SubtitleMetrics, subtitleMetrics } from '../stage/subtitle-sprites.ts';
import type { PlacedLine, ScriptLayout } from './script-track.ts';

export type PreviewFrames = LiveFrameSource<StageSetup>;

/** How long after its end a line still moves the mouth. */
const AFTER_MS = 500;
/** How long after its end a line's subtitle may still be seen. */
const SUBTITLE_AFTER_MS = 2000;
/** Subtitles lean on those before and after them, hardly ever on any further away. */
const NEIGHBOURS = 2;

const noSpeech: Timeline = { durationMs: 0, phones: [], words: [], sentences: [] };

export class Announcer {
  readonly #source: PreviewFrames;
  readonly #subtitles: CueMaker | null;
  /** As they were announced or passed over, from the first line on. */
  #done: readonly PlacedLine[] = [];
  #shown: EmotionKey | null = null;

  constructor(source: PreviewFrames, { stage }: Project, fullSize: StageSize) {
    this.#source = source;
    this.#subtitles = stage.subtitles.mode === 'burn' ? new CueMaker(subtitleMetrics(fullSize, stage.subtitles)) : null;
  }

  /** After a restart: what has passed by `atMs`, told in few words, and what is heard then. `shown` takes the place of all moods. */
  begin({ lines }: ScriptLayout, atMs: number, shown: EmotionKey | null): void {
    this.#shown = shown;
    let passed = 0;
    while (passed < lines.length && endMs(lines[passed]!) + AFTER_MS <= atMs) passed++;
    this.#done = lines.slice(0, passed);
    this.#tellPast(this.#done);
    let first = passed;
    while (first > 0 && endMs(lines[first - 1]!) + SUBTITLE_AFTER_MS > atMs) first--;
    for (let i = first; i < passed; i++) this.#tellSubtitles(lines, i);
  }

  /** Announces all that begins by `untilMs`. */
  reach({ lines }: ScriptLayout, untilMs: number): void {
    const next = this.#done.length;
    let end = next;
    while (end < lines.length && lines[end]!.startMs <= untilMs) {
      const line = lines[end]!;
      if (isHeard(line)) this.#source.speak(this.#speechOf(line));
      this.#tellSubtitles(lines, end);
      end++;
    }
    if (end > next) this.#done = lines.slice(0, end);
  }

  /** As {@link begin}, but whoever speaks at `atMs` falls silent there. */
  beginSilence({ lines }: ScriptLayout, atMs: number, shown: EmotionKey | null): void {
    this.begin({ lines, samples: 0, durationMs: 0, exact: false }, atMs, shown);
    for (const line of lines.slice(this.#done.length)) {
      if (line.startMs >= atMs) break;
      if (isHeard(line)) this.#source.speak(cutOff(this.#speechOf(line), atMs - line.startMs));
      this.#tellSubtitles(lines, this.#done.length);
      this.#done = lines.slice(0, this.#done.length + 1);
    }
  }

  /** Whether what was announced, from line `from` on, is what these lines say and where. */
  holds({ lines }: ScriptLayout, from: number): boolean {
    for (let i = from; i < this.#done.length; i++) {
      const [before, now] = [this.#done[i]!, lines[i]];
      if (now === undefined || before.startMs !== now.startMs) return false;
      if (before.utterance !== now.utterance && (isHeard(before) || isHeard(now))) return false;
    }
    return true;
  }

  #speechOf({ utterance, startMs }: PlacedLine): FrameSpeech {
    const { timeline, envelope, pcmPath, samples } = utterance;
    return { startMs, timeline, envelope, emotions: this.#shown ? [] : utterance.emotions, pcmPath, samples };
  }

  /** Moods last and blinks follow sentences, however long ago. */
  #tellPast(lines: readonly PlacedLine[]): void {
    if (lines.length === 0 && this.#shown === null) return;
    const sentences = lines.flatMap(({ utterance, startMs }) => shiftTimeline(utterance.timeline, startMs).sentences);
    const emotions = this.#shown
      ? [this.#shown]
      : lines.flatMap(({ utterance, startMs }) =>
          utterance.emotions.map((key) => ({ ...key, atMs: key.atMs + startMs })),
        );
    this.#source.speak({
      ...{ startMs: 0, timeline: { ...noSpeech, sentences }, envelope: new Float32Array(0) },
      ...{ emotions, pcmPath: '', samples: 0 },
    });
  }

  #tellSubtitles(lines: readonly PlacedLine[], index: number): void {
    const cues = this.#subtitles?.of(lines, index) ?? [];
    if (cues.length > 0) this.#source.subtitles(cues);
  }
}

/** Lines that nobody has spoken yet are as good as silence. */
const isHeard = ({ utterance }: PlacedLine): boolean => utterance.pcmPath !== '';
const endMs = ({ startMs, utterance }: PlacedLine): number => startMs + utterance.timeline.durationMs;

function cutOff(speech: FrameSpeech, atMs: number): FrameSpeech {
  const { timeline, envelope, emotions } = speech;
  const before = <T extends { startMs: number; endMs: number }>(spans: readonly T[]): T[] =>
    spans.filter(({ startMs }) => startMs < atMs).map((span) => ({ ...span, endMs: Math.min(span.endMs, atMs) }));
  return {
    ...speech,
    envelope: envelope.slice(0, Math.ceil(atMs / ENVELOPE_STEP_MS)),
    emotions: emotions.filter((key) => key.atMs <= atMs),
    timeline: {
      durationMs: Math.min(timeline.durationMs, atMs),
      phones: before(timeline.phones),
      words: before(timeline.words),
      sentences: before(timeline.sentences),
    },
  };
}

/** The subtitles of one line among its neighbours, as they would stand among all lines. */
class CueMaker {
  readonly #metrics: SubtitleMetrics;

  constructor(metrics: SubtitleMetrics) {
    this.#metrics = metrics;
  }

  of(lines: readonly PlacedLine[], index: number): SubtitleCue[] {
    const first = Math.max(0, index - NEIGHBOURS);
    const near = lines.slice(first, index + NEIGHBOURS + 1).map(spokenLine);
    const at = index - first;
    const before = near.slice(0, at).reduce((sum, line) => sum + this.#make([line]).length, 0);
    return this.#make(near).slice(before, before + this.#make([near[at]!]).length);
  }

  #make(lines: readonly SpokenLine[]): SubtitleCue[] {
    const { measure, maxWidthPx } = this.#metrics;
    return buildCues(lines, { measure, maxWidthPx });
  }
}

function spokenLine({ utterance, startMs }: PlacedLine): SpokenLine {
  const { words, sentences, durationMs } = shiftTimeline(utterance.timeline, startMs);
  return { displayText: utterance.displayText, words, sentences, startMs, endMs: durationMs };
}
