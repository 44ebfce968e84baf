/** A show that is well, for tests. */
import type { DestinationStatus, LiveStatus, SessionStatus } from './protocol.ts';

export const wellSession = (changes: Partial<SessionStatus> = {}): SessionStatus => ({
  ...{
    streamMs: 60_000,
    frames: 1500,
    lateFrames: 0,
    skippedFrames: 0,
    stalls: 0,
    fpsIn: 25,
    fpsOut: 25,
    renderAhead: 6,
    renderAheadMax: 8,
  },
  ...{ encoderQueue: 0, encoderSpeed: 1, encoderRestarts: 0, avOffsetMs: 2, worstAvOffsetMs: 11 },
  speaking: { id: 'u1', text: '大家好', segmentId: 'one', source: 'show', fromStreamMs: 59_000 },
  next: { text: 'And "then"', segmentId: 'one' },
  ...{
    queued: 0,
    thinking: 0,
    paused: false,
    position: null,
    scene: null,
    overlays: [],
    volume: { voice: 1, music: 1 },
    emotion: null,
  },
  rung: { step: 0, videoKbps: 2500, fps: 25, widthPx: 1280, heightPx: 720 },
  ...{ rssMb: 400, cpuPercent: 60, lastError: null },
  ...changes,
});

export const wellDestination = (id: string, changes: Partial<DestinationStatus> = {}): DestinationStatus => ({
  ...{
    id,
    state: 'live',
    sinceWallMs: 0,
    retryAtWallMs: null,
    attempts: 1,
    reconnects: 0,
    bitrateKbps: 2600,
    queueMs: 40,
  },
  ...{ droppedFrames: 0, sentBytes: 1_000_000, lastError: null },
  ...changes,
});

export const wellStatus = (changes: Partial<LiveStatus> = {}): LiveStatus => ({
  ...{
    projectId: 'shop',
    state: 'on-air',
    sinceWallMs: 0,
    session: wellSession(),
    destinations: [wellDestination('a')],
  },
  ...{
    duties: [],
    recording: null,
    restarts: { session: 0, hub: 0, publisher: 0 },
    uptimeMs: 60_000,
    alarms: [],
    lastError: null,
  },
  ...changes,
});
