/** Errors on their way to the interface. */
import { STUDIO_ERROR, type WireError, wireErrorSchema } from '../../app/contract/base.ts';
import { StudioError } from '../../app/errors/index.ts';

/** A StudioError as itself; anything else as `command.internal`, its message for whoever mends it. */
export function toWireError(error: unknown): WireError {
  if (error instanceof StudioError) return { code: error.code, params: error.params, retryable: error.retryable };
  const carried = carriedBy(error);
  if (carried !== null) return carried;
  return {
    code: 'command.internal',
    params: { detail: error instanceof Error ? error.message : String(error) },
    retryable: false,
  };
}

/** An error that came over the wire and goes on. */
function carriedBy(error: unknown): WireError | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== STUDIO_ERROR || !('data' in error)) return null;
  return wireErrorSchema.safeParse(error.data).data ?? null;
}
