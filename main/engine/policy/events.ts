/** What the policy told, for who listens now and who looks later. */

import { StudioError } from '../../../app/errors/index.ts';
import type { FailureNote, PolicyEvent } from '../../../app/policy/events.ts';

const KEPT = 500;

export class PolicyEvents {
  readonly #kept: PolicyEvent[] = [];
  readonly #listeners = new Set<(event: PolicyEvent) => void>();

  emit(event: PolicyEvent): void {
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.splice(0, this.#kept.length - KEPT);
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // Who cannot listen does not stop who speaks.
      }
    }
  }

  /** Until the function it returns is called. */
  listen(listener: (event: PolicyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Oldest first; the newest few hundred. */
  recent(): readonly PolicyEvent[] {
    return [...this.#kept];
  }
}

/** A fault of an engine that is no StudioError has no words of its own; what it says may hold anything, so it stays out of the log. */
export const noteOf = (error: unknown, provider: string): FailureNote =>
  error instanceof StudioError
    ? { code: error.code, params: error.params }
    : { code: 'cloud.server-error', params: { provider, code: error instanceof Error ? error.name : 'unknown' } };
