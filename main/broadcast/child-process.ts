/** A child process from its parent's side: forked, listened to, watched, ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { z } from 'zod';

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Nothing was heard of it for {@link SILENCE_MS}, or for {@link STARTING_MS} from its start, so it was killed. */
  hung: boolean;
  /** Its parent wanted it. */
  expected: boolean;
}

export interface ChildHandle<To> {
  readonly pid: number;
  /** What was sent after the child has gone is lost. */
  send(message: To): void;
  /** Ends it in order, or kills it when that takes too long. Resolves when it is gone. Safe to call twice. */
  close(farewell: To, patienceMs?: number): Promise<void>;
  /** At once (SIGKILL). */
  kill(): void;
  readonly exited: Promise<ChildExit>;
}

export interface ChildOptions<From> {
  program: string;
  schema: z.ZodType<From>;
  onMessage(message: From): void;
  /** A line that it, or a library of it, printed. May hold secrets. Left out: printed as this process's own. */
  onPrinted?: ((line: string) => void) | undefined;
}

const SILENCE_MS = 5_000;
/** Until its first word: on a machine that is overloaded, loading its program alone takes seconds. */
const STARTING_MS = 20_000;
const CHECK_MS = 1_000;
const FAREWELL_MS = 8_000;
const LONGEST_LINE = 4_000;

/** Every line of a child's stderr, of bounded length. */
export function onLines(stderr: Readable, onLine: (line: string) => void): void {
  const lines = createInterface({ input: stderr });
  lines.on('line', (line) => onLine(line.slice(0, LONGEST_LINE)));
  lines.on('error', () => {});
}

export function startChild<To extends object, From>(options: ChildOptions<From>): ChildHandle<To> {
  const child: ChildProcess = fork(options.program, [], {
    // What libraries print must not come between the parent's lines; a fall is told on stderr.
    stdio: ['ignore', 'ignore', options.onPrinted === undefined ? 'inherit' : 'pipe', 'ipc'],
    execArgv: [],
    // Names that do not resolve hold a thread each for seconds; files are written on the same threads.
    env: { ...process.env, UV_THREADPOOL_SIZE: '24' },
  });
  if (child.stderr !== null && options.onPrinted !== undefined) onLines(child.stderr, options.onPrinted);
  const exited = Promise.withResolvers<ChildExit>();
  let hung = false;
  let expected = false;
  let silenceMs = STARTING_MS;
  let heardMs = performance.now();
  let checkedMs = heardMs;
  const watch = setInterval(() => {
    const nowMs = performance.now();
    // After a sleep of the whole machine, or of this process, the child gets its time anew.
    if (nowMs - checkedMs > 2 * CHECK_MS) heardMs = nowMs;
    checkedMs = nowMs;
    if (nowMs - heardMs > silenceMs) {
      hung = true;
      child.kill('SIGKILL');
    }
  }, CHECK_MS);
  watch.unref();
  child.on('message', (raw: unknown) => {
    heardMs = performance.now();
    silenceMs = SILENCE_MS;
    const parsed = options.schema.safeParse(raw);
    if (parsed.success) options.onMessage(parsed.data);
  });
  const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
    clearInterval(watch);
    exited.resolve({ code, signal, hung, expected });
  };
  child.once('exit', gone);
  child.on('error', () => {
    if (child.pid === undefined) gone(null, null);
  });
  const send = (message: To): void => {
    if (child.connected) child.send(message, () => {});
  };
  return {
    pid: child.pid ?? -1,
    send,
    async close(farewell, patienceMs = FAREWELL_MS) {
      expected = true;
      send(farewell);
      const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exited.promise;
      clearTimeout(kill);
    },
    kill() {
      child.kill('SIGKILL');
    },
    exited: exited.promise,
  };
}
