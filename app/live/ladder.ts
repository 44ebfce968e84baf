/**
 * The quality ladder: when a destination or the machine cannot keep up for a while, the stream is encoded with less; when all has been
 * well for a while, with more again.
 *
 *     rung       0    1    2    3    4        5           6
 *     bits     100   75   50   35   35       25          18  %
 *     frames     1    1    1    1   1/2      1/2         1/2
 *     size       1    1    1    1    1       2/3         1/2
 *
 * A line that is too thin goes down one rung at a time. A machine that is too slow passes over the rungs that only save bits, for
 * those cost it the same work. Up it goes one rung at a time, after a time of health that doubles whenever a rung proved too much, and
 * is short again once a rung has held for long. A destination that is not connected, or that takes nothing at all, is no reason:
 * fewer bits would not help it and would harm the others.
 */
import type { DestinationStatus, SessionStatus } from './protocol.ts';

export interface Rung {
  step: number;
  /** Of the document's bitrate. */
  share: number;
  fpsDivisor: number;
  scale: number;
}

export const RUNGS: readonly Rung[] = [
  { share: 1, fpsDivisor: 1, scale: 1 },
  { share: 0.75, fpsDivisor: 1, scale: 1 },
  { share: 0.5, fpsDivisor: 1, scale: 1 },
  { share: 0.35, fpsDivisor: 1, scale: 1 },
  { share: 0.35, fpsDivisor: 2, scale: 1 },
  { share: 0.25, fpsDivisor: 2, scale: 2 / 3 },
  { share: 0.18, fpsDivisor: 2, scale: 1 / 2 },
].map((rung, step) => ({ step, ...rung }));

/** Bits a picture of any size needs. */
const LEAST_KBPS = 200;
export const rungKbps = (rung: Rung, documentKbps: number): number =>
  Math.min(documentKbps, Math.max(LEAST_KBPS, Math.round(documentKbps * rung.share)));

/** How long a strain must last before a rung is left. */
export const STRAIN_MS = 6_000;
/** After a step, before the next one down: the queue needs time to show what it did. */
export const SETTLE_MS = 8_000;
/** After a destination connected: what piled up meanwhile goes out first. */
export const CONNECTED_FOR_MS = 10_000;
export const FIRST_PATIENCE_MS = 60_000;
export const LAST_PATIENCE_MS = 16 * 60_000;
const LONGEST_SAMPLE_MS = 2_000;
/** Strain so soon after a step up says that the rung was too much. */
const PROVEN_MS = 2 * 60_000;
/** Media waiting for a destination: from where it counts as strain, and below which it is well. */
const QUEUE_STRAIN_MS = 2_500;
const QUEUE_WELL_MS = 800;
/** Of the frames of a second. */
const LATE_STRAIN = 0.04;
const LATE_WELL = 0.01;
const SPEED_STRAIN = 0.97;
const SPEED_WELL = 0.995;
/** Frames fed to the encoder that it has not taken. */
const ENCODER_QUEUE_STRAIN = 25;

export type LadderCause = 'destination' | 'machine';

export interface LadderSample {
  /** Monotonic. */
  nowMs: number;
  session: Pick<SessionStatus, 'frames' | 'lateFrames' | 'skippedFrames' | 'encoderSpeed' | 'encoderQueue'> | null;
  destinations: readonly Pick<DestinationStatus, 'id' | 'state' | 'queueMs' | 'droppedFrames' | 'sentBytes'>[];
}

interface SeenDestination {
  liveSinceMs: number;
  droppedFrames: number;
  sentBytes: number;
}

export interface LadderState {
  step: number;
  cause: LadderCause | null;
  /** How long it has been strained or well; what is neither adds nothing and takes nothing away. */
  strainMs: { destination: number; machine: number };
  wellMs: number;
  sampledAtMs: number;
  patienceMs: number;
  changedAtMs: number;
  /** When the step before this one was one up; null otherwise. */
  raisedAtMs: number | null;
  seen: Readonly<Record<string, SeenDestination>>;
  /** `missed`: late, or given to no encoder: viewers saw the one before. */
  frames: { frames: number; missed: number } | null;
}

export const newLadder = (nowMs: number): LadderState => ({
  step: 0,
  cause: null,
  strainMs: { destination: 0, machine: 0 },
  wellMs: 0,
  sampledAtMs: nowMs,
  patienceMs: FIRST_PATIENCE_MS,
  changedAtMs: nowMs,
  raisedAtMs: null,
  seen: {},
  frames: null,
});

type Verdict = 'strained' | 'well' | 'between';

/** Once a second. The rung to encode with is `RUNGS[state.step]`. */
export function stepLadder(state: LadderState, sample: LadderSample): LadderState {
  const { nowMs } = sample;
  const { verdict: line, seen } = judgeDestinations(state, sample);
  const { verdict: machine, frames } = judgeMachine(state, sample);
  // After a sleep of the machine no more than usual is counted.
  const passedMs = Math.min(LONGEST_SAMPLE_MS, nowMs - state.sampledAtMs);
  const strained = (verdict: Verdict, before: number): number =>
    verdict === 'strained' ? before + passedMs : verdict === 'well' ? 0 : before;
  const strainMs = {
    destination: strained(line, state.strainMs.destination),
    machine: strained(machine, state.strainMs.machine),
  };
  const isStrained = line === 'strained' || machine === 'strained';
  const wellMs = isStrained ? 0 : line === 'well' && machine === 'well' ? state.wellMs + passedMs : state.wellMs;
  const next: LadderState = { ...state, seen, frames, strainMs, wellMs, sampledAtMs: nowMs };

  const cause: LadderCause | null =
    strainMs.machine >= STRAIN_MS ? 'machine' : strainMs.destination >= STRAIN_MS ? 'destination' : null;
  if (cause !== null && nowMs - state.changedAtMs >= SETTLE_MS) {
    const step = lower(state.step, cause);
    if (step === state.step) return next;
    const tooMuch = state.raisedAtMs !== null && nowMs - state.raisedAtMs < PROVEN_MS;
    return {
      ...next,
      ...{ step, cause, changedAtMs: nowMs, raisedAtMs: null, wellMs: 0 },
      strainMs: { destination: 0, machine: 0 },
      patienceMs: tooMuch ? Math.min(LAST_PATIENCE_MS, state.patienceMs * 2) : state.patienceMs,
    };
  }
  if (state.step > 0 && wellMs >= state.patienceMs) {
    const step = state.step - 1;
    return { ...next, step, cause: step === 0 ? null : state.cause, changedAtMs: nowMs, raisedAtMs: nowMs, wellMs: 0 };
  }
  // What has held for so long is the machine's and the line's measure again.
  if (wellMs >= LAST_PATIENCE_MS && state.patienceMs !== FIRST_PATIENCE_MS)
    return { ...next, patienceMs: FIRST_PATIENCE_MS };
  return next;
}

/** The next rung down that helps against the cause; the last one when there is none below. */
function lower(step: number, cause: LadderCause): number {
  const last = RUNGS.length - 1;
  if (cause === 'destination') return Math.min(last, step + 1);
  const now = work(RUNGS[step]!);
  const found = RUNGS.findIndex((rung, index) => index > step && work(rung) < now);
  return found < 0 ? step : found;
}
const work = ({ fpsDivisor, scale }: Rung): number => (scale * scale) / fpsDivisor;

function judgeDestinations(
  state: LadderState,
  { nowMs, destinations }: LadderSample,
): { verdict: Verdict; seen: LadderState['seen'] } {
  const seen: Record<string, SeenDestination> = {};
  let verdict: Verdict = 'well';
  for (const { id, state: light, queueMs, droppedFrames, sentBytes } of destinations) {
    if (light !== 'live') continue;
    const before = state.seen[id];
    seen[id] = { liveSinceMs: before?.liveSinceMs ?? nowMs, droppedFrames, sentBytes };
    if (before === undefined || nowMs - before.liveSinceMs < CONNECTED_FOR_MS) continue;
    const dropped = droppedFrames > before.droppedFrames;
    const isDead = sentBytes <= before.sentBytes;
    if (isDead) continue;
    if (dropped || queueMs >= QUEUE_STRAIN_MS) verdict = 'strained';
    else if (queueMs > QUEUE_WELL_MS && verdict === 'well') verdict = 'between';
  }
  return { verdict, seen };
}

function judgeMachine(
  state: LadderState,
  { session }: LadderSample,
): { verdict: Verdict; frames: LadderState['frames'] } {
  // A session that is not there, or began anew, says nothing about the machine.
  if (session === null) return { verdict: 'between', frames: null };
  const { frames, lateFrames, skippedFrames, encoderSpeed, encoderQueue } = session;
  const before = state.frames;
  const counted = { frames, missed: lateFrames + skippedFrames };
  if (before === null || frames <= before.frames || counted.missed < before.missed)
    return { verdict: 'between', frames: counted };
  const late = (counted.missed - before.missed) / (frames - before.frames);
  const speed = encoderSpeed ?? 1;
  if (late > LATE_STRAIN || speed < SPEED_STRAIN || encoderQueue > ENCODER_QUEUE_STRAIN)
    return { verdict: 'strained', frames: counted };
  return { verdict: late <= LATE_WELL && speed >= SPEED_WELL ? 'well' : 'between', frames: counted };
}
