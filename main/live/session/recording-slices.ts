/** A recording in stretches of some seconds, cut where it is quiet: hours of it are never in memory, and a show goes on in the middle. */
import { ENVELOPE_STEP_MS, type Utterance } from '../../engine/ports/speech.ts';

const SLICE_MS = 12_000;
const LEAST_MS = 6_000;

export function slicesOf({ timeline, envelope }: Utterance): { fromMs: number; toMs: number }[] {
  const slices: { fromMs: number; toMs: number }[] = [];
  let fromMs = 0;
  while (timeline.durationMs - fromMs > SLICE_MS + LEAST_MS) {
    const toMs = quietest(envelope, fromMs + LEAST_MS, fromMs + SLICE_MS);
    slices.push({ fromMs, toMs });
    fromMs = toMs;
  }
  slices.push({ fromMs, toMs: timeline.durationMs });
  return slices;
}

/** The middle of the quietest tenth of a second. */
function quietest(envelope: Float32Array, fromMs: number, toMs: number): number {
  const width = 100 / ENVELOPE_STEP_MS;
  let best = Math.round(fromMs / ENVELOPE_STEP_MS);
  let least = Number.POSITIVE_INFINITY;
  for (let at = best; at + width <= Math.min(envelope.length, toMs / ENVELOPE_STEP_MS); at++) {
    let sum = 0;
    for (let i = at; i < at + width; i++) sum += envelope[i]!;
    if (sum < least) {
      least = sum;
      best = at;
    }
  }
  return (best + width / 2) * ENVELOPE_STEP_MS;
}

/** A stretch of an utterance on its own clock. A mood that holds where it begins is its first. */
export function sliceUtterance(utterance: Utterance, fromMs: number, toMs: number): Utterance {
  const { timeline, envelope, emotions, markers } = utterance;
  const inside = <T extends { startMs: number; endMs: number }>(spans: readonly T[]): T[] =>
    spans
      .filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs)
      .map((span) => ({
        ...span,
        startMs: Math.max(span.startMs, fromMs) - fromMs,
        endMs: Math.min(span.endMs, toMs) - fromMs,
      }));
  const mood = emotions.filter(({ atMs }) => atMs <= fromMs).at(-1);
  return {
    ...utterance,
    samples: Math.round(((toMs - fromMs) * 48_000) / 1000),
    timeline: {
      durationMs: toMs - fromMs,
      phones: inside(timeline.phones),
      words: inside(timeline.words),
      sentences: inside(timeline.sentences),
    },
    envelope: envelope.slice(Math.floor(fromMs / ENVELOPE_STEP_MS), Math.ceil(toMs / ENVELOPE_STEP_MS)),
    emotions: [
      ...(mood ? [{ ...mood, atMs: 0 }] : []),
      ...emotions
        .filter(({ atMs }) => atMs > fromMs && atMs < toMs)
        .map((key) => ({ ...key, atMs: key.atMs - fromMs })),
    ],
    markers: markers
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map((marker) => ({ ...marker, atMs: marker.atMs - fromMs })),
  };
}
