/** Everything a command says: results on stdout, everything else on stderr; with --json one object on stdout and no more. */
import { describeError, type ErrorCode, type Locale, type StudioError } from '../../app/errors/index.ts';

export interface Told {
  code: ErrorCode;
  message: string;
  hint: string;
}

export interface CommandConsole {
  readonly locale: Locale;
  readonly json: boolean;
  /** No progress, no remarks; warnings and errors stay. */
  readonly quiet: boolean;
  /** In the person's language: `words({ en: 'Done', zh: '完成' })`. */
  words(both: { en: string; zh: string }): string;
  /** A line of the result, for people; nothing with --json. */
  print(line: string): void;
  /** A piece of the result as it comes, without a line's end; nothing with --json. */
  stream(text: string): void;
  /** A piece of what goes beside it, on stderr; nothing with --json or --quiet. */
  aside(text: string): void;
  /** A remark on stderr; nothing with --json or --quiet. */
  note(line: string): void;
  /** On stderr, and kept for the JSON result. */
  warn(warning: StudioError): void;
  readonly warnings: readonly Told[];
  tell(error: StudioError): Told;
  error(errors: readonly StudioError[]): void;
  /** The JSON object; nothing without --json. */
  result(object: Record<string, unknown>): void;
}

export interface ConsoleOptions {
  locale: Locale;
  json: boolean;
  quiet: boolean;
}

/** No escape sequence that a file name or a text brings along reaches the terminal. */
const harmless = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]/gu, (control) => `\\x${control.codePointAt(0)!.toString(16).padStart(2, '0')}`);

const ERRORS_SHOWN = 10;

export function createConsole({ locale, json, quiet }: ConsoleOptions): CommandConsole {
  const warnings: Told[] = [];
  const isChinese = locale === 'zh-CN';
  const stderr = (line: string): void => {
    process.stderr.write(`${harmless(line)}\n`);
  };
  const tell = (error: StudioError): Told => ({ code: error.code, ...describeError(error, locale) });
  return {
    locale,
    json,
    quiet,
    warnings,
    tell,
    words: ({ en, zh }) => (isChinese ? zh : en),
    print(line) {
      if (!json) process.stdout.write(`${harmless(line)}\n`);
    },
    stream(text) {
      if (!json) process.stdout.write(harmless(text));
    },
    aside(text) {
      if (!json && !quiet) process.stderr.write(harmless(text));
    },
    note(line) {
      if (!json && !quiet) stderr(line);
    },
    warn(warning) {
      const told = tell(warning);
      warnings.push(told);
      stderr(`${isChinese ? '注意' : 'warning'}: ${told.message}\n  ${told.hint}`);
    },
    error(errors) {
      for (const each of errors.slice(0, ERRORS_SHOWN)) {
        const { message, hint } = tell(each);
        stderr(`${isChinese ? '错误' : 'error'}: ${message}\n  ${hint}`);
      }
      const more = errors.length - ERRORS_SHOWN;
      if (more > 0) stderr(isChinese ? `……另有 ${more} 处错误` : `… and ${more} more`);
    },
    result(object) {
      if (json) process.stdout.write(`${JSON.stringify(object)}\n`);
    },
  };
}
