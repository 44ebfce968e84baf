/** The mouth's trial: how the engine draws a face with given landmarks, held in one shape, close up. */
import { createHash } from 'node:crypto';
import type { MouthTestRequest, MouthTestShape } from '../../app/contract/portraits.ts';
import type { Avatar, Framing } from '../../app/document/avatar.ts';
import { mapLandmarks } from '../../app/document/landmarks.ts';
import { StudioError } from '../../app/errors/index.ts';
import { placePicture } from '../../app/media/place-picture.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { type EmotionBlend, mixBlends, NEUTRAL_BLEND } from '../../app/speech/emotion-blend.ts';
import { EMOTION_BLENDS } from '../../app/speech/emotion-presets.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';
import { type LoadedPortrait, loadPortrait } from '../export/load-portrait.ts';
import { faceBox } from '../portrait/face-measures.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import { layoutAvatar } from '../stage/layout.ts';
import { measureSubject } from '../stage/measure-subject.ts';
import { decodePicture } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { StillStudio } from './stills/still-studio.ts';

/** The sound that each shape belongs to. */
const PHONES: Record<MouthTestShape, string | null> = { rest: null, closed: 'm', open: 'a', O: 'o', E: 'e', F: 'f' };
/** Of the stage's height, the face from forehead to chin; and where its middle lies. */
const FACE_HEIGHT = 0.56;
const FACE_MIDDLE = 0.52;
/** Portraits laid out, the latest. */
const KEPT = 3;

interface LaidOut {
  plate: AvatarPlate;
  /** From pixels of the upright picture to the stage's. */
  scale: number;
  /** As found or authored, in pixels of the upright picture. */
  landmarks: PreparedPortrait['face']['landmarks'];
}

export interface MouthTester {
  /** WebP, and its size. The same request gives the same bytes. */
  test(request: MouthTestRequest, signal: AbortSignal): Promise<{ webp: Uint8Array<ArrayBuffer>; sidePx: number }>;
  /** Names the still that a request gives. */
  keyOf(request: MouthTestRequest): string;
  /** Stops what is being laid out. */
  dispose(): void;
}

export function createMouthTester(portraits: PortraitImporter, assets: AssetSource, stills: StillStudio): MouthTester {
  const closed = new AbortController();
  const laidOut = new Map<string, Promise<LaidOut>>();

  /** Shared by all who ask, so no one's abort stops it. */
  const layOut = (avatar: Avatar, sidePx: number): { key: string; ready: Promise<LaidOut> } => {
    const { portrait, faceIndex } = avatar;
    const source = portrait.kind === 'sample' ? portrait.id : portrait.asset.sha256;
    const key = JSON.stringify([source, faceIndex, sidePx]);
    const ready =
      laidOut.get(key) ??
      found(avatar, assets, portraits, closed.signal).then((loaded) => closeUp(loaded, sidePx, closed.signal));
    laidOut.delete(key);
    laidOut.set(key, ready);
    ready.catch(() => laidOut.get(key) === ready && laidOut.delete(key));
    for (const oldest of laidOut.keys()) {
      if (laidOut.size <= KEPT) break;
      laidOut.delete(oldest);
    }
    return { key, ready };
  };

  return {
    keyOf: (request) => createHash('sha256').update(JSON.stringify(request)).digest('hex'),
    async test({ avatar, mouth, emotion, blink, maxSidePx }, signal) {
      const sidePx = maxSidePx - (maxSidePx % 2);
      const { key, ready } = layOut(avatar, sidePx);
      const { plate, scale, landmarks } = await ready;
      signal.throwIfAborted();
      const { x, y } = plate.picture;
      const blend = blendOf(emotion);
      const job = {
        plateKey: key,
        landmarks: mapLandmarks(avatar.landmarks ?? landmarks, scale, x, y),
        // Nothing moves by itself in a still; a mood may turn the head and the eyes.
        rig: { ...avatar.rig, breathing: 0, blinksPerMinute: 0, ...(emotion === null && { head: 0, gaze: 0 }) },
        scene: {
          phone: PHONES[mouth],
          blend: { ...blend, energy: 0, upperLids: blend.upperLids + (1 - blend.upperLids) * blink },
        },
      };
      return { webp: await stills.draw(job, () => Promise.resolve(plate), signal), sidePx };
    },
    dispose: () => closed.abort(new Error('the studio was closed')),
  };
}

function blendOf(emotion: MouthTestRequest['emotion']): EmotionBlend {
  if (emotion === null) return NEUTRAL_BLEND;
  const blend = emotion.kind === 'preset' ? EMOTION_BLENDS[emotion.emotion] : emotion.blend;
  return mixBlends(NEUTRAL_BLEND, blend, emotion.intensity);
}

/** The portrait as it is without the landmarks on trial, so that a change of them changes nothing else; where no face is found, by them. */
async function found(
  avatar: Avatar,
  assets: AssetSource,
  portraits: PortraitImporter,
  signal: AbortSignal,
): Promise<LoadedPortrait> {
  try {
    return await loadPortrait({ ...avatar, landmarks: null }, assets, portraits, signal);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'portrait.no-face' && avatar.landmarks !== null)) throw error;
    return await loadPortrait(avatar, assets, portraits, signal);
  }
}

async function closeUp(
  { prepared, background }: LoadedPortrait,
  sidePx: number,
  signal: AbortSignal,
): Promise<LaidOut> {
  const size: StageSize = { widthPx: sidePx, heightPx: sidePx };
  const plate = await layoutAvatar(prepared, {
    size,
    framing: closeFraming(prepared, sidePx),
    background: { kind: 'keep' },
    ...(background && { sampleBackground: await decodePicture(background, 'background') }),
    signal,
  });
  return { plate, scale: plate.picture.width / prepared.width, landmarks: prepared.face.landmarks };
}

/** The face in the middle, as large as it needs to be to judge a mouth. */
function closeFraming(prepared: PreparedPortrait, sidePx: number): Framing {
  const { width, height, matte, face } = prepared;
  const box = faceBox(face.landmarks);
  const cover = sidePx / Math.min(width, height);
  const zoom = (FACE_HEIGHT * sidePx) / box.height / cover;
  const still: Framing = { fit: 'cover', zoom, offsetX: 0, offsetY: 0 };
  const placed = placePicture(measureSubject(prepared, matte), { widthPx: sidePx, heightPx: sidePx }, still, false);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  return {
    ...still,
    offsetX: 0.5 - (placed.x + x * placed.scale) / sidePx,
    offsetY: FACE_MIDDLE - (placed.y + y * placed.scale) / sidePx,
  };
}
