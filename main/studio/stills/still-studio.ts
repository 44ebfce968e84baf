/** Owns the thread that draws stills: begun at the first one, one at a time, begun afresh after a death. */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../../app/errors/index.ts';
import type { StillJob, StillReply, StillRequest } from './protocol.ts';

export interface StillStudio {
  /**
   * A WebP of the plate's whole stage. Plates that were sent already need not be sent again; one that is no longer kept there is
   * asked for through `plate`.
   * @throws StudioError portrait.landmarks-unusable, stage.renderer-stopped; what `signal` was aborted with
   */
  draw(
    job: Omit<StillJob, 'plate'>,
    plate: () => Promise<NonNullable<StillJob['plate']>>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): Promise<void>;
}

/** As many as the thread keeps, in the order it keeps them. */
const KEPT_PLATES = 3;

export function createStillStudio(): StillStudio {
  let worker: Worker | null = null;
  let disposed = false;
  let lastId = 0;
  let tail: Promise<unknown> = Promise.resolve();
  let sent: string[] = [];

  const start = (): Worker => {
    if (disposed) throw new Error('the still studio was disposed');
    if (worker) return worker;
    const started = new Worker(new URL('./still-worker.ts', import.meta.url), { name: 'stills' });
    started.unref();
    started.on('exit', () => {
      if (worker === started) worker = null;
    });
    started.on('error', () => undefined);
    sent = [];
    worker = started;
    return started;
  };

  const ask = (job: StillJob): Promise<Uint8Array<ArrayBuffer>> => {
    const asked = start();
    lastId += 1;
    const id = lastId;
    asked.ref();
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        asked.off('message', onMessage).off('error', onError).off('exit', onExit);
        if (!disposed) asked.unref();
        settle();
      };
      const onMessage = (reply: StillReply): void => {
        if (reply.id !== id) return;
        finish(() => (reply.ok ? resolve(reply.webp) : reject(new StudioError(reply.code, reply.params))));
      };
      const onError = (cause: unknown): void => {
        const detail = cause instanceof Error ? cause.message || cause.name : String(cause);
        finish(() => reject(new StudioError('stage.renderer-stopped', { detail }, { cause, retryable: true })));
      };
      const onExit = (code: number): void => onError(new Error(`the thread ended (${code})`));
      asked.on('message', onMessage).on('error', onError).on('exit', onExit);
      asked.postMessage({ id, job } satisfies StillRequest);
    });
  };

  return {
    draw(job, plate, signal) {
      signal.throwIfAborted();
      const drawn = tail.then(async () => {
        // Whoever dragged on meanwhile has aborted: only the last of a row is drawn.
        signal.throwIfAborted();
        start();
        const known = sent.includes(job.plateKey);
        const fresh = known ? null : await plate();
        signal.throwIfAborted();
        sent = [...sent.filter((key) => key !== job.plateKey), job.plateKey].slice(-KEPT_PLATES);
        return await ask({ ...job, plate: fresh });
      });
      tail = drawn.catch(() => undefined);
      return drawn;
    },
    async dispose() {
      disposed = true;
      const last = worker;
      worker = null;
      await last?.terminate();
    },
  };
}
