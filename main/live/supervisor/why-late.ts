/** Answers "why was frame N late" out of a show's log. */
import type { LateBurst, TraceEntry } from './trace-log.ts';

export type LateReason =
  /** The whole process stood still: a laptop's sleep, or a stopped process. */
  | 'stalled'
  /** The encoder did not take frames fast enough. */
  | 'encoder'
  /** Frames were not drawn in time. */
  | 'drawing';

export interface WhyLate {
  burst: LateBurst;
  atWallMs: number;
  reason: LateReason;
  /** The utterance on at that time, where it is known, with the milliseconds of its way. */
  utterance: {
    id: string;
    text: string;
    /** Asked for → its sound synthesised → told to the face → its first frame drawn → that frame fed to the encoder. */
    voiceMs: number | null;
    lipsMs: number | null;
    compositorMs: number | null;
    encoderMs: number | null;
  } | null;
  /** What else befell the show within ten seconds. */
  around: { atWallMs: number; what: string; detail: string }[];
}

const AROUND_MS = 10_000;

/** null: no frame came late about there, as far as the log goes back. The latest show's frames count first. */
export function whyLate(entries: readonly TraceEntry[], frame: number): WhyLate | null {
  const found = entries.findLast(
    (entry) => entry.type === 'late' && entry.burst.fromFrame <= frame && frame <= entry.burst.toFrame,
  );
  if (found?.type !== 'late') return null;
  const { burst, atWallMs } = found;
  const trace = entries.findLast(
    (entry) =>
      entry.type === 'utterance' &&
      (burst.saying === null
        ? (entry.utterance.fromStreamMs ?? Number.POSITIVE_INFINITY) <= burst.toStreamMs &&
          (entry.utterance.toStreamMs ?? Number.POSITIVE_INFINITY) >= burst.fromStreamMs
        : entry.utterance.id === burst.saying),
  );
  const between = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : Math.round(to - from);
  const utterance = trace?.type === 'utterance' ? trace.utterance : null;
  return {
    burst,
    atWallMs,
    reason: reasonOf(burst),
    utterance:
      utterance === null
        ? null
        : {
            id: utterance.id,
            text: utterance.text,
            voiceMs: between(utterance.askedAtMs, utterance.spokenAtMs),
            lipsMs: between(utterance.spokenAtMs, utterance.announcedAtMs),
            compositorMs: between(utterance.announcedAtMs, utterance.firstFrameDrawnAtMs),
            encoderMs: between(utterance.firstFrameDrawnAtMs, utterance.firstFrameFedAtMs),
          },
    around: entries.flatMap((entry) =>
      entry.type === 'event' && Math.abs(entry.atWallMs - atWallMs) <= AROUND_MS
        ? [{ atWallMs: entry.atWallMs, what: entry.what, detail: entry.detail }]
        : [],
    ),
  };
}

function reasonOf(burst: LateBurst): LateReason {
  const { stalls, lateFrames, skippedFrames = 0, encoderQueueMost, encoderSpeedLeast, renderAheadLeast } = burst;
  if (stalls > 0) return 'stalled';
  if (skippedFrames * 2 > lateFrames) return 'encoder';
  const slowEncoder = encoderQueueMost > 10 || (encoderSpeedLeast !== null && encoderSpeedLeast < 0.95);
  return slowEncoder && renderAheadLeast > 1 ? 'encoder' : 'drawing';
}
