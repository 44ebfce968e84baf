/**
 * A show's log on disk, one JSON object a line: each utterance's way, each burst of late frames with what was going on, and what befell
 * the processes. Rotated by size: `trace.jsonl` is the newest, `trace.4.jsonl` the oldest. What cannot be written is lost; a full disk
 * is no reason for a show to stop.
 */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { appendFile, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UtteranceTrace } from '../../../app/live/protocol.ts';

/** Frames `fromFrame`..`toFrame` of a session's count in which some came late. */
export interface LateBurst {
  fromFrame: number;
  toFrame: number;
  fromStreamMs: number;
  toStreamMs: number;
  /** Those that no encoder was given are among them. */
  lateFrames: number;
  /** Logs of before do not say. */
  skippedFrames?: number;
  /** The worst of its seconds. */
  renderAheadLeast: number;
  encoderQueueMost: number;
  encoderSpeedLeast: number | null;
  cpuPercentMost: number;
  fpsInLeast: number;
  stalls: number;
  step: number;
  saying: string | null;
}

export type TraceEntry = { atWallMs: number } & (
  | { type: 'utterance'; utterance: UtteranceTrace }
  | { type: 'late'; burst: LateBurst }
  | { type: 'event'; what: string; streamMs: number | null; detail: string }
  | { type: 'printed'; by: string; text: string }
);
export type TraceNote = TraceEntry extends infer E ? (E extends TraceEntry ? Omit<E, 'atWallMs'> : never) : never;

export interface TraceLog {
  readonly path: string;
  write(note: TraceNote): void;
  /** Resolves when everything written so far is on its way to the disk. */
  flushed(): Promise<void>;
}

const MOST_BYTES = 8 * 1024 * 1024;
const FILES = 5;
/** Lines waiting for a slow disk; beyond, the newest are dropped and counted. */
const MOST_WAITING = 5_000;

/** Where a show's logs lie. Names of projects may hold anything, so it is named by a hash of the id where it must. */
export const liveFolder = (dataDir: string, projectId: string): string =>
  join(
    dataDir,
    'live',
    /^[\w-]{1,64}$/.test(projectId) ? projectId : createHash('sha256').update(projectId).digest('hex').slice(0, 32),
  );

const fileOf = (folder: string, index: number): string =>
  join(folder, index === 0 ? 'trace.jsonl' : `trace.${index}.jsonl`);

export function openTraceLog(
  folder: string,
  clean: (text: string) => string,
  { mostBytes = MOST_BYTES }: { mostBytes?: number } = {},
): TraceLog {
  const path = fileOf(folder, 0);
  let waiting: string[] = [];
  let dropped = 0;
  let bytes: number | null = null;
  let turn: Promise<void> = Promise.resolve();
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    // told by whoever needs the folder for more
  }
  const drain = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    const text = `${lines.join('\n')}\n`;
    try {
      bytes ??= await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      if (bytes > 0 && bytes + text.length > mostBytes) {
        for (let index = FILES - 1; index > 0; index--)
          await rename(fileOf(folder, index - 1), fileOf(folder, index)).catch(() => {});
        bytes = 0;
      }
      await appendFile(path, text, { mode: 0o600 });
      bytes += Buffer.byteLength(text);
    } catch {
      bytes = null;
    }
  };
  return {
    path,
    write(note) {
      if (waiting.length >= MOST_WAITING) {
        dropped += 1;
        return;
      }
      const line = clean(JSON.stringify({ atWallMs: Date.now(), ...note, ...(dropped > 0 && { dropped }) }));
      dropped = 0;
      waiting.push(line);
      if (waiting.length === 1) turn = turn.then(drain);
    },
    flushed: () => turn,
  };
}

/** Oldest first; lines cut off by a power cut are passed over. */
export async function readTrace(folder: string): Promise<TraceEntry[]> {
  const entries: TraceEntry[] = [];
  for (let index = FILES - 1; index >= 0; index--) {
    const text = await readFile(fileOf(folder, index), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      try {
        entries.push(JSON.parse(line) as TraceEntry);
      } catch {
        // half a line
      }
    }
  }
  return entries;
}
