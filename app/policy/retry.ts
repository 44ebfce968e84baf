/** What is done after a failure. */
import { StudioError } from '../errors/index.ts';
import { failureClass } from './failure.ts';

export interface AfterFailure {
  /** The same provider is asked again, while tries are left. Never after a refusal for money, keys or the request itself. */
  again: boolean;
  /** The next provider of the chain is asked. */
  next: boolean;
  /** `count`: one of the failures in a row that open the circuit; ms: it opens at once for so long; null: says nothing of the provider. */
  rest: 'count' | number | null;
}

/** Rates are counted by the minute (the vendor's own table says: recovers within about one). */
const RATE_REST_MS = 60_000;
/** What only a person changes; a change of settings or keys ends the rest. */
const PERSON_REST_MS = 600_000;

const OF_THE_ACCOUNT = new Set([
  'cloud.billing',
  'cloud.key-missing',
  'cloud.key-wrong',
  'cloud.key-other-region',
  'cloud.not-entitled',
  'cloud.model-gone',
]);
/** Of one request or of this machine's own choice. */
const OF_THE_REQUEST = new Set([
  'cloud.voice-mismatch',
  'cloud.budget-spent',
  'cloud.offline',
  'cloud.circuit-open',
  'model.not-installed',
  'model.busy',
  'model.too-long',
  'cloud.region-unsupported',
  'cloud.consent-missing',
  'cloud.consent-withdrawn',
  'cloud.consent-expired',
  'cloud.consent-not-yet',
]);

export function afterFailure(error: unknown): AfterFailure {
  const code = error instanceof StudioError ? error.code : '';
  switch (failureClass(error)) {
    case 'retry':
      return { again: true, next: true, rest: 'count' };
    case 'wait':
      return { again: false, next: true, rest: RATE_REST_MS };
    case 'next':
      if (OF_THE_REQUEST.has(code)) return { again: false, next: true, rest: null };
      return { again: false, next: true, rest: OF_THE_ACCOUNT.has(code) ? PERSON_REST_MS : 'count' };
    case 'refused':
      return { again: false, next: false, rest: null };
    case 'caller':
      // Wrong for this vendor (its limits, its parameters); another may have others.
      return { again: false, next: true, rest: null };
  }
}

/** Pause before try `attempt` (from 2): doubling from 200 ms to 2 s, of which half is left to chance so that many do not come back at once. */
export function backoffMs(attempt: number, random: () => number): number {
  const full = Math.min(2000, 200 * 2 ** (attempt - 2));
  return full / 2 + (full / 2) * random();
}

/** 0 ≤ x < 1, the same row for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
