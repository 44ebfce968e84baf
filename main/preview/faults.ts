/** What is wrong with a preview right now, told whenever it changes. */
import type { WireError } from '../../app/contract/base.ts';
import type { PreviewEvent } from '../../app/contract/preview-wire.ts';
import { StudioError } from '../../app/errors/index.ts';

export function asWireError(error: unknown): WireError {
  if (error instanceof StudioError) {
    const { code, params, retryable } = error;
    return { code, params: { ...params }, retryable };
  }
  const detail = error instanceof Error ? error.message || error.name : String(error);
  return { code: 'command.internal', params: { detail }, retryable: false };
}

export class Faults {
  readonly #tell: (event: PreviewEvent) => void;
  readonly #open = new Map<string, Extract<PreviewEvent, { type: 'failed' }>>();

  constructor(tell: (event: PreviewEvent) => void) {
    this.#tell = tell;
  }

  /** `place` is a line's id where one line is at fault. */
  set(place: string, lineId: string | null, error: unknown): void {
    const event = { type: 'failed', error: asWireError(error), lineId } as const;
    if (JSON.stringify(this.#open.get(place)) === JSON.stringify(event)) return;
    this.#open.set(place, event);
    this.#tell(event);
  }

  /** Of several, those that stay are told again. */
  clear(place: string): void {
    if (!this.#open.delete(place)) return;
    this.#tell({ type: 'recovered' });
    for (const event of this.#open.values()) this.#tell(event);
  }
}
