/** A session's process from the supervisor's side: forked, watched, spoken with, ended together with its encoder. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onLines } from '../../broadcast/child-process.ts';
import { type SessionReply, type SessionRequest, sessionReplySchema } from '../session/messages.ts';

export interface SessionProcess {
  readonly pid: number;
  /** What was sent after it has gone is lost. */
  send(request: SessionRequest): void;
  /** Resolves when it is gone, with how it ended in a word or two. */
  readonly exited: Promise<string>;
  /** At once, with all that it started. */
  kill(): void;
}

export interface SessionProcessOptions {
  onReply(reply: SessionReply): void;
  /** A line that it printed. Not redacted. */
  onPrinted(line: string): void;
  /** Of another session than the studio's own: for tests. */
  program?: string | undefined;
}

const PROGRAM = fileURLToPath(new URL('../session/process.ts', import.meta.url));
/** Before its first word: a portrait may have to be prepared first. */
const FIRST_WORD_MS = 60_000;
export const SILENCE_MS = 5_000;
const CHECK_MS = 500;
/** A group of its own: a terminal's Ctrl-C reaches neither it nor its encoder, and both can be killed with one blow. */
const OWN_GROUP = process.platform !== 'win32';

/**
 * Memory that holds nothing must not grow over days. V8 widens the space for young objects of every thread to 64 MB and more
 * and seldom narrows it: 4 MB are enough for objects that live for a few frames. glibc keeps what was freed in one arena per
 * thread, and raises the size from which a block is given back on its own to that of the largest block freed (mallopt(3)):
 * few arenas, a fixed size. Other systems' allocators read neither.
 */
const LEVEL_YOUNG_SPACE = ['--max-semi-space-size=4'];
const LEVEL_MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };

export function startSessionProcess({ onReply, onPrinted, program = PROGRAM }: SessionProcessOptions): SessionProcess {
  const child: ChildProcess = fork(program, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: LEVEL_YOUNG_SPACE,
    env: { ...process.env, ...LEVEL_MALLOC },
    detached: OWN_GROUP,
    windowsHide: true,
  });
  const exited = Promise.withResolvers<string>();
  const kill = (): void => {
    try {
      if (OWN_GROUP && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // gone already
    }
  };
  let hung = false;
  let heardMs = performance.now();
  let patienceMs = FIRST_WORD_MS;
  let checkedMs = heardMs;
  const watch = setInterval(() => {
    const nowMs = performance.now();
    // This process stood still itself (a laptop's sleep): the child gets its time anew.
    if (nowMs - checkedMs > 3 * CHECK_MS) heardMs = nowMs;
    checkedMs = nowMs;
    if (nowMs - heardMs <= patienceMs) return;
    hung = true;
    kill();
  }, CHECK_MS);
  watch.unref();
  child.on('message', (raw: unknown) => {
    heardMs = performance.now();
    patienceMs = SILENCE_MS;
    const parsed = sessionReplySchema.safeParse(raw);
    if (parsed.success) onReply(parsed.data);
    else
      onPrinted(`a message that is none: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
  });
  if (child.stderr !== null) onLines(child.stderr, onPrinted);
  let settled = false;
  const gone = (detail: string): void => {
    if (settled) return;
    settled = true;
    clearInterval(watch);
    // What it started and left behind, such as its encoder.
    kill();
    exited.resolve(hung ? `silent for ${patienceMs / 1000} s` : detail);
  };
  child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
  child.on('error', (error) => {
    if (child.pid === undefined) gone(error.message);
  });
  return {
    pid: child.pid ?? -1,
    send(request) {
      if (child.connected) child.send(request, () => {});
    },
    exited: exited.promise,
    kill,
  };
}
