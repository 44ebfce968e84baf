/** Frames and samples of a layout: which is where, how far all is known, and where a place has gone in another layout. */
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { firstEndingAfter } from './programme-sound.ts';
import type { ScriptLayout } from './script-track.ts';

export const sampleOf = (frame: number, fps: number): number => Math.round((frame * SAMPLE_RATE) / fps);

export const framesOf = ({ durationMs }: ScriptLayout, fps: number): number =>
  Math.max(1, Math.ceil((durationMs * fps) / 1000));

/** Frames before this have all that they show, as far as one sees from `frame` over the next `count`. */
export function framesOpenUntil(
  { lines }: ScriptLayout,
  frame: number,
  count: number,
  { fps, lookAheadMs }: { fps: number; lookAheadMs: number },
): number {
  const horizonMs = ((frame + count) * 1000) / fps + lookAheadMs;
  for (let i = firstEndingAfter(lines, sampleOf(frame, fps)); i < lines.length && lines[i]!.startMs <= horizonMs; i++)
    if (!lines[i]!.settled) return Math.floor(((lines[i]!.startMs - lookAheadMs) * fps) / 1000);
  return Number.POSITIVE_INFINITY;
}

/** Samples before this are known, as far as one hears from `sample` over the next `count`. */
export function soundOpenUntil({ lines }: ScriptLayout, sample: number, count: number): number {
  for (let i = firstEndingAfter(lines, sample); i < lines.length && lines[i]!.startSample < sample + count; i++)
    if (!lines[i]!.settled) return lines[i]!.startSample;
  return Number.POSITIVE_INFINITY;
}

/** Where a place in the programme has gone: with the line it lies in or after, as far into it as the line still reaches. */
export function movedSample(before: ScriptLayout, now: ScriptLayout, sample: number): number {
  let at = before.lines.findLastIndex(({ startSample }) => startSample <= sample);
  for (; at >= 0; at--) {
    const { lineId, startSample } = before.lines[at]!;
    const there = now.lines.findIndex((line) => line.lineId === lineId);
    if (there < 0) continue;
    const next = now.lines[there + 1]?.startSample ?? now.samples;
    return Math.min(
      now.lines[there]!.startSample + sample - startSample,
      Math.max(now.lines[there]!.startSample, next),
    );
  }
  return Math.min(sample, now.samples);
}
