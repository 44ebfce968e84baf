/**
 * How long to wait before trying a lost destination again. Full jitter (a wait anywhere between nothing and a ceiling, so that many
 * senders that lost the same server do not return in step), and a ceiling that grows from 1 s to 60 s with the outage itself: what was
 * gone for five seconds is asked again within two, what was gone for ten minutes within one minute.
 */
export interface Outage {
  /** On the caller's monotonic clock; moved forward by what was streamed in between. */
  sinceMs: number;
  /** Failed attempts so far. */
  attempts: number;
}

export interface Retry {
  outage: Outage;
  delayMs: number;
}

export const FIRST_CEILING_MS = 1_000;
export const LAST_CEILING_MS = 60_000;
/** Streaming this long ends an outage; what breaks sooner is the same one. */
export const HEALTHY_MS = 30_000;
/** Of the outage so far: also what bounds how long a server that has returned stays unnoticed. */
const SHARE_OF_OUTAGE = 0.4;
const SHORTEST_MS = 100;

export const ceilingMs = (outageMs: number): number =>
  Math.min(LAST_CEILING_MS, Math.max(FIRST_CEILING_MS, outageMs * SHARE_OF_OUTAGE));

/** After a failed attempt, or when a connection was lost. `random` gives [0, 1). */
export function nextRetry(outage: Outage | null, nowMs: number, random: () => number): Retry {
  const sinceMs = outage?.sinceMs ?? nowMs;
  const delayMs = Math.max(SHORTEST_MS, random() * ceilingMs(nowMs - sinceMs));
  return { outage: { sinceMs, attempts: (outage?.attempts ?? 0) + 1 }, delayMs };
}

/** What is left of an outage when a connection that was up for `liveMs` breaks: null when it had ended. */
export function afterLive(outage: Outage | null, liveMs: number): Outage | null {
  if (outage === null || liveMs >= HEALTHY_MS) return null;
  return { ...outage, sinceMs: outage.sinceMs + liveMs };
}
