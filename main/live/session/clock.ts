/** Time as a session sees it: one that only goes on, so that neither NTP nor a changed time zone moves a frame. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Monotonic ms from some moment on. */
  nowMs(): number;
  /** Unix time. */
  wallMs(): number;
  /** Resolves at or after `ms` of {@link nowMs}; rejects with the signal's reason. */
  sleepUntil(ms: number, signal: AbortSignal): Promise<void>;
}

/** A timer is late by a millisecond or two and never early: the rest is waited out in turns of the event loop. */
export const realClock = (): Clock => ({
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleepUntil: async (ms, signal) => {
    signal.throwIfAborted();
    const left = ms - performance.now();
    if (left > 0) await sleep(left, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
});

/**
 * Jumps to whatever is waited for as soon as `settled` resolves: when everything that comes before that moment has been done. A day of
 * stream takes as long as its work does.
 */
export class VirtualClock implements Clock {
  readonly #startWallMs: number;
  #nowMs = 0;
  settled: (ms: number) => Promise<void> = async () => undefined;

  constructor(startWallMs: number) {
    this.#startWallMs = startWallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  async sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.settled(ms);
    signal.throwIfAborted();
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}
