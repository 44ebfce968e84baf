/** What is told of a show, put together from what its processes told of themselves. */
import type { Alarm } from '../../../app/live/alarms.ts';
import type { DestinationStatus, LiveDuty, LiveError, LiveStatus, SessionStatus } from '../../../app/live/protocol.ts';
import type { PublisherStatus } from '../../broadcast/publisher/protocol.ts';
import type { ShowState } from './state.ts';

export interface ShowFacts {
  projectId: string;
  show: ShowState;
  session: SessionStatus | null;
  destinations: readonly { id: string }[];
  published: PublisherStatus | null;
  duties: LiveDuty[];
  /** The folder; null: nothing is recorded. */
  recordingTo: string | null;
  restarts: LiveStatus['restarts'];
  uptimeMs: number;
  alarms: Alarm[];
  lastError: LiveError | null;
  /** Without keys and tokens. */
  cleaned(error: LiveError): LiveError;
}

export function showStatus(facts: ShowFacts): LiveStatus {
  const { projectId, show, session, destinations, duties, restarts, uptimeMs, alarms, lastError } = facts;
  return {
    ...{ projectId, state: show.state, sinceWallMs: show.sinceWallMs, session },
    destinations: destinations.map(({ id }) => destinationStatus(id, facts)),
    ...{ duties, recording: recordingStatus(facts) },
    ...{ restarts, uptimeMs, alarms, lastError },
  };
}

function destinationStatus(id: string, { published, show, cleaned }: ShowFacts): DestinationStatus {
  const found = published?.destinations.find((each) => each.id === id);
  if (found === undefined) {
    const state = show.state === 'off' || show.state === 'failed' ? 'off' : 'connecting';
    return {
      ...{ id, state, sinceWallMs: show.sinceWallMs, retryAtWallMs: null, attempts: 0, reconnects: 0 },
      ...{ bitrateKbps: 0, queueMs: 0, droppedFrames: 0, sentBytes: 0, lastError: null },
    };
  }
  const { state, sinceWallMs, retryInMs, attempt, reconnects, lastError } = found;
  const { bitrateKbps, queueMs, droppedFrames, sentBytes } = found;
  return {
    ...{ id, state: state === 'idle' ? 'connecting' : state, sinceWallMs, attempts: attempt, reconnects },
    retryAtWallMs: retryInMs === null ? null : Math.round(Date.now() + retryInMs),
    ...{ bitrateKbps, queueMs, droppedFrames, sentBytes },
    lastError: lastError === null ? null : cleaned({ code: lastError.code, params: lastError.params }),
  };
}

function recordingStatus({ published, recordingTo }: ShowFacts): LiveStatus['recording'] {
  const recording = published?.recording;
  if (recordingTo === null || recording === undefined || recording.state === 'off') return null;
  const path = recording.file ?? recording.finished[0] ?? recordingTo;
  return { path, bytes: recording.bytes, seconds: recording.durationMs / 1000 };
}
