/**
 * Every failure a person can meet: a code, words in each language, and what to do next.
 * The words live beside this file, one catalogue an area; `{name}` in them is filled from the error's params.
 */
import { broadcastErrors } from './broadcast.ts';
import { bundleErrors } from './bundle.ts';
import { cloudErrors } from './cloud.ts';
import { commandErrors } from './command.ts';
import { exportErrors } from './exports.ts';
import { hostErrors } from './host.ts';
import { lipErrors } from './lips.ts';
import { liveErrors } from './live.ts';
import { mediaErrors } from './media.ts';
import { modelFileErrors } from './model-files.ts';
import { modelErrors } from './models.ts';
import { portraitErrors } from './portrait.ts';
import { scriptErrors } from './script.ts';
import { scriptImportErrors } from './script-import.ts';
import { sessionErrors } from './session.ts';
import { speechErrors } from './speech.ts';
import { stageErrors } from './stage.ts';
import { storageErrors } from './storage.ts';

export type Locale = 'en' | 'zh-CN';
export interface ErrorWords {
  message: string;
  hint: string;
}
export type ErrorCatalogue = Record<string, Record<Locale, ErrorWords>>;

const catalogue = {
  ...broadcastErrors,
  ...bundleErrors,
  ...cloudErrors,
  ...commandErrors,
  ...exportErrors,
  ...hostErrors,
  ...lipErrors,
  ...liveErrors,
  ...mediaErrors,
  ...modelErrors,
  ...modelFileErrors,
  ...portraitErrors,
  ...scriptErrors,
  ...scriptImportErrors,
  ...sessionErrors,
  ...speechErrors,
  ...stageErrors,
  ...storageErrors,
} satisfies ErrorCatalogue;

export type ErrorCode = keyof typeof catalogue;
export type ErrorParams = Readonly<Record<string, string | number>>;

/** A failure with a face. `message` is the English wording; the UI asks {@link describeError} for the person's language. */
export class StudioError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly retryable: boolean;
  constructor(code: ErrorCode, params: ErrorParams = {}, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(fill(catalogue[code].en.message, params), options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'StudioError';
    this.code = code;
    this.params = params;
    this.retryable = options.retryable ?? false;
  }
}

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

/** What went wrong and what to do, in the person's language. */
export function describeError(error: { code: ErrorCode; params: ErrorParams }, locale: Locale): ErrorWords {
  const words = catalogue[error.code][locale];
  return { message: fill(words.message, error.params), hint: fill(words.hint, error.params) };
}

export const ERROR_CODES = Object.keys(catalogue) as ErrorCode[];
export const errorCatalogue: Record<ErrorCode, Record<Locale, ErrorWords>> = catalogue;
