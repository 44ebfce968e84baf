/** What ends a command, as exit codes and as words. */
import { suggestion } from '../../app/errors/did-you-mean.ts';
import { type ErrorCode, type ErrorParams, StudioError } from '../../app/errors/index.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The command line itself is wrong: nothing was begun. */
export class UsageFault extends Error {
  readonly error: StudioError;
  constructor(error: StudioError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

/** Several things are wrong at once, such as the mistakes of a script. */
export class ManyFaults extends Error {
  readonly errors: readonly StudioError[];
  constructor(errors: readonly StudioError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** The reason that an interrupted command's signal is aborted with. */
export class Interrupted extends Error {
  /** By the system (a service manager, a shutdown), not by a person at a keyboard. */
  readonly bySystem: boolean;
  constructor({ bySystem = false }: { bySystem?: boolean } = {}) {
    super('interrupted');
    this.name = 'AbortError';
    this.bySystem = bySystem;
  }
}

export const usage = (code: ErrorCode, params: ErrorParams = {}): UsageFault =>
  new UsageFault(new StudioError(code, params));

export interface Allowed {
  en: string;
  zh: string;
  /** What is compared for "did you mean". */
  words?: readonly string[];
}

export const oneOf = (words: readonly string[]): Allowed => ({
  en: `one of: ${words.join(', ')}`,
  zh: `以下之一：${words.join('、')}`,
  words,
});

export function badValue(option: string, value: string, { en, zh, words = [] }: Allowed): UsageFault {
  const shown = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return usage('command.bad-value', { option, value: shown, allowed: en, allowedZh: zh, ...suggestion(value, words) });
}

/** The words of any failure, the first being the one to name. */
export async function faultsOf(error: unknown): Promise<readonly StudioError[]> {
  if (error instanceof UsageFault) return [error.error];
  if (error instanceof ManyFaults) return error.errors;
  if (error instanceof StudioError) return [error];
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    const { asStorageError } = await import('../files/failures.ts');
    const told = asStorageError(error, 'path' in error ? String(error.path) : String(error.syscall));
    if (told instanceof StudioError) return [told];
  }
  const detail = error instanceof Error ? error.message || error.name : String(error);
  return [new StudioError('command.internal', { detail }, { cause: error })];
}
