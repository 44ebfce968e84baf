/** Owns the thread an import's pixels are worked on in: begun when first needed, begun afresh after a death. */
import { Worker } from 'node:worker_threads';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { DetectedFace } from '../engine/ports/portrait.ts';
import type { DecodedPicture } from './decode.ts';
import type { CutOut, FaceInPicture } from './pixel-work.ts';
import type { PixelReply, PixelRequest, PixelResults, PixelTask } from './pixel-worker.ts';

/**
 * All reject with what their signal was aborted with at once, while the thread goes on to the end of the step it is in; else with
 * StudioErrors: of decoding, or `portrait.analysis-failed` where the thread fails or was disposed.
 */
export interface PixelThread {
  /** The picture's pixels lie in shared memory. */
  decode(bytes: Uint8Array, signal: AbortSignal): Promise<DecodedPicture>;
  /** `snap`: the lips are moved onto the picture's own edges. */
  describe(
    picture: DecodedPicture,
    found: readonly FaceInPicture[],
    options: { snap: boolean },
    signal: AbortSignal,
  ): Promise<DetectedFace[]>;
  cutOut(picture: DecodedPicture, face: FaceLandmarks, signal: AbortSignal): Promise<CutOut>;
  dispose(): Promise<void>;
}

interface Pending {
  resolve(result: PixelResults[keyof PixelResults]): void;
  reject(error: unknown): void;
}

export function createPixelThread(): PixelThread {
  let worker: Worker | null = null;
  let disposed = false;
  let lastId = 0;
  const pending = new Map<number, Pending>();

  const failAll = (detail: string, cause?: unknown): void => {
    for (const { reject } of pending.values())
      reject(new StudioError('portrait.analysis-failed', { detail }, { cause, retryable: true }));
    pending.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./pixel-worker.ts', import.meta.url), { name: 'portrait' });
    started.unref();
    started.on('message', (reply: PixelReply) => {
      const asked = pending.get(reply.id);
      pending.delete(reply.id);
      // Once stopped its end is awaited: an answer that comes in between must not let the process go before.
      if (pending.size === 0 && worker === started) started.unref();
      if (reply.ok) asked?.resolve(reply.result);
      else if (reply.error !== null) {
        const { code, params, retryable } = reply.error;
        asked?.reject(new StudioError(code, params, { retryable }));
      }
    });
    const gone = (detail: string, cause?: unknown): void => {
      if (worker !== started) return;
      worker = null;
      failAll(detail, cause);
    };
    started.on('error', (cause: unknown) => gone(cause instanceof Error ? cause.message : String(cause), cause));
    started.on('exit', (code) => gone(`the portrait thread ended with code ${code}`));
    return started;
  };

  const ask = async <K extends PixelTask['kind']>(
    task: Extract<PixelTask, { kind: K }>,
    signal: AbortSignal,
  ): Promise<PixelResults[K]> => {
    signal.throwIfAborted();
    if (disposed) {
      const detail = 'the portrait importer was disposed';
      throw new StudioError('portrait.analysis-failed', { detail }, { retryable: true });
    }
    worker ??= start();
    const asked = worker;
    lastId += 1;
    const id = lastId;
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const { promise, resolve, reject } = Promise.withResolvers<PixelResults[keyof PixelResults]>();
    pending.set(id, { resolve, reject });
    const onAbort = (): void => {
      Atomics.store(cancelled, 0, 1);
      pending.delete(id);
      if (pending.size === 0 && worker === asked) asked.unref();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    asked.ref();
    asked.postMessage({ id, task, cancelled } satisfies PixelRequest);
    try {
      return (await promise) as PixelResults[K];
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };

  return {
    decode: (bytes, signal) => ask<'decode'>({ kind: 'decode', bytes }, signal),
    describe: (picture, found, { snap }, signal) => ask<'describe'>({ kind: 'describe', picture, found, snap }, signal),
    cutOut: (picture, face, signal) => ask<'cut-out'>({ kind: 'cut-out', picture, face }, signal),
    async dispose() {
      disposed = true;
      const last = worker;
      worker = null;
      failAll('the portrait importer was disposed');
      await last?.terminate();
    },
  };
}
