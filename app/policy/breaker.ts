/** A provider that keeps failing is left alone for a while; then one request, and no more, finds out whether it is back. */

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** Failures in a row that open it. */
  breakAfter: number;
  breakMs: number;
}

/** A probe that fails doubles the rest, up to so many times the first. */
const LONGEST_REST = 8;

export class CircuitBreaker {
  readonly #settings: () => BreakerSettings;
  readonly #nowMs: () => number;
  readonly #onChange: (state: CircuitState) => void;
  #failures = 0;
  #openUntilMs = Number.NEGATIVE_INFINITY;
  #restMs = 0;
  #state: CircuitState = 'closed';

  constructor(
    settings: () => BreakerSettings,
    nowMs: () => number,
    onChange: (state: CircuitState) => void = () => undefined,
  ) {
    this.#settings = settings;
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** 0 when it may be asked. */
  get restsForMs(): number {
    return this.#state === 'open' ? Math.max(0, this.#openUntilMs - this.#nowMs()) : 0;
  }

  /**
   * May a request go out now? `true` must be answered by {@link succeeded}, {@link failed}, {@link rest} or {@link undecided}:
   * of an open circuit whose rest is over, this request is the probe, and until it is decided nobody else gets `true`.
   */
  admit(): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'half-open' || this.restsForMs > 0) return false;
    this.#become('half-open');
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restMs = 0;
    this.#become('closed');
  }

  failed(): void {
    const { breakAfter, breakMs } = this.#settings();
    this.#failures += 1;
    if (this.#state === 'half-open') this.rest(Math.min(Math.max(this.#restMs, breakMs) * 2, breakMs * LONGEST_REST));
    else if (this.#failures >= breakAfter) this.rest(breakMs);
  }

  /** Opens it at once, for as long as the failure is known to last; never shorter than it rests already. */
  rest(ms: number): void {
    this.#restMs = ms;
    this.#openUntilMs = Math.max(this.#state === 'open' ? this.#openUntilMs : 0, this.#nowMs() + ms);
    this.#become('open');
  }

  /** The request was given up before it showed anything: the next one is the probe. */
  undecided(): void {
    if (this.#state !== 'half-open') return;
    this.#openUntilMs = this.#nowMs();
    this.#become('open');
  }

  /** Settings or keys were changed: what was true before need not be. */
  reset(): void {
    this.#failures = 0;
    this.#restMs = 0;
    this.#become('closed');
  }

  #become(state: CircuitState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#onChange(state);
  }
}
