/** What this machine can carry, measured: memory as the system (or its container) leaves it, disk, and how fast memory is read. */

import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { ModelEntry } from '../../app/models/manifest.ts';

export interface Machine {
  cores: number;
  /** What this process may use at most, and what is free of it now. */
  memoryBytes: number;
  freeMemoryBytes: number;
  freeDiskBytes: number | null;
  /** Of one core reading memory in order: what a language model's speed follows from. */
  readBytesPerS: number;
}

/** `tight`: it fits if nothing else wants memory. */
export type Fit = 'fits' | 'tight' | 'too-large' | 'no-disk';

const SAMPLE_BYTES = 64 * 1024 * 1024;
const PASSES = 3;
/** Left for the studio itself, which speaks and draws meanwhile. */
const STUDIO_BYTES = 700 * 1024 * 1024;

/** Some tens of milliseconds. */
export async function measureMachine(folder: string): Promise<Machine> {
  await mkdir(folder, { recursive: true }).catch(() => {});
  const disk = await statfs(folder).catch(() => null);
  const limit = process.constrainedMemory();
  const total = totalmem();
  return {
    cores: availableParallelism(),
    memoryBytes: limit > 0 && limit < total ? limit : total,
    freeMemoryBytes: process.availableMemory(),
    freeDiskBytes: disk === null ? null : disk.bavail * disk.bsize,
    readBytesPerS: speed(),
  };
}

let measured: number | null = null;
/** Once a process: memory stays what it is. */
function speed(): number {
  measured ??= readSpeed();
  return measured;
}

function readSpeed(): number {
  const source = new Uint8Array(SAMPLE_BYTES).fill(7);
  const target = new Uint8Array(SAMPLE_BYTES);
  let best = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const startMs = performance.now();
    target.set(source);
    best = Math.max(best, SAMPLE_BYTES / ((performance.now() - startMs) / 1000));
  }
  return Math.round(best);
}

/** @param downloadBytes what is yet to come of it; null where that is not known */
export function fitOf({ memoryBytes }: ModelEntry, machine: Machine, downloadBytes: number | null): Fit {
  if (memoryBytes + STUDIO_BYTES > machine.memoryBytes) return 'too-large';
  if (downloadBytes !== null && machine.freeDiskBytes !== null && downloadBytes > machine.freeDiskBytes)
    return 'no-disk';
  return memoryBytes > machine.freeMemoryBytes ? 'tight' : 'fits';
}

/** Each token reads the whole model once: at most so many a second by what was measured; null for what does not work so. */
export function tokensPerS(entry: ModelEntry, fileBytes: number | null, machine: Machine): number | null {
  if (entry.task !== 'llm' || fileBytes === null || fileBytes === 0) return null;
  return machine.readBytesPerS / fileBytes;
}
