/**
 * Owns the engine's thread: started at the first request, one request at a time, started afresh after a death.
 *
 *     absent ──request──▶ running ──death──▶ absent        any ──dispose──▶ disposed
 */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../../../app/errors/index.ts';
import type { ClauseJob, ClauseSound, EngineReply, EngineThreadData, EngineVoice } from './protocol.ts';

/** No clause takes this long on any machine: the engine hangs. */
const STALL_MS = 60_000;
/** What a clause leaves behind dies at once: a small nursery is swept as cheaply as the 20 MB larger one V8 would grow into. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8 };

type Ask = { type: 'voices' } | { type: 'clause'; job: ClauseJob };

interface Running {
  worker: Worker;
  cancelledUpTo: Int32Array;
}

export interface SpeechEngine {
  voices(signal?: AbortSignal): Promise<EngineVoice[]>;
  speak(job: ClauseJob, signal: AbortSignal): Promise<ClauseSound>;
  dispose(): Promise<void>;
}

class ThreadDied extends Error {}

export function createSpeechEngine(): SpeechEngine {
  let running: Running | null = null;
  let disposed = false;
  let lastId = 0;
  let tail: Promise<unknown> = Promise.resolve();

  const start = (): Running => {
    if (disposed) throw new Error('the speech engine was disposed');
    if (running) return running;
    const shared = new SharedArrayBuffer(4);
    const workerData: EngineThreadData = { cancelledUpTo: shared };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, resourceLimits: RESOURCE_LIMITS });
    const started: Running = { worker, cancelledUpTo: new Int32Array(shared) };
    const forget = (): void => {
      if (running === started) running = null;
    };
    worker.on('error', forget);
    worker.on('exit', forget);
    worker.unref();
    running = started;
    return started;
  };

  /** `turn.id` says which request stands for the turn now. */
  const ask = (request: Ask, turn: { id: number }): Promise<EngineReply> => {
    const { worker } = start();
    lastId += 1;
    const id = lastId;
    turn.id = id;
    worker.ref();
    return new Promise<EngineReply>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        // Its end is awaited once disposed: an answer that comes in between must not let the process go before.
        if (!disposed) worker.unref();
        settle();
      };
      const onMessage = (reply: EngineReply): void => {
        if (reply.id !== id) return;
        if (reply.type === 'failed') finish(() => reject(new ThreadDied(reply.detail)));
        else finish(() => resolve(reply));
      };
      const onError = (error: unknown): void =>
        finish(() => reject(new ThreadDied(error instanceof Error ? error.message : String(error), { cause: error })));
      const onExit = (code: number): void => finish(() => reject(new ThreadDied(`exit code ${code}`)));
      const timer = setTimeout(() => {
        finish(() => reject(new ThreadDied(`no answer in ${STALL_MS / 1000} s`)));
        void worker.terminate();
      }, STALL_MS);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage({ id, ...request });
    });
  };

  /** A thread that died gets one more chance; its replacement starts clean. */
  const askTwice = async (request: Ask, turn: { id: number }): Promise<EngineReply> => {
    try {
      return await ask(request, turn);
    } catch (error) {
      if (!(error instanceof ThreadDied) || disposed) throw error;
    }
    running = null;
    try {
      return await ask(request, turn);
    } catch (error) {
      if (!(error instanceof ThreadDied)) throw error;
      throw new StudioError('speech.engine-stopped', { detail: error.message }, { cause: error, retryable: true });
    }
  };

  /** In turn; an abort answers at once, and what the thread was doing for it is stopped. */
  const inTurn = (request: Ask, signal: AbortSignal | undefined): Promise<EngineReply> => {
    signal?.throwIfAborted();
    const turn = { id: 0 };
    const answer = tail.then(() => {
      signal?.throwIfAborted();
      return askTwice(request, turn);
    });
    tail = answer.catch(() => undefined);
    if (!signal) return answer;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (running && turn.id > 0) Atomics.store(running.cancelledUpTo, 0, turn.id);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  };

  return {
    async voices(signal) {
      const reply = await inTurn({ type: 'voices' }, signal);
      if (reply.type !== 'voices') throw new Error(`unexpected reply ${reply.type}`);
      return reply.voices;
    },
    async speak(job, signal) {
      const reply = await inTurn({ type: 'clause', job }, signal);
      if (reply.type !== 'clause') throw new Error(`unexpected reply ${reply.type}`);
      return reply.sound;
    },
    async dispose() {
      disposed = true;
      const last = running;
      running = null;
      await last?.worker.terminate();
    },
  };
}
