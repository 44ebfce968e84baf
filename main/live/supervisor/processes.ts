/** Memory and CPU of a show's processes and of what they started. On Linux from /proc; elsewhere only this process is known. */
import { readdir, readFile } from 'node:fs/promises';
import type { ProcessFigures } from '../../../app/live/health.ts';

export interface ProcessMeter {
  /** Since the reading before this one; the first gives 0 % of CPU. */
  read(named: readonly { name: string; pid: number }[]): Promise<ProcessFigures[]>;
}

/** `USER_HZ`, which the kernel shows all programs as 100 on every architecture that Node runs on. */
const TICKS_PER_S = 100;
const MIB = 1024 * 1024;

export function createProcessMeter(): ProcessMeter {
  let before = new Map<number, number>();
  let beforeMs = performance.now();
  return {
    async read(named) {
      const nowMs = performance.now();
      const found = process.platform === 'linux' ? await ofLinux(named) : ofThis(named);
      const passedS = Math.max(0.001, (nowMs - beforeMs) / 1000);
      const figures = found.map(({ name, pid, rssMb, cpuS }) => ({
        ...{ name, pid, rssMb },
        cpuPercent: before.has(pid) ? Math.max(0, ((cpuS - before.get(pid)!) / passedS) * 100) : 0,
      }));
      before = new Map(found.map(({ pid, cpuS }) => [pid, cpuS]));
      beforeMs = nowMs;
      return figures;
    },
  };
}

interface Reading {
  name: string;
  pid: number;
  rssMb: number;
  cpuS: number;
}

function ofThis(named: readonly { name: string; pid: number }[]): Reading[] {
  const own = named.find(({ pid }) => pid === process.pid);
  const { user, system } = process.cpuUsage();
  return own === undefined ? [] : [{ ...own, rssMb: process.memoryUsage.rss() / MIB, cpuS: (user + system) / 1e6 }];
}

/** What a named process started is counted as its own, but for an encoder, which has a name. */
async function ofLinux(named: readonly { name: string; pid: number }[]): Promise<Reading[]> {
  const all = await readProcesses();
  const names = new Map(named.map(({ name, pid }) => [pid, name]));
  const childrenOf = new Map<number, number[]>();
  for (const [pid, { parent }] of all) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  const readings: Reading[] = [];
  const take = async (pid: number, name: string): Promise<void> => {
    const stat = all.get(pid);
    if (stat === undefined) return;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const rssMb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    readings.push({ name, pid, rssMb, cpuS: stat.ticks / TICKS_PER_S });
    for (const child of childrenOf.get(pid) ?? []) {
      if (names.has(child)) continue;
      // Of this process only the named children are the show's: it may be a studio that does other work too.
      if (pid === process.pid) continue;
      await take(child, all.get(child)?.command.includes('ffmpeg') ? `${name}-ffmpeg` : name);
    }
  };
  for (const [pid, name] of names) await take(pid, name);
  return readings;
}

interface Stat {
  parent: number;
  command: string;
  ticks: number;
}

async function readProcesses(): Promise<Map<number, Stat>> {
  const all = new Map<number, Stat>();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
      if (text === null) return;
      // proc(5): the command stands in brackets and may hold any character; what follows are state, ppid …
      const end = text.lastIndexOf(')');
      const rest = text.slice(end + 2).split(' ');
      all.set(Number(pid), {
        parent: Number(rest[1]),
        command: text.slice(text.indexOf('(') + 1, end),
        ticks: Number(rest[11]) + Number(rest[12]),
      });
    }),
  );
  return all;
}
