/** A process and all that it started, from Linux's /proc: who they are, and what memory, CPU and handles they have. */
import { readdirSync, readFileSync } from 'node:fs';
import { median } from './figures.ts';

export type Role = 'supervisor' | 'session' | 'encoder' | 'hub' | 'publisher' | 'other';
export interface RunningProcess {
  pid: number;
  role: Role;
  /** In the kernel's ticks since boot: with the pid, the process's name. */
  began: string;
  cpuS: number;
  rssMb: number;
  handles: number;
}

/** `USER_HZ`, which the kernel shows all programs as 100. */
const TICKS_PER_S = 100;

/** The process first; empty where it is gone, or only waits to be buried. */
export function readTree(root: number): RunningProcess[] {
  const all = new Map<number, { parent: number; fields: string[] }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const text = read(`/proc/${name}/stat`);
    // proc(5): the command stands in brackets and may hold any character.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (text !== '' && fields[0] !== 'Z') all.set(Number(name), { parent: Number(fields[1]), fields });
  }
  const found: RunningProcess[] = [];
  const take = (pid: number): void => {
    const process = all.get(pid);
    if (process === undefined) return;
    const { fields } = process;
    found.push({
      ...{ pid, role: roleOf(read(`/proc/${pid}/cmdline`)), began: fields[19]! },
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
      rssMb: Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024,
      handles: count(`/proc/${pid}/fd`),
    });
    for (const [child, { parent }] of all) if (parent === pid) take(child);
  };
  take(root);
  return found;
}

function roleOf(command: string): Role {
  if (command.includes('live-host-child')) return 'supervisor';
  if (command.includes('session/process')) return 'session';
  if (command.includes('hub-child')) return 'hub';
  if (command.includes('publisher-child')) return 'publisher';
  // The stream's own: others decode music or cut recordings.
  return command.includes('pipe:3') ? 'encoder' : 'other';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
function count(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}

export interface Sample {
  atMs: number;
  processes: RunningProcess[];
}

/** CPU of each role between two samples, cores. A process that came or went in between counts with what is known of it. */
export function cpuByRole(before: Sample, after: Sample): Map<Role, number> {
  const seconds = (after.atMs - before.atMs) / 1000;
  const cores = new Map<Role, number>();
  for (const { pid, role, cpuS } of after.processes) {
    const was = before.processes.find((each) => each.pid === pid)?.cpuS ?? 0;
    cores.set(role, (cores.get(role) ?? 0) + (cpuS - was) / seconds);
  }
  return cores;
}

export const rssMb = ({ processes }: Sample, role?: Role): number =>
  processes.filter((each) => role === undefined || each.role === role).reduce((sum, each) => sum + each.rssMb, 0);
export const handles = ({ processes }: Sample): number => processes.reduce((sum, each) => sum + each.handles, 0);

/** By least squares; NaN of fewer than two. */
export function slopePerMinute(points: readonly { atMs: number; value: number }[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [t, v] = [mean(points.map(({ atMs }) => atMs)), mean(points.map(({ value }) => value))];
  let [product, squares] = [0, 0];
  for (const { atMs, value } of points) {
    product += (atMs - t) * (value - v);
    squares += (atMs - t) ** 2;
  }
  return (product / squares) * 60_000;
}

/** How much higher its last quarter lies than its first, by their medians. */
export function growth(values: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  return median(values.slice(-quarter)) - median(values.slice(0, quarter));
}
