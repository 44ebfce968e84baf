/**
 * Keeps one engine process alive for a headless host.
 *
 *     starting ──ready──▶ running ──exit──▶ waiting ──back-off──▶ starting
 *         └──────exit────────────────────────▲ │
 *         └──failed (it says why) ──▶ failed ◀─┘ too often
 *     any ──end()──▶ ended
 *
 * Each start has a socket of its own in a private folder, so that a dying engine and its successor never share one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../app/errors/index.ts';
import { asStorageError } from '../files/failures.ts';
import { type ChildArguments, ENGINE_KEY_VARIABLE, type FromChild, type ToChild } from './protocol.ts';

export interface EngineAddress {
  path: string;
  key: string;
}

export interface EngineProcess {
  /** Of the process that runs now; null while none does. */
  readonly pid: number | null;
  /**
   * Where the engine listens; waits while it is starting.
   * @throws StudioError why it cannot run (`host.engine-keeps-crashing`, or its own reason); signal.reason
   */
  address(signal: AbortSignal): Promise<EngineAddress>;
  /** Ends the engine; kills it when it takes too long. Resolves when its process is gone. Safe to call twice. */
  end(): Promise<void>;
}

export interface EngineProcessOptions {
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
  /** The engine died and is being started again, or (`failed`) is not. */
  onCrash?: ((error: StudioError) => void) | undefined;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** Deaths in a row before it is given up; a run of {@link STEADY_MS} ends the row. */
const MOST_DEATHS = 6;
const STEADY_MS = 60_000;
const FAREWELL_MS = 8_000;

const PROGRAM = fileURLToPath(new URL('./child.ts', import.meta.url));

export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const ended = new AbortController();
  let child: ChildProcess | null = null;
  let deaths = 0;
  /** Settled when the next start has come to something. */
  let started = Promise.withResolvers<EngineAddress>();
  started.promise.catch(() => {});

  const run = async (folder: string): Promise<void> => {
    while (!ended.signal.aborted) {
      const address = { path: socketPath(folder), key: randomBytes(24).toString('base64url') };
      const from = performance.now();
      const result = await runOnce(address);
      if (ended.signal.aborted) return;
      if (result.ready) started = Promise.withResolvers();
      started.promise.catch(() => {});
      deaths = performance.now() - from >= STEADY_MS ? 1 : deaths + 1;
      const fatal =
        result.refusal ??
        (deaths < MOST_DEATHS
          ? null
          : new StudioError('host.engine-keeps-crashing', { times: deaths, detail: result.detail }));
      if (fatal !== null) {
        started.reject(fatal);
        options.onCrash?.(fatal);
        return;
      }
      options.onCrash?.(new StudioError('host.engine-crashed', {}, { retryable: true }));
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (deaths - 1));
      await delay(waitMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  };

  /** From start to exit. */
  const runOnce = async (
    address: EngineAddress,
  ): Promise<{ ready: boolean; refusal: StudioError | null; detail: string }> => {
    const { dataDir, ffmpegPath } = options;
    const args: ChildArguments = { path: address.path, dataDir, ffmpegPath };
    const own = fork(PROGRAM, [JSON.stringify(args)], {
      // Nothing of the engine's belongs on the host's output.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, [ENGINE_KEY_VARIABLE]: address.key },
    });
    child = own;
    let ready = false;
    let refusal: StudioError | null = null;
    own.on('message', (message: FromChild) => {
      if (message.type === 'ready') {
        ready = true;
        started.resolve(address);
      } else refusal = new StudioError(message.error.code, message.error.params);
    });
    const exited = Promise.withResolvers<string>();
    own.once('exit', (code, signal) => exited.resolve(signal ?? `exit code ${code}`));
    own.once('error', (error) => exited.resolve(error.message));
    const detail = await exited.promise;
    child = null;
    return { ready, refusal, detail };
  };

  const whole = (async () => {
    const folder = await privateFolder();
    try {
      await run(folder);
    } finally {
      started.reject(new Error('the engine has ended'));
      await rm(folder, { recursive: true, force: true });
    }
  })().catch((error: unknown) => {
    started.reject(error);
    if (error instanceof StudioError) options.onCrash?.(error);
  });

  return {
    get pid() {
      return child?.pid ?? null;
    },
    address: (signal) => settledOrAborted(started.promise, signal),
    async end() {
      ended.abort();
      const last = child;
      if (last !== null) {
        const kill = setTimeout(() => last.kill('SIGKILL'), FAREWELL_MS);
        if (last.connected) last.send({ type: 'shutdown' } satisfies ToChild, () => {});
        else last.kill('SIGKILL');
        await whole;
        clearTimeout(kill);
      }
      await whole;
    },
  };
}

/** Of a folder for sockets, whose whole path has 104 bytes on macOS and 108 on Linux. */
const MOST_BYTES = 70;

/** In the system's place for scratch files; where that is too deep or not there, in the one that every such system has. */
async function privateFolder(): Promise<string> {
  const places = process.platform === 'win32' ? [tmpdir()] : [tmpdir(), '/tmp'];
  let failure: unknown;
  for (const place of places) {
    if (places.length > 1 && Buffer.byteLength(place) > MOST_BYTES) continue;
    try {
      return await mkdtemp(join(place, 'shenghua-'));
    } catch (error) {
      failure = asStorageError(error, place);
    }
  }
  throw failure;
}

const socketPath = (folder: string): string =>
  process.platform === 'win32'
    ? `\\\\.\\pipe\\shenghua-${randomUUID()}`
    : join(folder, `${randomBytes(4).toString('hex')}.s`);

function settledOrAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
