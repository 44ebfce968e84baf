/**
 * Requests spread evenly below an account's requests and tokens a minute (generic cell rate algorithm, ITU-T I.371): the vendor enforces
 * both by the second as well, so a minute's worth at once would be refused.
 */
export interface RateLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** As much as may come at once without waiting. */
const BURST_MS = 1000;
const MINUTE_MS = 60_000;

export class SmoothLimiter {
  readonly #limits: () => RateLimits;
  readonly #nowMs: () => number;
  /** When the next request would be due if all came evenly. */
  #requestsDueMs = Number.NEGATIVE_INFINITY;
  #tokensDueMs = Number.NEGATIVE_INFINITY;

  constructor(limits: () => RateLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** How long a request would have to wait now. */
  waitMs(): number {
    const now = this.#nowMs();
    const { requestsPerMinute, tokensPerMinute } = this.#limits();
    const forRequest = requestsPerMinute === null ? 0 : this.#requestsDueMs - this.#burstMs(requestsPerMinute) - now;
    const forTokens = tokensPerMinute === null ? 0 : this.#tokensDueMs - BURST_MS - now;
    return Math.max(0, forRequest, forTokens);
  }

  /** Takes the next place in the queue. Answers how long to wait before going. */
  take(tokens = 0): number {
    const wait = this.waitMs();
    const now = this.#nowMs();
    const { requestsPerMinute, tokensPerMinute } = this.#limits();
    if (requestsPerMinute !== null)
      this.#requestsDueMs = Math.max(now, this.#requestsDueMs) + MINUTE_MS / requestsPerMinute;
    if (tokensPerMinute !== null)
      this.#tokensDueMs = Math.max(now, this.#tokensDueMs) + (MINUTE_MS * tokens) / tokensPerMinute;
    return wait;
  }

  /** What a request really took, beyond what was taken for it; below 0 it gives back. */
  correct(tokens: number): void {
    const { tokensPerMinute } = this.#limits();
    if (tokensPerMinute !== null) this.#tokensDueMs += (MINUTE_MS * tokens) / tokensPerMinute;
  }

  /** A single request is never more than the burst. */
  #burstMs(requestsPerMinute: number): number {
    const everyMs = MINUTE_MS / requestsPerMinute;
    return Math.max(0, BURST_MS - everyMs);
  }
}
