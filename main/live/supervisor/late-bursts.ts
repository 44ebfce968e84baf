/** Seconds in which frames came late, taken together to bursts, with the worst of what was going on meanwhile. */
import type { SessionStatus } from '../../../app/live/protocol.ts';
import type { LateBurst } from './trace-log.ts';

export interface LateBursts {
  /** Each second's figures. Gives a burst when it is over. */
  seen(status: SessionStatus): LateBurst | null;
  /** The session is gone, or the show over: what is open is given as it is. */
  end(): LateBurst | null;
}

/** A burst that does not end is told in parts. */
const LONGEST_FRAMES = 1500;

export function createLateBursts(): LateBursts {
  let before: SessionStatus | null = null;
  let open: LateBurst | null = null;
  const end = (): LateBurst | null => {
    const whole = open;
    open = null;
    return whole;
  };
  return {
    end() {
      before = null;
      return end();
    },
    seen(status) {
      const last = before;
      before = status;
      if (last === null || status.frames < last.frames) return end();
      const skipped = status.skippedFrames - last.skippedFrames;
      const late = status.lateFrames - last.lateFrames + skipped;
      const stalls = status.stalls - last.stalls;
      if (late <= 0 && stalls <= 0) return end();
      const least = (a: number | null, b: number | null): number | null =>
        a === null ? b : b === null ? a : Math.min(a, b);
      const from = open ?? {
        ...{
          fromFrame: last.frames,
          fromStreamMs: last.streamMs,
          lateFrames: 0,
          skippedFrames: 0,
          stalls: 0,
          renderAheadLeast: status.renderAhead,
        },
        ...{ encoderQueueMost: 0, encoderSpeedLeast: null, cpuPercentMost: 0, fpsInLeast: status.fpsIn },
        saying: null,
      };
      open = {
        ...{
          fromFrame: from.fromFrame,
          toFrame: status.frames,
          fromStreamMs: from.fromStreamMs,
          toStreamMs: status.streamMs,
        },
        lateFrames: from.lateFrames + late,
        skippedFrames: (from.skippedFrames ?? 0) + skipped,
        stalls: from.stalls + stalls,
        renderAheadLeast: Math.min(from.renderAheadLeast, status.renderAhead),
        encoderQueueMost: Math.max(from.encoderQueueMost, status.encoderQueue),
        encoderSpeedLeast: least(from.encoderSpeedLeast, status.encoderSpeed),
        cpuPercentMost: Math.max(from.cpuPercentMost, status.cpuPercent),
        fpsInLeast: Math.min(from.fpsInLeast, status.fpsIn),
        step: status.rung.step,
        saying: status.speaking?.id ?? from.saying,
      };
      return open.toFrame - open.fromFrame >= LONGEST_FRAMES ? end() : null;
    },
  };
}
