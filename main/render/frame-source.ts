/** Frames from a render thread of their own, through a small pool of shared buffers: drawing and encoding overlap. */
import { Worker } from 'node:worker_threads';
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { FrameSource, RenderStats, StageFrame } from '../engine/ports/frames.ts';
import type { RenderReply, RenderRequest, RenderSetup } from './protocol.ts';

/** Frames drawn ahead at most. */
const DEPTH = 6;

export async function openFrameSource(
  options: Omit<RenderSetup, 'pool' | 'frameBytes'>,
  signal: AbortSignal,
): Promise<FrameSource> {
  signal.throwIfAborted();
  const { width, height } = options.plate;
  const frameBytes = options.alpha ? i420aBytes(width, height) : i420Bytes(width, height);
  const pool = new SharedArrayBuffer(frameBytes * DEPTH);
  const setup: RenderSetup = { ...options, pool, frameBytes };
  const worker = new Worker(new URL('./frame-worker.ts', import.meta.url), { workerData: setup, name: 'render' });
  const stats: RenderStats = { frames: 0, faceMs: 0, stageMs: 0 };
  const free = Array.from({ length: DEPTH }, (_, slot) => slot);
  const waiting: { index: number; resolve: (frame: StageFrame) => void; reject: (error: unknown) => void }[] = [];
  const drawing = new Map<number, (typeof waiting)[number]>();
  let ended: unknown;

  const end = (error: unknown): void => {
    ended ??= error;
    for (const { reject } of [...drawing.values(), ...waiting.splice(0)]) reject(ended);
    drawing.clear();
  };
  const send = (request: RenderRequest): void => worker.postMessage(request);
  const pump = (): void => {
    while (waiting.length > 0 && free.length > 0) {
      const asked = waiting.shift()!;
      drawing.set(asked.index, asked);
      send({ type: 'frame', index: asked.index, slot: free.shift()! });
    }
  };
  const onAbort = (): void => {
    end(signal.reason);
    void worker.terminate();
  };

  const lookAheadMs = await new Promise<number>((resolve, reject) => {
    worker.on('message', (reply: RenderReply) => {
      if (reply.type === 'ready') return resolve(reply.lookAheadMs);
      stats.frames++;
      stats.faceMs += reply.faceMs;
      stats.stageMs += reply.stageMs;
      const asked = drawing.get(reply.index);
      drawing.delete(reply.index);
      let released = false;
      asked?.resolve({
        data: new Uint8Array(pool, reply.slot * frameBytes, frameBytes),
        release: () => {
          if (released) return;
          released = true;
          free.push(reply.slot);
          pump();
        },
      });
    });
    const fail = (error: unknown): void => {
      end(error);
      reject(error);
    };
    worker.on('error', fail);
    worker.on('exit', () => fail(signal.aborted ? signal.reason : new Error('the render thread ended')));
    signal.addEventListener('abort', onAbort, { once: true });
  });

  return {
    depth: DEPTH,
    lookAheadMs,
    speak: (speech) => send({ type: 'speak', speech }),
    subtitles: (cues) => send({ type: 'subtitles', cues }),
    frame: (index) =>
      new Promise<StageFrame>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.push({ index, resolve, reject });
        pump();
      }),
    stats: () => ({ ...stats }),
    dispose: async () => {
      signal.removeEventListener('abort', onAbort);
      end(new Error('the frame source was closed'));
      await worker.terminate();
    },
  };
}
