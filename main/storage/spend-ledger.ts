/**
 * What the cloud has cost, a file a day in the data folder (`spend/2026-11-22.jsonl`), a line a request: every process of the studio adds
 * to it, so that the budget of the day is one for all.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SpendLedger } from '../../app/policy/budget.ts';

interface Day {
  bytes: number;
  /** What of the last line was read so far. */
  rest: string;
  spent: Map<string, number>;
}

export function openSpendLedger(dataDir: string): SpendLedger {
  const folder = join(dataDir, 'spend');
  const days = new Map<string, Day>();
  const pathOf = (day: string): string => join(folder, `${day}.jsonl`);

  /** Only what was added since it was last read. */
  const read = (day: string): Day => {
    const known = days.get(day) ?? { bytes: 0, rest: '', spent: new Map<string, number>() };
    if (!days.has(day)) {
      days.clear();
      days.set(day, known);
    }
    const size = statSync(pathOf(day), { throwIfNoEntry: false })?.size ?? 0;
    if (size <= known.bytes) return known;
    const bytes = Buffer.alloc(size - known.bytes);
    const file = openSync(pathOf(day), 'r');
    try {
      known.bytes += readSync(file, bytes, 0, bytes.length, known.bytes);
    } finally {
      closeSync(file);
    }
    const lines = (known.rest + bytes.toString('utf8')).split('\n');
    known.rest = lines.pop() ?? '';
    for (const line of lines) {
      const entry = parse(line);
      if (entry) known.spent.set(entry.provider, (known.spent.get(entry.provider) ?? 0) + entry.yuan);
    }
    return known;
  };

  return {
    spentYuan(day) {
      try {
        return Object.fromEntries(read(day).spent);
      } catch {
        return {};
      }
    },
    add(day, provider, yuan) {
      try {
        mkdirSync(folder, { recursive: true });
        appendFileSync(pathOf(day), `${JSON.stringify({ provider, yuan: Number(yuan.toPrecision(6)) })}\n`);
      } catch {
        // A full disk must not take the voice away; what was spent is then known to this process alone.
        const { spent } = days.get(day) ?? { spent: null };
        spent?.set(provider, (spent.get(provider) ?? 0) + yuan);
      }
    },
  };
}

function parse(line: string): { provider: string; yuan: number } | null {
  try {
    const { provider, yuan } = JSON.parse(line) as Record<string, unknown>;
    return typeof provider === 'string' && typeof yuan === 'number' && Number.isFinite(yuan)
      ? { provider, yuan }
      : null;
  } catch {
    return null;
  }
}
