/** Measurements that need a process of their own. */
import { type ChildProcess, fork } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script of this folder in a fresh Node and gives the one message it sends. What it prints goes to stderr. An abort
 * ends it; it is gone when this settles. `watch` is given the child's process id.
 */
export async function runChild<T>(
  script: URL,
  args: readonly string[],
  signal: AbortSignal,
  watch?: (pid: number) => void,
): Promise<T> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(script), [...args], { stdio: ['ignore', 2, 2, 'ipc'] });
  const onAbort = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (child.pid !== undefined) watch?.(child.pid);
    return await answerOf<T>(child, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function answerOf<T>(child: ChildProcess, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let answer: { value: T } | undefined;
    child.once('message', (message) => {
      answer = { value: message as T };
    });
    child.once('error', reject);
    child.once('exit', (code, killed) => {
      if (signal.aborted) reject(signal.reason);
      else if (answer !== undefined && code === 0) resolve(answer.value);
      else reject(new Error(`the measuring process ended with ${code ?? killed}`));
    });
  });
}

/** In the child: aborted when the process is told to end. */
export function endSignal(): AbortSignal {
  const stop = new AbortController();
  const onEnd = (): void => stop.abort(new DOMException('interrupted', 'AbortError'));
  process.once('SIGINT', onEnd).once('SIGTERM', onEnd).once('disconnect', onEnd);
  return stop.signal;
}

/** In the child: sends the answer and lets the process end. */
export function answer(value: unknown): void {
  process.send!(value, undefined, {}, () => process.disconnect());
}

/**
 * The most memory this process ever had at once, MB. Linux tells it of this very program; elsewhere it is what the system
 * charges the process with.
 */
export async function peakMemoryMb(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kb = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return Number(kb ?? process.resourceUsage().maxRSS) / 1024;
}

/**
 * The memory of a process and all that it started, MB; shared pages count once. null where the system does not tell
 * (anything but Linux).
 */
export async function treeMemoryMb(pid: number): Promise<number | null> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => null);
  const kb = rollup === null ? null : /^Pss:\s*(\d+) kB/m.exec(rollup)?.[1];
  if (kb === undefined || kb === null) return null;
  let total = Number(kb) / 1024;
  for (const child of await childrenOf(pid)) total += (await treeMemoryMb(child)) ?? 0;
  return total;
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
