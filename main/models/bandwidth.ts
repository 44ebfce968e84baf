/** One limit for everything that is being downloaded. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Bandwidth {
  /** Resolves when so many bytes more may be read. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

/** @param bytesPerS asked anew for each piece; null: no limit */
export function createBandwidth(bytesPerS: () => number | null): Bandwidth {
  let freeAtMs = 0;
  return {
    async take(bytes, signal) {
      const rate = bytesPerS();
      if (rate === null) return;
      const nowMs = performance.now();
      const atMs = Math.max(nowMs, freeAtMs);
      freeAtMs = atMs + (bytes / rate) * 1000;
      if (atMs > nowMs) await sleep(atMs - nowMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
}
