/** The thread an import's pixels are worked on in: one task after the other. */
import { parentPort } from 'node:worker_threads';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { type ErrorCode, type ErrorParams, StudioError } from '../../app/errors/index.ts';
import type { DetectedFace } from '../engine/ports/portrait.ts';
import { type DecodedPicture, decodePicture } from './decode.ts';
import { type CutOut, cutOutPerson, describeFaces, type FaceInPicture } from './pixel-work.ts';

export type PixelTask =
  | { kind: 'decode'; bytes: Uint8Array }
  | { kind: 'describe'; picture: DecodedPicture; found: readonly FaceInPicture[]; snap: boolean }
  | { kind: 'cut-out'; picture: DecodedPicture; face: FaceLandmarks };
export interface PixelResults {
  /** Its pixels are shared memory. */
  decode: DecodedPicture;
  describe: DetectedFace[];
  'cut-out': CutOut;
}

export interface PixelRequest {
  id: number;
  task: PixelTask;
  /** One number, shared: not 0 once nobody waits for the result any more. */
  cancelled: Int32Array<SharedArrayBuffer>;
}
export type PixelReply =
  | { id: number; ok: true; result: PixelResults[keyof PixelResults] }
  /** An error loses its code on its way between threads. null: cancelled. */
  | { id: number; ok: false; error: { code: ErrorCode; params: ErrorParams; retryable: boolean } | null };

const port = parentPort!;
const CANCELLED = Symbol('cancelled');

async function work(
  task: PixelTask,
  rest: () => void,
): Promise<{ result: PixelResults[keyof PixelResults]; transfer: ArrayBuffer[] }> {
  switch (task.kind) {
    case 'decode': {
      const picture = await decodePicture(task.bytes);
      // Read by two more tasks and by the face network's thread.
      const rgba = new Uint8Array(new SharedArrayBuffer(picture.rgba.length));
      rgba.set(picture.rgba);
      return { result: { ...picture, rgba }, transfer: [] };
    }
    case 'describe':
      return { result: describeFaces(task.picture, task.found, task.snap), transfer: [] };
    case 'cut-out': {
      const result = cutOutPerson(task.picture, task.face, rest);
      const planes = [result.rgba, result.matte, result.background, ...result.patches];
      return { result, transfer: planes.map(({ buffer }) => buffer) };
    }
  }
}

async function answer({ id, task, cancelled }: PixelRequest): Promise<void> {
  const rest = (): void => {
    if (Atomics.load(cancelled, 0) !== 0) throw CANCELLED;
  };
  try {
    rest();
    const { result, transfer } = await work(task, rest);
    port.postMessage({ id, ok: true, result } satisfies PixelReply, transfer);
  } catch (thrown) {
    port.postMessage({ id, ok: false, error: thrown === CANCELLED ? null : told(thrown) } satisfies PixelReply);
  }
}

function told(thrown: unknown): { code: ErrorCode; params: ErrorParams; retryable: boolean } {
  if (thrown instanceof StudioError) return { code: thrown.code, params: thrown.params, retryable: thrown.retryable };
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'portrait.analysis-failed', params: { detail }, retryable: true };
}

let tail: Promise<void> = Promise.resolve();
port.on('message', (request: PixelRequest) => {
  tail = tail.then(() => answer(request));
});
