/** From a picture file's bytes to everything the face engine and the stage need of it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type FaceLandmarks, faceLandmarksSchema } from '../../app/document/landmarks.ts';
import { StudioError } from '../../app/errors/index.ts';
import { createFaceMesh } from '../../native-models/face-mesh/face-mesh.ts';
import type { DetectedFace, PreparedPortrait } from '../engine/ports/portrait.ts';
import type { DecodedPicture } from './decode.ts';
import { faceSizePx, MIN_FACE_PX } from './doctor.ts';
import { faceBox } from './face-measures.ts';
import { unpackPatches } from './patches.ts';
import { createPixelThread } from './pixel-thread.ts';
import type { FaceInPicture } from './pixel-work.ts';
import { openPortraitCache } from './portrait-cache.ts';

export interface PortraitInspection {
  width: number;
  height: number;
  faces: DetectedFace[];
}

export interface PrepareOptions {
  /** Which face, counted from the picture's left from 0; null takes the only one. Ignored where `landmarks` are given. */
  faceIndex: number | null;
  /** Authored or corrected points, in pixels of the upright picture scaled to at most 2048 pixels; the face is then not searched. */
  landmarks: FaceLandmarks | null;
  signal: AbortSignal;
}

export interface PortraitImporter {
  /** Decodes and finds the faces; none is an empty list. @throws StudioError of decoding, portrait.analysis-failed */
  inspect(bytes: Uint8Array, signal: AbortSignal): Promise<PortraitInspection>;
  /**
   * What it gives is kept in the cache a moment later: it is read, not changed.
   * @throws StudioError of decoding, portrait.{no-face, several-faces, no-such-face, face-too-small, landmarks-outside,
   * analysis-failed}
   */
  prepare(bytes: Uint8Array, options: PrepareOptions): Promise<PreparedPortrait>;
  /** Ends its threads, once what was prepared is in the cache; nothing keeps the process alive afterwards. */
  dispose(): Promise<void>;
}

/** Raise it whenever any step gives other results for the same bytes. */
const CACHE_VERSION = 6;

const rectSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const findingSchema = z.object({
  code: z.enum([
    'face-too-small',
    'face-turned',
    'face-tilted',
    'mouth-open',
    'blurred',
    'cut-off',
    'too-dark',
    'too-bright',
    'occluded',
    'eyes-closed',
    'low-resolution',
    'animated',
  ]),
  severity: z.enum(['info', 'warning', 'severe']),
  value: z.number(),
});
const faceSchema = z.object({
  index: z.number(),
  box: rectSchema,
  confidence: z.number(),
  landmarks: faceLandmarksSchema,
  pose: z.object({ yawDeg: z.number(), pitchDeg: z.number(), rollDeg: z.number() }),
  findings: z.array(findingSchema),
});
const inspectionSchema = z.object({ width: z.number(), height: z.number(), faces: z.array(faceSchema) });
const preparedSchema = inspectionSchema.extend({ face: faceSchema });

export function createPortraitImporter({ cacheDir }: { cacheDir: string }): PortraitImporter {
  const cache = openPortraitCache(cacheDir);
  const mesh = createFaceMesh();
  const pixels = createPixelThread();
  /** What is being prepared, until it is in the cache: whoever wants the same waits for that. */
  const making = new Map<string, Promise<void>>();

  const findFaces = async (picture: DecodedPicture, signal: AbortSignal): Promise<FaceInPicture[]> => {
    try {
      return await mesh.find({ width: picture.width, height: picture.height, rgba: picture.rgba }, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new StudioError('portrait.analysis-failed', { detail }, { cause, retryable: true });
    }
  };

  /** What is known of the faces, and the picture itself where finding out needed it. */
  const look = async (
    bytes: Uint8Array,
    hash: string,
    signal: AbortSignal,
  ): Promise<{ inspection: PortraitInspection; picture: DecodedPicture | null }> => {
    const key = keyOf(hash, 'faces');
    const cached = inspectionSchema.safeParse((await cache.read(key))?.meta);
    if (cached.success) return { inspection: cached.data, picture: null };
    signal.throwIfAborted();
    mesh.warmUp();
    const picture = await pixels.decode(bytes, signal);
    const faces = await pixels.describe(picture, await findFaces(picture, signal), { snap: true }, signal);
    const inspection: PortraitInspection = { width: picture.width, height: picture.height, faces };
    await cache.write(key, { meta: inspection, planes: [] });
    return { inspection, picture };
  };

  return {
    async inspect(bytes, signal) {
      signal.throwIfAborted();
      return (await look(bytes, hashOf(bytes), signal)).inspection;
    },

    async prepare(bytes, { faceIndex, landmarks, signal }) {
      signal.throwIfAborted();
      const hash = hashOf(bytes);
      let picture: DecodedPicture | null = null;
      let faces: DetectedFace[] = [];
      let wanted: string;
      if (landmarks === null) {
        const looked = await look(bytes, hash, signal);
        picture = looked.picture;
        faces = looked.inspection.faces;
        wanted = `face ${chooseFace(faces, faceIndex).index}`;
      } else wanted = `landmarks ${JSON.stringify(landmarks)}`;

      const key = keyOf(hash, wanted);
      for (;;) {
        const kept = readPrepared(await cache.read(key));
        if (kept !== null) return kept;
        signal.throwIfAborted();
        const others = making.get(key);
        if (others === undefined) break;
        // It may come to nothing: then this one does it.
        await settledOrAborted(others, signal);
      }
      const { promise: made, resolve } = Promise.withResolvers<void>();
      making.set(key, made);
      let kept: Promise<void> | null = null;
      try {
        picture ??= await pixels.decode(bytes, signal);
        if (landmarks !== null) {
          mustShow(picture, landmarks);
          faces = await pixels.describe(picture, [{ landmarks, confidence: 1 }], { snap: false }, signal);
        }
        const face = chooseFace(faces, landmarks === null ? faceIndex : 0);
        const size = Math.round(faceSizePx(face.landmarks));
        if (size < MIN_FACE_PX) throw new StudioError('portrait.face-too-small', { px: size, min: MIN_FACE_PX });
        const { rgba, matte, background, patches } = await pixels.cutOut(picture, face.landmarks, signal);
        const { width, height } = picture;
        const meta: z.infer<typeof preparedSchema> = { width, height, face, faces };
        kept = cache.write(key, { meta, planes: [rgba, matte, ...patches] });
        return { ...meta, rgba, matte, background };
      } finally {
        void Promise.resolve(kept).then(() => {
          making.delete(key);
          resolve();
        });
      }
    },

    async dispose() {
      await Promise.all([mesh.dispose(), pixels.dispose()]);
      await Promise.all(making.values());
    },
  };
}

function chooseFace(faces: readonly DetectedFace[], index: number | null): DetectedFace {
  const count = faces.length;
  if (count === 0) throw new StudioError('portrait.no-face');
  if (index === null && count > 1) throw new StudioError('portrait.several-faces', { count });
  const face = faces[index ?? 0];
  if (face === undefined) throw new StudioError('portrait.no-such-face', { number: (index ?? 0) + 1, count });
  return face;
}

/** @throws StudioError `portrait.landmarks-outside` */
function mustShow(picture: DecodedPicture, landmarks: FaceLandmarks): void {
  const box = faceBox(landmarks);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  if (!(x >= 0 && y >= 0 && x < picture.width && y < picture.height && box.width > 0 && box.height > 0)) {
    throw new StudioError('portrait.landmarks-outside');
  }
}

function readPrepared(entry: { meta: unknown; planes: Uint8Array[] } | null): PreparedPortrait | null {
  const meta = preparedSchema.safeParse(entry?.meta);
  const [rgba, matte, runs, patches] = entry?.planes ?? [];
  if (!meta.success || rgba === undefined || matte === undefined || runs === undefined || patches === undefined)
    return null;
  const pixels = meta.data.width * meta.data.height;
  if (rgba.length !== pixels * 4 || matte.length !== pixels) return null;
  const background = unpackPatches(runs, patches, rgba);
  return background === null ? null : { ...meta.data, rgba, matte, background };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const keyOf = (hash: string, wanted: string): string =>
  createHash('sha256').update(`${CACHE_VERSION} ${hash} ${wanted}`).digest('hex');

async function settledOrAborted(settled: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([settled, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}
