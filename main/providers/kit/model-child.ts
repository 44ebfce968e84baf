/** One run of a model process, from its parent's side: forked, probed, listened to, killed when it is silent. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromModelChild, ToModelChild } from '../../../native-models/kit/protocol.ts';
import { outOfMemoryKills } from './free-memory.ts';

export interface ModelChildOptions {
  program: URL;
  /** Told to the program as its only argument: one that died before may be more careful. */
  deathsBefore: number;
  /** Nothing was heard of it for so long: it is killed. */
  silenceMs: number;
  /** The same from its start to its first word. */
  startMs: number;
  onMessage(message: FromModelChild): void;
}

export interface ModelDeath {
  /** In few words. */
  detail: string;
  outOfMemory: boolean;
}

export interface ModelChild {
  readonly pid: number;
  /** What it is told after its end is lost. */
  send(message: ToModelChild): void;
  kill(why: string): void;
  /** While `true`, this process does not end before it. */
  hold(busy: boolean): void;
  /** In order; killed when that takes too long. Resolves when it is gone. */
  end(): Promise<void>;
  readonly exited: Promise<ModelDeath>;
}

const CHECK_MS = 500;
const FAREWELL_MS = 2_000;
/** V8, glibc and ggml say so on their last line. */
const LAST_WORDS_OF_MEMORY = /out of memory|bad_alloc|failed to allocate|cannot allocate/i;

export function startModelChild(options: ModelChildOptions): ModelChild {
  const killsBefore = outOfMemoryKills();
  const child: ChildProcess = fork(fileURLToPath(options.program), [String(options.deathsBefore)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  const exited = Promise.withResolvers<ModelDeath>();
  let killed: string | null = null;
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  let silenceMs = options.startMs;
  let heardMs = performance.now();
  let checkedMs = heardMs;
  const watch = setInterval(() => {
    const nowMs = performance.now();
    // After a sleep of the machine, or while this process itself was busy, the child gets its time anew.
    if (nowMs - checkedMs > 3 * CHECK_MS) heardMs = nowMs;
    checkedMs = nowMs;
    if (nowMs - heardMs > silenceMs) kill(`silent for ${Math.round(silenceMs / 1000)} s`);
  }, CHECK_MS).unref();
  const kill = (why: string): void => {
    killed ??= why;
    child.kill('SIGKILL');
  };
  child.on('message', (message: FromModelChild) => {
    heardMs = performance.now();
    silenceMs = options.silenceMs;
    options.onMessage(message);
  });
  const gone = (detail: string): void => {
    clearInterval(watch);
    const outOfMemory = LAST_WORDS_OF_MEMORY.test(lastWords) || (killed === null && outOfMemoryKills() > killsBefore);
    exited.resolve({ detail: killed ?? detail, outOfMemory });
  };
  child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
  child.on('error', (error) => {
    if (child.pid === undefined) gone(error.message);
  });
  const hold = (busy: boolean): void => {
    for (const each of [child, child.channel, child.stderr as { ref?(): void; unref?(): void } | null])
      if (busy) each?.ref?.();
      else each?.unref?.();
  };
  // Whoever has nothing to ask of it may end without it; its channel closes then, and it ends too.
  hold(false);
  return {
    pid: child.pid ?? -1,
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
    kill,
    hold,
    async end() {
      if (child.connected) child.send({ type: 'bye' } satisfies ToModelChild, () => undefined);
      else child.kill('SIGKILL');
      hold(true);
      const timer = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
      await exited.promise;
      clearTimeout(timer);
    },
    exited: exited.promise,
  };
}
