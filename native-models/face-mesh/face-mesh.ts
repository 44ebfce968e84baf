/** Faces in a picture, found by a network that runs in a worker thread: started when first asked, kept until disposed. */
import { Worker } from 'node:worker_threads';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import type { FaceReply, FaceRequest } from './face-mesh-worker.ts';
import { landmarksFromMesh } from './mesh-points.ts';
import type { PictureView } from './square-crop.ts';

export interface FoundFace {
  /** 0..1. */
  confidence: number;
  /** In pixels of the picture given. */
  landmarks: FaceLandmarks;
}

export interface FaceMesh {
  /**
   * Every face, from the picture's left to its right; none is an empty list. `picture.rgba` is copied, unless it lies in shared memory.
   * An abort stops the worker; the next call starts another. Rejects with a plain Error when the network itself fails.
   */
  find(picture: PictureView, signal: AbortSignal): Promise<FoundFace[]>;
  /** Starts the worker ahead of the first question, to load while the picture is being decoded. */
  warmUp(): void;
  dispose(): Promise<void>;
}

interface Pending {
  resolve(faces: FoundFace[]): void;
  reject(error: unknown): void;
}

export function createFaceMesh(): FaceMesh {
  let worker: Worker | undefined;
  let disposed = false;
  let nextId = 1;
  const pending = new Map<number, Pending>();

  const failAll = (error: Error): void => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./face-mesh-worker.ts', import.meta.url), { name: 'face-mesh', stdout: true });
    started.unref();
    started.on('message', (reply: FaceReply) => {
      const asked = pending.get(reply.id);
      pending.delete(reply.id);
      // Once stopped its end is awaited: an answer that comes in between must not let the process go before.
      if (pending.size === 0 && worker === started) started.unref();
      if (asked === undefined) return;
      if ('error' in reply) asked.reject(new Error(reply.error));
      else
        asked.resolve(
          reply.faces.map(({ confidence, points }) => ({ confidence, landmarks: landmarksFromMesh(points) })),
        );
    });
    const gone = (error: Error): void => {
      if (worker !== started) return;
      worker = undefined;
      failAll(error);
    };
    started.on('error', gone);
    started.on('exit', (code) => gone(new Error(`the face network's thread ended with code ${code}`)));
    return started;
  };
  const stop = async (error: Error): Promise<void> => {
    const running = worker;
    worker = undefined;
    failAll(error);
    await running?.terminate();
  };
  const ensure = (): Worker => {
    if (disposed) throw new Error('the face network was disposed');
    worker ??= start();
    return worker;
  };

  return {
    warmUp() {
      if (!disposed) ensure().postMessage({ id: 0, picture: null } satisfies FaceRequest);
    },
    async find(picture, signal) {
      signal.throwIfAborted();
      const running = ensure();
      const id = nextId++;
      return await new Promise<FoundFace[]>((resolve, reject) => {
        const onAbort = (): void => {
          pending.delete(id);
          reject(signal.reason);
          // The network cannot be interrupted between layers. While others wait for it, it goes on for them.
          if (pending.size === 0) void stop(new Error('aborted'));
        };
        const settle =
          <T>(then: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener('abort', onAbort);
            then(value);
          };
        pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
        signal.addEventListener('abort', onAbort, { once: true });
        running.ref();
        running.postMessage({ id, picture } satisfies FaceRequest);
      });
    },
    async dispose() {
      disposed = true;
      await stop(new Error('the face network was disposed'));
    },
  };
}
