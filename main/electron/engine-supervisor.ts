/**
 * Keeps the engine's process alive and hands its ports out.
 *
 *     starting ──ready──▶ running ──exit──▶ waiting ──back-off──▶ starting
 *         └──────exit────────────────────────▲ │
 *                                              └──too often──▶ failed ──restart()──▶ starting
 *     any ──end()──▶ ended
 */
import type { MessagePortMain } from 'electron';
import type { WireError } from '../../app/contract/base.ts';
import type { EngineState } from '../../app/contract/desktop.ts';
import type { Shell, ShellChild } from './shell.ts';
import type { FromEngine, Question, ToEngine } from './wire/engine-protocol.ts';
import { headOf, sendRequest } from './wire/http-over-port.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Deaths in a row before it is given up; a run of {@link STEADY_MS} ends the row. */
const MOST_DEATHS = 6;
const STEADY_MS = 60_000;
/** From its start to its first word; a laptop with a full disk cache and a virus scanner needs seconds. */
const READY_MS = 60_000;
/** The engine closes its files and ends its children in this time, or is killed. */
const FAREWELL_MS = 8_000;
/** From the kill to its end; the system does the rest when the program itself is gone. */
const KILLED_MS = 2_000;

export interface Timers {
  after(ms: number, then: () => void): { cancel(): void };
  nowMs(): number;
}
export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  nowMs: () => performance.now(),
};

export interface EngineOptions {
  /** The engine's program: a real file, outside of the archive. */
  program: string;
  onState(state: EngineState): void;
  onMessage(message: Exclude<FromEngine, { type: 'ready' | 'failed' | 'question' }>): void;
  answer(question: Question): Promise<unknown>;
  timers?: Timers;
}

export interface EngineSupervisor {
  start(): void;
  state(): EngineState | { state: 'ended' };
  /** New ports to the engine: rpc and preview. null while it is not running; `onState` tells when to ask again. */
  connect(): { rpc: MessagePortMain; preview: MessagePortMain; engineRun: number } | null;
  /** Waits for the engine while it is starting anew. @throws Error when there is none to answer */
  fetch(request: Request): Promise<Response>;
  /** At once, whatever it was waiting for. */
  restart(): void;
  /** Asks the engine to end, and kills it if it does not. Resolves when its process is gone. */
  end(): Promise<void>;
}

type Running = { child: ShellChild; gone: Promise<void>; startedAtMs: number; refusal: WireError | null };

export function createEngineSupervisor(
  shell: Pick<Shell, 'utilityProcess' | 'MessageChannelMain'>,
  options: EngineOptions,
): EngineSupervisor {
  const timers = options.timers ?? systemTimers;
  let current: EngineState | { state: 'ended' } = { state: 'starting' };
  let running: Running | undefined;
  let waiting: { cancel(): void } | undefined;
  let deaths = 0;
  let runs = 0;
  let ending: Promise<void> | undefined;
  /** Settled at every change of state. */
  let changed = Promise.withResolvers<void>();

  const become = (next: EngineState | { state: 'ended' }): void => {
    current = next;
    changed.resolve();
    changed = Promise.withResolvers();
    if (next.state !== 'ended') options.onState(next);
  };
  const send = (message: ToEngine, ports: MessagePortMain[] = []): void => running?.child.postMessage(message, ports);

  const start = (): void => {
    waiting?.cancel();
    waiting = undefined;
    if (running !== undefined || ending !== undefined) return;
    const gone = Promise.withResolvers<void>();
    const child = shell.utilityProcess.fork(options.program, [], {
      serviceName: 'Shenghua engine',
      stdio: 'inherit',
    });
    const started: Running = { child, gone: gone.promise, startedAtMs: timers.nowMs(), refusal: null };
    running = started;
    become({ state: 'starting' });
    const patience = timers.after(READY_MS, () => child.kill());
    child.on('message', (message) => {
      if (running !== started) return;
      if ((message as FromEngine).type === 'ready') patience.cancel();
      hear(message as FromEngine);
    });
    child.on('exit', () => {
      patience.cancel();
      running = undefined;
      gone.resolve();
      if (ending === undefined) died(started);
    });
  };

  const hear = (message: FromEngine): void => {
    if (message.type === 'ready') {
      runs += 1;
      become({ state: 'running', engineRun: runs });
    } else if (message.type === 'failed') {
      if (running !== undefined) running.refusal = message.error;
    } else if (message.type === 'question') {
      const { id, question } = message;
      options.answer(question).then(
        (value) => send({ type: 'answer', id, value }),
        (error: unknown) =>
          send({ type: 'refusal', id, detail: error instanceof Error ? error.message : String(error) }),
      );
    } else options.onMessage(message);
  };

  const died = ({ startedAtMs, refusal }: Running): void => {
    deaths = timers.nowMs() - startedAtMs >= STEADY_MS ? 1 : deaths + 1;
    if (refusal !== null || deaths >= MOST_DEATHS) {
      become({ state: 'failed', error: refusal });
      return;
    }
    const retryInMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (deaths - 1));
    waiting = timers.after(retryInMs, start);
    become({ state: 'waiting', attempt: deaths, retryInMs });
  };

  return {
    start,
    state: () => current,
    connect() {
      if (current.state !== 'running') return null;
      const rpc = new shell.MessageChannelMain();
      const preview = new shell.MessageChannelMain();
      send({ type: 'connect' }, [rpc.port2, preview.port2]);
      return { rpc: rpc.port1, preview: preview.port1, engineRun: current.engineRun };
    },
    async fetch(request) {
      while (current.state === 'starting' || current.state === 'waiting') await changed.promise;
      request.signal.throwIfAborted();
      if (current.state !== 'running') throw new Error('the engine does not run');
      const { port1, port2 } = new shell.MessageChannelMain();
      send({ type: 'http', head: headOf(request) }, [port2]);
      return await sendRequest(port1, request.body, request.signal);
    },
    restart() {
      deaths = 0;
      start();
    },
    end() {
      ending ??= (async () => {
        waiting?.cancel();
        const last = running;
        if (last !== undefined) {
          send({ type: 'shutdown' });
          const lost = Promise.withResolvers<void>();
          let patience = timers.after(FAREWELL_MS, () => {
            last.child.kill();
            patience = timers.after(KILLED_MS, lost.resolve);
          });
          await Promise.race([last.gone, lost.promise]);
          patience.cancel();
        }
        become({ state: 'ended' });
      })();
      return ending;
    },
  };
}
