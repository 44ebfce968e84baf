/** One number for how far an export is, and how long it will take, out of the steps it tells. */
import type { EXPORT_STEPS } from '../../../app/contract/exports.ts';
import type { ExportProgress } from '../../export/export-project.ts';

export type JobStep = (typeof EXPORT_STEPS)[number];
export interface JobProgress {
  step: JobStep;
  /** 0..1, never falling. */
  progress: number;
  etaMs: number | null;
}

/** Shares of the time, measured on exports of a minute; drawing and encoding are nearly all of it. */
const WITH_PICTURE: Record<JobStep, number> = {
  portrait: 0.03,
  speech: 0.07,
  loudness: 0.02,
  film: 0,
  render: 0.85,
  finish: 0.03,
};
/** A vendor takes minutes for its film. */
const WITH_FILM: Record<JobStep, number> = { ...WITH_PICTURE, portrait: 0.01, speech: 0.03, film: 0.8, render: 0.11 };
const SOUND_ALONE: Record<JobStep, number> = {
  ...{ portrait: 0, speech: 0.7, loudness: 0.15, film: 0, render: 0, finish: 0.15 },
};
const ORDER: readonly JobStep[] = ['portrait', 'speech', 'loudness', 'film', 'render', 'finish'];
/** Before so many frames, the first ones' slowness would speak for all. */
const FRAMES_TO_JUDGE = 10;

export type JobKind = 'sound' | 'picture' | 'film';
const SHARES: Record<JobKind, Record<JobStep, number>> = {
  sound: SOUND_ALONE,
  picture: WITH_PICTURE,
  film: WITH_FILM,
};

/** @param nowMs a clock that only moves forward */
export function createJobProgress(
  kind: JobKind,
  nowMs: () => number,
): { now(): JobProgress; report(progress: ExportProgress): void } {
  const shares = SHARES[kind];
  const done: Record<JobStep, number> = { portrait: 0, speech: 0, loudness: 0, film: 0, render: 0, finish: 0 };
  let step: JobStep = 'portrait';
  let highest = 0;
  let first: { atMs: number; done: number } | null = null;
  let leftAt: { atMs: number; leftMs: number } | null = null;
  return {
    report(progress) {
      const { total } = progress;
      const share = total > 0 ? Math.min(1, progress.done / total) : 0;
      done[progress.step] = Math.max(done[progress.step], share);
      if (ORDER.indexOf(progress.step) > ORDER.indexOf(step)) step = progress.step;
      if (progress.step !== 'render') return;
      const atMs = nowMs();
      first ??= { atMs, done: progress.done };
      const drawn = progress.done - first.done;
      if (drawn >= FRAMES_TO_JUDGE) {
        const perFrameMs = (atMs - first.atMs) / drawn;
        const finishing = (shares.finish / shares.render) * perFrameMs * total;
        leftAt = { atMs, leftMs: perFrameMs * (total - progress.done) + finishing };
      }
      if (progress.done >= total) step = 'finish';
    },
    now() {
      const sum = ORDER.reduce((all, each) => all + shares[each] * done[each], 0);
      highest = Math.max(highest, Math.min(1, sum));
      const etaMs = leftAt === null ? null : Math.max(0, Math.round(leftAt.leftMs - (nowMs() - leftAt.atMs)));
      return { step, progress: highest, etaMs };
    },
  };
}
