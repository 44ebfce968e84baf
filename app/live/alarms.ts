/**
 * When somebody must be told. A rule looks at each second's figures; its alarm is raised when it has been true for its hold time, and
 * cleared when it has been false for a while, so that what flickers is told once.
 */
import type { ErrorCode, ErrorParams } from '../errors/index.ts';
import type { LiveState, LiveStatus } from './protocol.ts';

export interface AlarmSample {
  /** Monotonic. */
  nowMs: number;
  wallMs: number;
  status: Pick<LiveStatus, 'state' | 'session' | 'destinations'>;
  /** All processes together; null: not known. */
  memoryMb: number | null;
  /** Where the recording is written; null: nothing is recorded, or not known. */
  diskFreeMb: number | null;
}

export interface Alarm {
  /** `destination-down:<id>`, `frames-late` … */
  id: string;
  sinceWallMs: number;
  error: { code: ErrorCode; params: Record<string, string | number> };
}

export interface AlarmEvent {
  type: 'raised' | 'cleared';
  alarm: Alarm;
}

/** A sighting of what a rule looks for, with the words for it now. */
interface Sighting {
  id: string;
  holdMs: number;
  code: ErrorCode;
  params(forMs: number): ErrorParams;
}

interface Watch {
  firstSeenMs: number;
  lastSeenMs: number;
  alarm: Alarm | null;
}

export interface AlarmState {
  watches: Readonly<Record<string, Watch>>;
  /** Counters a while ago, for shares over a window: one entry a second. */
  frames: readonly { nowMs: number; frames: number; missed: number }[];
  /** One entry a minute. */
  memory: readonly { nowMs: number; mb: number }[];
}

export const newAlarms = (): AlarmState => ({ watches: {}, frames: [], memory: [] });

export const DESTINATION_DOWN_MS = 30_000;
const NOT_RUNNING_MS = 15_000;
const CLEAR_MS = 10_000;
const LATE_WINDOW_MS = 30_000;
/** Of a session that has just begun, which may be late while everything is loaded. */
const FIRST_FRAMES = 250;
/** Of the frames in the window. */
const LATE_SHARE = 0.02;
const SLOW_SPEED = 0.95;
const SLOW_MS = 20_000;
export const DISK_LEAST_MB = 1024;
const MINUTE_MS = 60_000;
/** After this long a show that holds what it needs has it. */
const WARM_UP_MINUTES = 10;
const MEMORY_WINDOW_MINUTES = 30;
const MEMORY_MB_PER_MINUTE = 2;

/** Once a second. `alarms` are those that stand, oldest first. */
export function stepAlarms(
  state: AlarmState,
  sample: AlarmSample,
): { state: AlarmState; alarms: Alarm[]; events: AlarmEvent[] } {
  const { nowMs, wallMs } = sample;
  const frames = countFrames(state.frames, sample);
  const memory = countMemory(state.memory, sample);
  const seen = new Map(sightings(sample, frames, memory).map((each) => [each.id, each]));
  const watches: Record<string, Watch> = {};
  const events: AlarmEvent[] = [];
  for (const id of new Set([...Object.keys(state.watches), ...seen.keys()])) {
    const before = state.watches[id];
    const sighting = seen.get(id);
    if (sighting === undefined) {
      if (before === undefined || before.alarm === null) continue;
      if (nowMs - before.lastSeenMs < CLEAR_MS) watches[id] = before;
      else events.push({ type: 'cleared', alarm: before.alarm });
      continue;
    }
    const firstSeenMs = before?.firstSeenMs ?? nowMs;
    const forMs = nowMs - firstSeenMs;
    const error = { code: sighting.code, params: { ...sighting.params(forMs) } };
    let alarm = before?.alarm ?? null;
    if (alarm !== null) alarm = { ...alarm, error };
    else if (forMs >= sighting.holdMs) {
      alarm = { id, sinceWallMs: Math.round(wallMs - forMs), error };
      events.push({ type: 'raised', alarm });
    }
    watches[id] = { firstSeenMs, lastSeenMs: nowMs, alarm };
  }
  const alarms = Object.values(watches)
    .flatMap(({ alarm }) => alarm ?? [])
    .sort((a, b) => a.sinceWallMs - b.sinceWallMs);
  return { state: { watches, frames, memory }, alarms, events };
}

const RUNNING: readonly LiveState[] = ['on-air', 'recovering'];

function sightings(
  { status, diskFreeMb }: AlarmSample,
  frames: AlarmState['frames'],
  memory: AlarmState['memory'],
): Sighting[] {
  const found: Sighting[] = [];
  const seconds = (ms: number): number => Math.round(ms / 1000);
  const running = RUNNING.includes(status.state);
  if (status.state === 'recovering')
    found.push({
      ...{ id: 'not-running', holdMs: NOT_RUNNING_MS, code: 'live.not-speaking' },
      params: (forMs) => ({ state: status.state, seconds: seconds(forMs) }),
    });
  for (const { id, state } of running ? status.destinations : []) {
    if (state === 'live' || state === 'off') continue;
    found.push({
      ...{ id: `destination-down:${id}`, holdMs: DESTINATION_DOWN_MS, code: 'live.destination-down' },
      params: (forMs) => ({ id, seconds: seconds(forMs) }),
    });
  }
  const [first, last] = [frames[0], frames.at(-1)];
  if (first !== undefined && last !== undefined && last.nowMs - first.nowMs >= LATE_WINDOW_MS / 2) {
    const late = (last.missed - first.missed) / Math.max(1, last.frames - first.frames);
    if (late > LATE_SHARE)
      found.push({
        ...{ id: 'frames-late', holdMs: 0, code: 'live.frames-late' },
        params: () => ({ share: Math.round(late * 100), seconds: seconds(last.nowMs - first.nowMs) }),
      });
  }
  const speed = status.session?.encoderSpeed ?? null;
  if (running && speed !== null && speed < SLOW_SPEED)
    found.push({
      ...{ id: 'encoder-slow', holdMs: SLOW_MS, code: 'live.encoder-slow' },
      params: () => ({ speed: speed.toFixed(2) }),
    });
  if (diskFreeMb !== null && diskFreeMb < DISK_LEAST_MB)
    found.push({
      ...{ id: 'disk-nearly-full', holdMs: 0, code: 'live.disk-nearly-full' },
      params: () => ({ megabytes: Math.round(diskFreeMb) }),
    });
  const slope = memorySlope(memory);
  if (slope !== null && slope > MEMORY_MB_PER_MINUTE)
    found.push({
      ...{ id: 'memory-grows', holdMs: 0, code: 'live.memory-grows' },
      params: () => ({ megabytesPerMinute: slope.toFixed(1), megabytes: Math.round(memory.at(-1)!.mb) }),
    });
  return found;
}

function countFrames(before: AlarmState['frames'], { nowMs, status: { session } }: AlarmSample): AlarmState['frames'] {
  if (session === null) return [];
  const { frames } = session;
  // Either way viewers see the one before again.
  const missed = session.lateFrames + session.skippedFrames;
  if (frames < FIRST_FRAMES) return [];
  const last = before.at(-1);
  const entry = { nowMs, frames, missed };
  // A session that began anew counts from nothing.
  if (last !== undefined && (frames < last.frames || missed < last.missed)) return [entry];
  return [...before.filter((each) => nowMs - each.nowMs <= LATE_WINDOW_MS), entry];
}

function countMemory(before: AlarmState['memory'], { nowMs, memoryMb }: AlarmSample): AlarmState['memory'] {
  const last = before.at(-1);
  if (memoryMb === null || (last !== undefined && nowMs - last.nowMs < MINUTE_MS)) return before;
  return [...before, { nowMs, mb: memoryMb }].slice(-(WARM_UP_MINUTES + MEMORY_WINDOW_MINUTES));
}

/** MB a minute by least squares over the minutes after warm-up; null while they are too few to say. */
function memorySlope(memory: AlarmState['memory']): number | null {
  const used =
    memory.length < WARM_UP_MINUTES + MEMORY_WINDOW_MINUTES
      ? memory.slice(WARM_UP_MINUTES)
      : memory.slice(-MEMORY_WINDOW_MINUTES);
  if (used.length < MEMORY_WINDOW_MINUTES / 2) return null;
  const x = used.map(({ nowMs }) => nowMs / MINUTE_MS);
  const meanX = x.reduce((sum, each) => sum + each, 0) / x.length;
  const meanY = used.reduce((sum, { mb }) => sum + mb, 0) / used.length;
  let above = 0;
  let below = 0;
  for (const [index, { mb }] of used.entries()) {
    above += (x[index]! - meanX) * (mb - meanY);
    below += (x[index]! - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
