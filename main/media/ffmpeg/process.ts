import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { platform } from 'node:os';
import type { Writable } from 'node:stream';
import type { FfmpegExit } from './failure.ts';
import { type EncodeProgress, progressParser } from './progress.ts';

export interface SupervisedOptions {
  path: string;
  args: readonly string[];
  /** Whether it is fed by write(). */
  stdin: boolean;
  /** Growing files that show life even while no report comes (the faststart pass, slow disks). */
  watchPaths: readonly string[];
  /** With work waiting and no progress for so long, it is killed and its exit says `stalledMs`. */
  stallMs: number;
  onProgress: (progress: EncodeProgress) => void;
}

/** A running ffmpeg. Whoever starts it awaits `exited` or calls kill(). */
export interface SupervisedFfmpeg {
  readonly pid: number | undefined;
  /** Resolves when the operating system has taken all of it; rejects when the pipe is broken (then see `exited`). */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes stdin: it finishes its file and exits. */
  end(): void;
  /** Never rejects. All of its output has been read by then. */
  readonly exited: Promise<FfmpegExit>;
  /** Asks, then kills. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Kills at once, from where nothing can be awaited. */
  killNow(): void;
}

const STDERR_KEPT_CHARS = 16_384;
const KILL_GRACE_MS = 300;
const isWindows = platform() === 'win32';

export function startFfmpeg(options: SupervisedOptions): SupervisedFfmpeg {
  const { path, args, stdin, watchPaths, stallMs, onProgress } = options;
  const child = spawn(path, args, {
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // Its own group: Ctrl-C in the terminal reaches only us, and we decide what becomes of it.
    detached: !isWindows,
    env: { ...process.env, LC_ALL: 'C' },
  });
  // A broken pipe is told by the write that meets it; the event alone must not end our process.
  child.stdin?.on('error', () => {});

  let pendingWork = 0;
  let writes = 0;
  let stalledMs: number | undefined;
  let stderr = '';
  let lastReport = '';
  const parse = progressParser((progress) => {
    lastReport = `${progress.frames} ${progress.outTimeMs} ${progress.bytes}`;
    onProgress(progress);
  });
  child.stdout?.setEncoding('utf8').on('data', parse);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT_CHARS);
  });

  const watchdog = watchForStall({
    stallMs,
    busy: () => pendingWork > 0,
    signsOfLife: async () => `${lastReport} ${(await Promise.all(watchPaths.map(fileState))).join(' ')} ${writes}`,
    onStall: () => {
      stalledMs = stallMs;
      killNow();
    },
  });
  const killNow = (): void => signalGroup(child, 'SIGKILL');
  const exited = untilClosed(child).then(({ exitCode, signal, startError }): FfmpegExit => {
    watchdog.stop();
    forget(killNow);
    child.stdin?.destroy();
    return { exitCode, signal, stderr, startError, stalledMs };
  });
  const track = async (work: Promise<unknown>): Promise<void> => {
    pendingWork += 1;
    try {
      await work;
      writes += 1;
    } finally {
      pendingWork -= 1;
    }
  };
  killWithUs(killNow);
  if (!stdin) void track(exited); // a run that waits for nobody must always make progress

  return {
    pid: child.pid,
    write: (bytes) => track(writeAll(child.stdin, bytes)),
    end: () => {
      child.stdin?.end();
      void track(exited);
    },
    exited,
    kill: async () => {
      signalGroup(child, 'SIGTERM');
      const timer = setTimeout(killNow, KILL_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
    killNow,
  };
}

const writeAll = (pipe: Writable | null, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!pipe) reject(new Error('there is no such pipe'));
    else pipe.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal); // the group, so that a wrapper script takes its ffmpeg along
  } catch {
    child.kill(signal);
  }
}

interface Closed {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  startError?: NodeJS.ErrnoException;
}

/** After 'exit' the pipes normally close at once; one kept open by a process we do not know is not waited for. */
const CLOSE_GRACE_MS = 2000;

const untilClosed = (child: ChildProcess): Promise<Closed> =>
  new Promise((resolve) => {
    child.once('error', (startError) => {
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, startError });
    });
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('exit', (exitCode, signal) => {
      setTimeout(() => resolve({ exitCode, signal }), CLOSE_GRACE_MS).unref();
    });
  });

async function fileState(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info ? `${info.size}:${info.mtimeMs}` : '-';
}

const killedWithUs = new Set<() => void>();

/** For process.exit() with an ffmpeg running. When we are killed outright, the end of its pipes ends it. */
function killWithUs(killNow: () => void): void {
  if (killedWithUs.size === 0) process.on('exit', killAll);
  killedWithUs.add(killNow);
}

function forget(killNow: () => void): void {
  killedWithUs.delete(killNow);
  if (killedWithUs.size === 0) process.off('exit', killAll);
}

function killAll(): void {
  for (const killNow of killedWithUs) killNow();
}

/** Counts its own ticks instead of reading a clock, so that a laptop's sleep is not taken for a stall. */
function watchForStall(watch: {
  stallMs: number;
  busy: () => boolean;
  signsOfLife: () => Promise<string>;
  onStall: () => void;
}): { stop: () => void } {
  const tickMs = Math.max(10, Math.min(1000, watch.stallMs / 10));
  let quietTicks = 0;
  let last = '';
  const timer = setInterval(() => {
    if (!watch.busy()) {
      quietTicks = 0;
      return;
    }
    quietTicks += 1;
    void watch.signsOfLife().then((now) => {
      if (now !== last) quietTicks = 0;
      last = now;
    });
    if (quietTicks * tickMs < watch.stallMs) return;
    clearInterval(timer);
    watch.onStall();
  }, tickMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
