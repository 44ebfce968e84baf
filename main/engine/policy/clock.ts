/** The clock of this machine, as the policy needs it. */
import type { PolicyClock } from '../../../app/policy/clock.ts';

export interface WaitingClock extends PolicyClock {
  /** @throws whatever `signal` was aborted with */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const machineClock: WaitingClock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};
