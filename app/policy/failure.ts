/** What a failed request means for what is done next: one table for every vendor. */
import { StudioError } from '../errors/index.ts';

/**
 * - `retry`: the same provider may answer a moment later.
 * - `wait`: the account's rate is used up; the same provider some 60 s later, another one now.
 * - `next`: this provider will not answer this until a person changes something; another one may.
 * - `refused`: the text itself was refused (content inspection): another provider is not asked either.
 * - `caller`: the request is wrong whoever is asked.
 */
export type FailureClass = 'retry' | 'wait' | 'next' | 'refused' | 'caller';

const CLASSES: Partial<Record<string, FailureClass>> = {
  'cloud.unreachable': 'retry',
  'cloud.host-not-found': 'retry',
  'cloud.timeout': 'retry',
  'cloud.cut-off': 'retry',
  'cloud.server-error': 'retry',
  'cloud.bad-answer': 'retry',
  'cloud.captive-portal': 'next',
  'cloud.tls': 'next',
  'cloud.rate-limited': 'wait',
  'cloud.quota-used-up': 'wait',
  'cloud.billing': 'next',
  'cloud.key-missing': 'next',
  'cloud.key-wrong': 'next',
  'cloud.key-other-region': 'next',
  'cloud.key-expired': 'next',
  'cloud.not-entitled': 'next',
  'cloud.model-gone': 'next',
  'cloud.voice-mismatch': 'next',
  'cloud.clock-skew': 'next',
  'cloud.budget-spent': 'next',
  'cloud.offline': 'next',
  'cloud.circuit-open': 'next',
  'cloud.unsafe-text': 'refused',
  'cloud.too-long': 'caller',
  'cloud.bad-request': 'caller',
};

/** What is no StudioError is a fault of ours or of the engine: the next one may do better. */
export function failureClass(error: unknown): FailureClass {
  if (!(error instanceof StudioError)) return 'next';
  return CLASSES[error.code] ?? 'next';
}
