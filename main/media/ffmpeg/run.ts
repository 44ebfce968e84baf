import { spawn } from 'node:child_process';

export interface CaptureOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Written to stdin, which is then closed. */
  input?: Uint8Array;
  /** Bytes of stdout and of stderr kept (the first ones); default 4 MiB. */
  maxBytes?: number;
}

export interface Captured {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  /** The reason it could not be started (ENOENT, EACCES, …), else undefined. */
  startError: NodeJS.ErrnoException | undefined;
  stdout: Buffer;
  stderr: string;
}

/** Runs a short command to its end. Rejects only when aborted; a time-out kills it and says so. */
export function runCaptured(path: string, args: readonly string[], options: CaptureOptions): Promise<Captured> {
  const { timeoutMs, signal, input, maxBytes = 4 << 20 } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const child = spawn(path, args, { stdio: 'pipe', windowsHide: true, env: { ...process.env, LC_ALL: 'C' } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let startError: NodeJS.ErrnoException | undefined;
    let timedOut = false;
    collect(child.stdout, stdout, maxBytes);
    collect(child.stderr, stderr, maxBytes);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const onAbort = (): void => {
      child.kill('SIGKILL');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (exitCode: number | null, exitSignal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      resolve({
        exitCode,
        signal: exitSignal,
        timedOut,
        startError,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      startError ??= error;
      if (child.pid === undefined) settle(null, null);
    });
    child.once('close', settle);
    child.stdin.on('error', () => {}); // it may end before reading all of its input; the exit code tells
    child.stdin.end(input);
  });
}

function collect(stream: NodeJS.ReadableStream, into: Buffer[], maxBytes: number): void {
  let total = 0;
  stream.on('data', (chunk: Buffer) => {
    if (total >= maxBytes) return; // keep draining, so that the child is never blocked
    total += chunk.length;
    into.push(chunk);
  });
}
