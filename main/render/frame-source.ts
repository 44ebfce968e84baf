/** Frames from a render thread of their own, through a small pool of shared buffers: drawing and encoding overlap. */
import { Worker } from 'node:worker_threads';
import { ERROR_CODES, type ErrorCode, type ErrorParams, StudioError } from '../../app/errors/index.ts';
import type { LiveFrameSource, RenderStats, StageFrame } from '../engine/ports/frames.ts';
import type { PlacedFrame, RenderReply, RenderRequest, RenderSetup } from './protocol.ts';

/** Frames drawn ahead at most. */
const DEPTH = 8;
/** Frames asked of the thread at a time. */
const BATCH = 4;
/** With a frame asked for and none drawn for so long, the render thread is given up. */
const STALL_MS = 60_000;

/** What there is to draw. */
export type StageSetup = Omit<RenderSetup, 'depth'>;

export interface FrameSourceTuning {
  /** The thread's program; the studio's own unless given. */
  worker?: URL;
  stallMs?: number;
  /** Told of what cannot be drawn and is left out. */
  onTrouble?: (error: StudioError) => void;
  /** Frames in the pool: drawn ahead, or held by whoever asked for them. */
  depth?: number;
  /** Frames asked of the thread at a time. */
  batch?: number;
}

/**
 * Opens once the thread is ready to draw. Aborting `signal` ends the thread and rejects what is asked for with its reason.
 * @throws StudioError stage.renderer-stopped, stage.renderer-stalled, or what the thread itself threw; so do `frame`s.
 */
export async function openFrameSource(
  options: StageSetup,
  signal: AbortSignal,
  {
    worker: program = new URL('./frame-worker.ts', import.meta.url),
    stallMs = STALL_MS,
    onTrouble,
    depth = DEPTH,
    batch = BATCH,
  }: FrameSourceTuning = {},
): Promise<LiveFrameSource<StageSetup>> {
  signal.throwIfAborted();
  const setup: RenderSetup = { ...options, depth };
  let pool: Uint8Array[] = [];
  let frameBytes = 0;
  let lookAheadMs = 0;
  const worker = new Worker(program, { workerData: setup, name: 'render' });
  const stats: RenderStats = { frames: 0, faceMs: 0, stageMs: 0 };
  const free = Array.from({ length: depth }, (_, slot) => slot);
  const waiting: { index: number; resolve: (frame: StageFrame) => void; reject: (error: unknown) => void }[] = [];
  /** By their place in the pool; undefined: given up meanwhile. */
  const drawing = new Map<number, (typeof waiting)[number] | undefined>();
  /** Who waits for a stage to be set, in order; the first is whoever opens. */
  const setting = [Promise.withResolvers<void>()];
  let ended: { reason: unknown } | undefined;

  const watchdog = watchForStall(
    () => setting.length > 0 || drawing.size > 0,
    stallMs,
    () => end(new StudioError('stage.renderer-stalled', { seconds: Math.round(stallMs / 1000) }, { retryable: true })),
  );
  const end = (reason: unknown): void => {
    if (ended !== undefined) return;
    ended = { reason };
    watchdog.stop();
    signal.removeEventListener('abort', onAbort);
    for (const { reject } of [
      ...setting.splice(0),
      ...[...drawing.values()].filter((asked) => asked !== undefined),
      ...waiting.splice(0),
    ])
      reject(reason);
    drawing.clear();
    void worker.terminate();
  };
  const onAbort = (): void => end(signal.reason);
  const send = (request: RenderRequest): void => worker.postMessage(request);
  const pump = (): void => {
    for (;;) {
      const count = Math.min(waiting.length, free.length, batch);
      // A message costs as much as a tenth of a frame: they are sent for several, unless the thread would stand idle.
      if (count === 0 || (count < batch && drawing.size > 0)) return;
      const frames = waiting.splice(0, count).map((asked): PlacedFrame => {
        const slot = free.shift()!;
        drawing.set(slot, asked);
        return { index: asked.index, slot };
      });
      send({ type: 'frames', frames });
    }
  };

  const hand = ({ slot }: PlacedFrame): void => {
    const asked = drawing.get(slot);
    drawing.delete(slot);
    if (asked === undefined) {
      free.push(slot);
      return;
    }
    let released = false;
    asked.resolve({
      data: pool[slot]!,
      release: () => {
        if (released) return;
        released = true;
        free.push(slot);
        pump();
      },
    });
  };

  worker.on('message', (reply: RenderReply) => {
    watchdog.alive();
    if (reply.type === 'ready') {
      ({ frameBytes, lookAheadMs } = reply);
      pool = reply.offsets.map((offset) => new Uint8Array(reply.memory, offset, reply.frameBytes));
      return setting.shift()?.resolve();
    }
    if (reply.type === 'refused') return setting.shift()?.reject(inWords(reply.failure));
    if (reply.type === 'trouble') return onTrouble?.(inWords(reply.failure));
    stats.frames += reply.frames.length;
    stats.faceMs += reply.faceMs;
    stats.stageMs += reply.stageMs;
    for (const frame of reply.frames) hand(frame);
    pump();
  });
  worker.on('error', (error) => end(inWords(error)));
  worker.on('messageerror', (error) => end(inWords(error)));
  worker.on('exit', (code) => end(inWords(new Error(`the render thread ended (${code})`))));
  signal.addEventListener('abort', onAbort, { once: true });
  await setting[0]!.promise;

  const set = (request: RenderRequest): Promise<void> => {
    if (ended !== undefined) return Promise.reject(ended.reason);
    const answer = Promise.withResolvers<void>();
    setting.push(answer);
    send(request);
    return answer.promise;
  };
  return {
    depth,
    get lookAheadMs() {
      return lookAheadMs;
    },
    get frameBytes() {
      return frameBytes;
    },
    restage: (stage) => set({ type: 'stage', setup: { ...stage, depth } }),
    restart: (rig) => set({ type: 'restart', rig }),
    speak: (speech) => send({ type: 'speak', speech }),
    rewind: (index, cutMs) => {
      const reason = new DOMException('the frame was given up', 'AbortError');
      const keep = waiting.splice(0);
      for (const asked of keep) {
        if (asked.index < index) waiting.push(asked);
        else asked.reject(reason);
      }
      for (const [slot, asked] of drawing) {
        if (asked === undefined || asked.index < index) continue;
        drawing.set(slot, undefined);
        asked.reject(reason);
      }
      if (cutMs !== null && ended === undefined) send({ type: 'interrupt', atMs: cutMs });
    },
    overlays: (update) => {
      if (ended === undefined) send({ type: 'overlays', update });
    },
    subtitles: (cues) => send({ type: 'subtitles', cues }),
    frame: (index) =>
      new Promise<StageFrame>((resolve, reject) => {
        if (ended !== undefined) return reject(ended.reason);
        waiting.push({ index, resolve, reject });
        pump();
      }),
    stats: () => ({ ...stats }),
    dispose: async () => {
      end(new Error('the frame source was closed'));
      await worker.terminate();
    },
  };
}

/** What ended the thread. Errors cross threads as plain ones: ours are told by their code and made whole again. */
function inWords(error: unknown): StudioError {
  if (typeof error === 'object' && error !== null && 'code' in error && 'params' in error) {
    const code = ERROR_CODES.find((known): known is ErrorCode => known === error.code);
    if (code !== undefined) return new StudioError(code, error.params as ErrorParams, { cause: error });
  }
  const detail = messageOf(error);
  return new StudioError('stage.renderer-stopped', { detail }, { cause: error, retryable: true });
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

/** Counts its own ticks instead of reading a clock, so that a laptop's sleep is not taken for a stall. */
function watchForStall(
  busy: () => boolean,
  stallMs: number,
  onStall: () => void,
): { alive: () => void; stop: () => void } {
  const tickMs = Math.max(10, Math.min(1000, stallMs / 10));
  let quietTicks = 0;
  const timer = setInterval(() => {
    quietTicks = busy() ? quietTicks + 1 : 0;
    if (quietTicks * tickMs >= stallMs) onStall();
  }, tickMs);
  timer.unref();
  return {
    alive: () => {
      quietTicks = 0;
    },
    stop: () => clearInterval(timer),
  };
}
