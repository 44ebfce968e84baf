/** Errors as they are told, and back. */
import { ERROR_CODES, StudioError } from '../../../app/errors/index.ts';
import type { LiveError } from '../../../app/live/protocol.ts';
import type { Redactor } from './redact.ts';

export function asStudioError({ code, params }: LiveError): StudioError {
  const known = ERROR_CODES.find((each) => each === code);
  return known === undefined ? new StudioError('live.session-said', { code }) : new StudioError(known, params);
}

export function asLiveError(error: unknown): LiveError {
  if (error instanceof StudioError) return { code: error.code, params: { ...error.params } };
  return { code: 'command.internal', params: { detail: error instanceof Error ? error.message : String(error) } };
}

/** Without keys and tokens. */
export const cleanedError = ({ code, params }: LiveError, redactor: Redactor): LiveError => ({
  code,
  params: Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? redactor.clean(value) : value]),
  ),
});
