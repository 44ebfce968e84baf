import { StudioError } from '../../../app/errors/index.ts';
import type { StoredError } from '../../storage/repositories/export-jobs.ts';

/** A failure as it is kept and sent; what has no words of its own is told as the studio's own fault. */
export function storedError(error: unknown): StoredError {
  if (error instanceof StudioError) return { code: error.code, params: error.params, retryable: error.retryable };
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'command.internal', params: { detail }, retryable: false };
}
