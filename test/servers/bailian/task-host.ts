/** What a task of the run-task protocol has of its line, and how its parameters are read. */
import type { BailianContext } from './context.ts';
import { Refused } from './refusal.ts';
import type { Outlet, Patience } from './socket-outlet.ts';

export type Fields = Record<string, unknown>;

/** What a task has of the line it runs on. */
export interface TaskHost {
  readonly context: BailianContext;
  readonly outlet: Outlet;
  /** Fires once nothing was sent for so long. */
  readonly patience: Patience;
  readonly model: string;
  readonly parameters: Fields;
  readonly input: Fields;
  /** A result-generated frame. */
  result(output: Fields, usage: Fields | null): object;
  finished(payload: Fields): void;
  failed(code: string, message: string): void;
}

export interface Task {
  /** Called when the client has been told that the task runs. */
  begin(): void;
  audio(bytes: Buffer): void;
  /** @throws Refused */
  continue(input: Fields): void;
  /** @throws Refused */
  finish(input: Fields): void;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asFields = (value: unknown): Fields => (isFields(value) ? value : {});
export const invalid = (message: string, isNamed = false): Refused =>
  new Refused(400, 'InvalidParameter', isNamed ? `InvalidParameter: ${message}` : message);
export const missing = (name: string): Refused =>
  new Refused(400, 'InvalidParameter', `Missing required parameter '${name}'! Please follow the protocol!`);

/** A number in range, or the default where it is not given. */
export function numberOf(parameters: Fields, name: string, usual: number, low: number, high: number): number {
  const value = parameters[name];
  if (value === undefined || value === null) return usual;
  if (typeof value !== 'number' || !(value >= low && value <= high))
    throw invalid(`${name} should be in [${low}, ${high}]`);
  return value;
}

export function flagOf(parameters: Fields, name: string): boolean {
  const value = parameters[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalid(`${name} should be a boolean`);
  return value;
}

/** Of the sounds a vendor makes, what this one makes too; `usual` where it is not said. */
export function formatOf(parameters: Fields, known: readonly string[], usual: string): 'pcm' | 'wav' {
  const format = parameters.format ?? usual;
  if (typeof format !== 'string' || !known.includes(format)) throw invalid(`format ${String(format)} is not supported`);
  if (format !== 'pcm' && format !== 'wav')
    throw new Refused(
      400,
      'UNSUPPORTED_FORMAT',
      `UNSUPPORTED_FORMAT: this local server makes pcm and wav, not ${format}`,
    );
  return format;
}

export function rateOf(parameters: Fields, known: readonly number[], usual: number): number {
  const rate = parameters.sample_rate ?? usual;
  if (typeof rate !== 'number' || !known.includes(rate)) throw invalid(`sample_rate ${String(rate)} is not supported`);
  return rate;
}
