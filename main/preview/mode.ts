/** What a preview is doing, and how its places move when lines or the frame rate do. A mode object is never made into another. */
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { framesOf, movedSample, sampleOf } from './places.ts';
import type { SoundStream } from './programme-sound.ts';
import type { ScriptLayout } from './script-track.ts';

export interface Paused {
  kind: 'paused';
  generation: number;
  frame: number;
  /** The frame is to be drawn (again). */
  due: boolean;
  /** Frames of idling since the paused one. */
  idled: number;
}
export interface Playing {
  kind: 'playing';
  generation: number;
  from: number;
  /** Past the last frame; null: the script's end. */
  to: number | null;
  loop: boolean;
  /** The next frame and sample to send, and the rounds of the loop they are in. */
  frame: number;
  frameRound: number;
  sample: number;
  soundRound: number;
  stream: SoundStream | null;
  beginsFrame: boolean;
  beginsSound: boolean;
  ended: boolean;
}

export const pausedAt = (generation: number, frame: number): Paused => ({
  ...{ kind: 'paused', generation, frame, due: true, idled: 0 },
});

export const playingFrom = (
  generation: number,
  { from, to, loop }: Pick<Playing, 'from' | 'to' | 'loop'>,
  fps: number,
): Playing => ({
  ...{ kind: 'playing', generation, from, to, loop, frame: from, frameRound: 0, soundRound: 0, stream: null },
  ...{ sample: sampleOf(from, fps), beginsFrame: true, beginsSound: true, ended: false },
});

export const endOf = ({ to, from }: Playing, layout: ScriptLayout, fps: number): number => {
  const frames = framesOf(layout, fps);
  return Math.max(from + 1, Math.min(to ?? frames, frames));
};

/** To where its places have gone from one layout to the next; true where that is another frame. */
export function moveMode(mode: Paused | Playing, before: ScriptLayout, layout: ScriptLayout, fps: number): boolean {
  const moved = (frame: number): number => {
    const sample = sampleOf(frame, fps);
    const now = movedSample(before, layout, sample);
    return now === sample ? frame : Math.round((now * fps) / SAMPLE_RATE);
  };
  const last = mode.kind === 'paused' ? framesOf(layout, fps) - 1 : Number.POSITIVE_INFINITY;
  const frame = Math.min(moved(mode.frame), last);
  if (mode.kind === 'playing') {
    mode.from = moved(mode.from);
    if (mode.to !== null) mode.to = Math.max(mode.from + 1, moved(mode.to));
  }
  if (frame === mode.frame) return false;
  mode.frame = frame;
  if (mode.kind === 'playing') beginAnew(mode, fps);
  return true;
}

/** To the same moments at another frame rate. */
export function changeRate(mode: Paused | Playing, before: number, now: number): void {
  const at = (frame: number): number => Math.round((frame * now) / before);
  mode.frame = at(mode.frame);
  if (mode.kind === 'paused') return;
  mode.from = at(mode.from);
  mode.to = mode.to === null ? null : at(mode.to);
  beginAnew(mode, now);
}

function beginAnew(mode: Playing, fps: number): void {
  Object.assign(mode, { beginsFrame: true, beginsSound: true, soundRound: mode.frameRound, stream: null });
  mode.sample = sampleOf(mode.frame, fps);
}
