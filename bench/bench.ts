/** What every bench is: a name, its options, and a run that ends in figures. */
import type { Studio } from '../main/compose.ts';
import type { Figure } from './figures.ts';

export interface BenchOption {
  /** Stands for the value in the help: `FILE`. */
  value: string;
  about: string;
}

export interface BenchRun {
  /** Of {@link Bench.options}, as typed; absent ones are undefined. */
  options: Readonly<Record<string, string | undefined>>;
  /** A studio whose data and caches are empty and go with the bench. */
  studio: Studio;
  /** An empty folder that goes with the bench. */
  scratchDir: string;
  signal: AbortSignal;
  /** What is going on, for people; never on stdout. */
  say(line: string): void;
}

export interface Bench {
  name: string;
  /** One line. */
  about: string;
  options: Readonly<Record<string, BenchOption>>;
  /** @throws UsageError for an option that makes no sense; anything else is a bench that could not be done */
  run(run: BenchRun): Promise<Figure[]>;
}

/** The command line is wrong, not the machine. */
export class UsageError extends Error {}

/** @throws UsageError */
export function numberOption(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0)) throw new UsageError(`--${name} needs a number above 0, not ${text}`);
  return value;
}
