/** What went wrong, in words: whatever a call, an upload or a store can throw. */
import type { WireError } from '../../app/contract/base.ts';
import { describeError } from '../../app/errors/index.ts';
import type { Locale, Translate } from '../i18n/index.ts';
import { ConnectionLost, ConnectionRefused } from './connection.ts';
import { UploadFailed } from './upload.ts';

export interface ErrorText {
  message: string;
  hint: string;
  code: string;
  /** The same may work a little later. */
  retryable: boolean;
}

/** The studio's own error inside whatever was thrown; null where it is none. */
export function wireErrorOf(error: unknown): WireError | null {
  if (error instanceof UploadFailed) return error.wire;
  if (typeof error !== 'object' || error === null) return null;
  const holder = 'data' in error && 'code' in error && error.code === 'STUDIO_ERROR' ? error.data : error;
  return typeof holder === 'object' &&
    holder !== null &&
    'code' in holder &&
    'params' in holder &&
    typeof holder.code === 'string'
    ? (holder as WireError)
    : null;
}

export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** A call that ended without an answer: the line was not there, or broke under it. */
export const isConnectionLoss = (error: unknown): boolean => error instanceof ConnectionLost || isAbort(error);

export function errorText(error: unknown, locale: Locale, t: Translate): ErrorText {
  const wire = wireErrorOf(error);
  if (wire !== null) return { ...describeError(wire, locale), code: wire.code, retryable: wire.retryable };
  if (error instanceof UploadFailed && error.reason === 'too-large') {
    return {
      message: t('shell.uploadTooLarge'),
      hint: t('shell.uploadTooLargeHint'),
      code: 'too-large',
      retryable: false,
    };
  }
  if (error instanceof ConnectionRefused) {
    return { message: t('shell.refused'), hint: t('shell.refusedHint'), code: 'refused', retryable: false };
  }
  if (isConnectionLoss(error)) {
    return { message: t('shell.offline'), hint: t('shell.offlineHint'), code: 'offline', retryable: true };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return {
    ...describeError({ code: 'command.internal', params: { detail } }, locale),
    code: 'command.internal',
    retryable: true,
  };
}
