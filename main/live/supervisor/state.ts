/**
 * The one state of a show.
 *
 *     off ──go-live──▶ starting ──all three up──▶ on-air ◀──all three up── recovering
 *                         │  ▲ └──a part falls: stays                          ▲
 *                         │                          └──────a part falls───────┘
 *     starting, on-air, recovering ──stop, or the show's own end──▶ stopping ──all closed──▶ off
 *     any but off ──it cannot ever work──▶ failed ──go-live──▶ starting
 *
 * A part is up when it does its work: the hub listens, the publisher is ready, the session's first frame has left for the hub.
 */
import type { LiveError, LiveState } from '../../../app/live/protocol.ts';

export const PARTS = ['hub', 'publisher', 'session'] as const;
export type Part = (typeof PARTS)[number];
export type Up = Readonly<Record<Part, boolean>>;

interface Timed {
  sinceWallMs: number;
}
export type ShowState =
  | (Timed & { state: 'off' })
  | (Timed & { state: 'starting'; up: Up })
  | (Timed & { state: 'on-air'; up: Up })
  | (Timed & { state: 'recovering'; up: Up })
  | (Timed & { state: 'stopping'; up: Up; graceful: boolean })
  | (Timed & { state: 'failed'; error: LiveError });

export type ShowEvent =
  | { type: 'go-live' }
  | { type: 'up' | 'down'; part: Part }
  | { type: 'stop'; graceful: boolean }
  /** Every child is gone. */
  | { type: 'closed' }
  | { type: 'failed'; error: LiveError };

const NONE: Up = { hub: false, publisher: false, session: false };
export const OFF: ShowState = { state: 'off', sinceWallMs: 0 };

/** What does not fit the state changes nothing: events of processes arrive when they arrive. */
export function nextState(before: ShowState, event: ShowEvent, wallMs: number): ShowState {
  const sinceWallMs = wallMs;
  const idle = before.state === 'off' || before.state === 'failed';
  switch (event.type) {
    case 'go-live':
      return idle ? { state: 'starting', sinceWallMs, up: NONE } : before;
    case 'up':
    case 'down': {
      if (idle) return before;
      const up: Up = { ...before.up, [event.part]: event.type === 'up' };
      const state = settled(
        before.state,
        PARTS.every((part) => up[part]),
      );
      return { ...before, up, state, sinceWallMs: state === before.state ? before.sinceWallMs : wallMs } as ShowState;
    }
    case 'stop':
      if (idle) return before;
      // What is being ended at once is not ended gracefully any more.
      if (before.state === 'stopping')
        return before.graceful && !event.graceful ? { ...before, graceful: false } : before;
      return { state: 'stopping', sinceWallMs, up: before.up, graceful: event.graceful };
    case 'closed':
      return before.state === 'failed' ? before : { state: 'off', sinceWallMs };
    case 'failed':
      return idle ? before : { state: 'failed', sinceWallMs, error: event.error };
  }
}

function settled(state: LiveState, allUp: boolean): LiveState {
  if (allUp && (state === 'starting' || state === 'recovering')) return 'on-air';
  return !allUp && state === 'on-air' ? 'recovering' : state;
}
