/** How much memory a model may still take on this machine, or in this container. */
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';

const CGROUP = '/sys/fs/cgroup';

/**
 * What the system could give now without pushing others out: on Linux what is available (caches can be dropped), at most what the
 * control group leaves; elsewhere what is free.
 */
export function availableBytes(): number {
  return Math.min(freemem(), cgroupLeft() ?? Number.POSITIVE_INFINITY);
}

/** null where there is no limit of a control group (v2: https://docs.kernel.org/admin-guide/cgroup-v2.html#memory). */
function cgroupLeft(): number | null {
  if (process.platform !== 'linux') return null;
  try {
    const limit = readFileSync(`${CGROUP}/memory.max`, 'utf8').trim();
    if (!/^\d+$/.test(limit)) return null;
    const used = Number(readFileSync(`${CGROUP}/memory.current`, 'utf8'));
    // Files read once and not used since count as used, but are given back when wanted.
    const cached = Number(/^inactive_file (\d+)$/m.exec(readFileSync(`${CGROUP}/memory.stat`, 'utf8'))?.[1] ?? 0);
    return Math.max(0, Number(limit) - used + cached);
  } catch {
    return null;
  }
}

/** How often the kernel has killed something of this control group for want of memory; 0 where that is not told. */
export function outOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(`${CGROUP}/memory.events`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
