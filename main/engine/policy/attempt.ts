/** One request to one provider, with a limit for its first piece and for the time between pieces. */
import { StudioError } from '../../../app/errors/index.ts';
import type { WaitingClock } from './clock.ts';

export interface Patience {
  firstByteMs: number;
  /** Asked before each further piece: how long it may take from now. */
  betweenMs(): number;
}

/** As far as timers go. */
const LONG_MS = 2 ** 30;

export class Attempt<E> {
  readonly provider: string;
  readonly #iterator: AsyncIterator<E>;
  readonly #clock: WaitingClock;
  readonly #patience: Patience;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startedMs: number;
  #begun = false;
  #over = false;
  firstByteMs: number | null = null;

  constructor(
    provider: string,
    open: (signal: AbortSignal) => AsyncIterable<E>,
    { clock, patience, signal }: { clock: WaitingClock; patience: Patience; signal: AbortSignal },
  ) {
    this.provider = provider;
    this.#clock = clock;
    this.#patience = patience;
    this.#signal = signal;
    this.#startedMs = clock.nowMs();
    this.#iterator = open(AbortSignal.any([signal, this.#stop.signal]))[Symbol.asyncIterator]();
  }

  /** @throws what the provider throws, `cloud.timeout`, whatever the signal was aborted with. The request is over then. */
  async next(): Promise<IteratorResult<E, unknown>> {
    const limitMs = this.#begun ? this.#patience.betweenMs() : this.#patience.firstByteMs;
    const done = new AbortController();
    const pending = this.#iterator.next();
    pending.catch(() => undefined);
    try {
      const result = await Promise.race([pending, this.#late(limitMs, done.signal)]);
      if (!this.#begun) {
        this.#begun = true;
        this.firstByteMs = this.#clock.nowMs() - this.#startedMs;
      }
      if (result.done) this.#over = true;
      return result;
    } catch (error) {
      this.close();
      // What a provider makes of being stopped is its own; the reason is ours.
      this.#signal.throwIfAborted();
      throw error;
    } finally {
      done.abort();
    }
  }

  async #late(limitMs: number, done: AbortSignal): Promise<never> {
    const signal = AbortSignal.any([done, this.#signal]);
    try {
      while (!Number.isFinite(limitMs)) await this.#clock.sleep(LONG_MS, signal);
      await this.#clock.sleep(limitMs, signal);
    } catch {
      this.#signal.throwIfAborted();
      return new Promise(() => undefined);
    }
    throw new StudioError(
      'cloud.timeout',
      { provider: this.provider, seconds: Math.round(limitMs / 100) / 10 },
      { retryable: true },
    );
  }

  /** Stops it without waiting for it. Safe to call twice. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop.abort(new DOMException('not needed any more', 'AbortError'));
    void this.#iterator.return?.().catch(() => undefined);
  }
}
