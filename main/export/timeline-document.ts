/** The programme's timing as others need it: the frame source, the subtitles, and the `--timeline` file. */
import type { SpokenLine } from '../../app/media/subtitles.ts';
import { shiftTimeline } from '../../app/speech/timeline.ts';
import { toVisemes, type VisemeSpan } from '../../app/speech/visemes.ts';
import type { FrameSpeech } from '../engine/ports/frames.ts';
import type { ProgrammeLayout } from '../engine/stages/programme.ts';

export function* programmeSpeech({ entries }: ProgrammeLayout): Generator<FrameSpeech> {
  for (const { utterance, startMs } of entries) {
    const { timeline, envelope, emotions, pcmPath, samples } = utterance;
    yield { startMs, timeline, envelope, emotions, pcmPath, samples };
  }
}

export function spokenLines({ entries }: ProgrammeLayout): SpokenLine[] {
  return entries.map(({ utterance, startMs }) => {
    const { words, sentences, durationMs } = shiftTimeline(utterance.timeline, startMs);
    return { displayText: utterance.displayText, words, sentences, startMs, endMs: durationMs };
  });
}

export interface TimelineDocument {
  durationMs: number;
  phones: { phone: string; startMs: number; endMs: number }[];
  words: { text: string; startMs: number; endMs: number }[];
  sentences: { text: string; startMs: number; endMs: number }[];
  visemes: VisemeSpan[];
  emotions: { emotion: string; intensity: number; atMs: number }[];
  markers: { name: string; argument: string; atMs: number }[];
}

/** All times in ms from the start of the video. */
export function timelineDocument(show: ProgrammeLayout): TimelineDocument {
  const document: TimelineDocument = {
    durationMs: Math.round(show.durationMs),
    phones: [],
    words: [],
    sentences: [],
    visemes: [],
    emotions: [],
    markers: [],
  };
  const ms = (value: number): number => Math.round(value * 10) / 10;
  const span = <T extends { startMs: number; endMs: number }>(item: T): T => ({
    ...item,
    startMs: ms(item.startMs),
    endMs: ms(item.endMs),
  });
  /** Between lines the mouth rests: no player should hold the last shape. */
  const restUntil = (endMs: number): void => {
    const last = document.visemes.at(-1);
    const from = last?.endMs ?? 0;
    if (ms(endMs) <= from) return;
    if (last?.viseme === 'sil') last.endMs = ms(endMs);
    else document.visemes.push({ viseme: 'sil', startMs: from, endMs: ms(endMs) });
  };
  for (const { utterance, startMs } of show.entries) {
    const { phones, words, sentences } = shiftTimeline(utterance.timeline, startMs);
    for (const phone of phones) document.phones.push(span(phone));
    for (const { text, startMs: from, endMs } of words) document.words.push(span({ text, startMs: from, endMs }));
    for (const { text, startMs: from, endMs } of sentences)
      document.sentences.push(span({ text, startMs: from, endMs }));
    const spans = toVisemes(phones);
    restUntil(spans[0]?.startMs ?? startMs);
    for (const viseme of spans) document.visemes.push(span(viseme));
    for (const { emotion, intensity, atMs } of utterance.emotions) {
      document.emotions.push({ emotion, intensity, atMs: ms(startMs + atMs) });
    }
    for (const marker of utterance.markers) document.markers.push({ ...marker, atMs: ms(startMs + marker.atMs) });
  }
  restUntil(document.durationMs);
  return document;
}
