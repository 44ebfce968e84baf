/** What a bench says: figures, each with the number asked for, and the machine they were taken on. */
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Studio } from '../main/compose.ts';

/** The number asked for and its direction; both ends make a range, null asks nothing (a figure to know, not to reach). */
export type Bar = { atLeast: number; atMost?: number } | { atMost: number; atLeast?: number } | null;

export interface Figure {
  name: string;
  value: number;
  unit: string;
  bar: Bar;
  /** True where nothing is asked. A value that is not a number holds no bar. */
  holds: boolean;
}

export function figure(name: string, value: number, unit: string, bar: Bar = null): Figure {
  return { name, value: rounded(value), unit, bar, holds: holdsBar(value, bar) };
}

export function holdsBar(value: number, bar: Bar): boolean {
  if (bar === null) return true;
  return value >= (bar.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (bar.atMost ?? Number.POSITIVE_INFINITY);
}

/** Four digits say more than any of these measurements knows. */
const rounded = (value: number): number => Number(value.toPrecision(4));

export interface Machine {
  cpu: string;
  cores: number;
  memoryMb: number;
  /** How many processes wanted a core lately, when the bench began: above `cores`, times say little. null on Windows. */
  load: number | null;
  system: string;
  node: string;
  ffmpeg: { source: string; version: string } | null;
}

export async function describeMachine(studio: Studio, signal: AbortSignal): Promise<Machine> {
  const processors = cpus();
  const ffmpeg = await studio.ffmpeg(signal).catch(() => null);
  signal.throwIfAborted();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryMb: Math.round(totalmem() / 1e6),
    load: platform() === 'win32' ? null : Number(loadavg()[0]!.toFixed(2)),
    system: `${platform()} ${release()}`,
    node: process.version,
    ffmpeg: ffmpeg && { source: ffmpeg.source, version: ffmpeg.version },
  };
}

export interface BenchResult {
  bench: string;
  machine: Machine;
  figures: Figure[];
}

const barWords = (bar: Bar): string =>
  bar === null
    ? ''
    : [
        ...(bar.atLeast === undefined ? [] : [`≥ ${bar.atLeast}`]),
        ...(bar.atMost === undefined ? [] : [`≤ ${bar.atMost}`]),
      ].join(', ');

/** For people: one line a figure, the columns aligned. */
export function asTable({ bench, machine, figures }: BenchResult): string {
  const rows = figures.map(({ name, value, unit, bar, holds }) => [
    bar === null ? ' ' : holds ? '✔' : '✖',
    name,
    String(value),
    unit,
    barWords(bar),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  '),
  );
  const { cpu, cores, memoryMb, load, node, ffmpeg } = machine;
  const encoder = ffmpeg ? `ffmpeg ${ffmpeg.version} (${ffmpeg.source})` : 'no ffmpeg';
  const busy = load === null ? '' : `, load ${load}`;
  return [`${bench}: ${cpu} × ${cores}, ${memoryMb} MB${busy}, Node ${node}, ${encoder}`, ...lines]
    .map((line) => line.trimEnd())
    .join('\n');
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of them lies, between two of them by the straight line; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
