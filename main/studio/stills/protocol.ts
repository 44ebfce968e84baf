import type { RigSettings } from '../../../app/document/avatar.ts';
import type { FaceLandmarks } from '../../../app/document/landmarks.ts';
import type { ErrorCode, ErrorParams } from '../../../app/errors/index.ts';
import type { EmotionBlend } from '../../../app/speech/emotion-blend.ts';
import type { AvatarPlate } from '../../engine/ports/lipsync.ts';
import type { PlacedOverlay } from '../../stage/overlays.ts';

/** A face held still. */
export interface StillScene {
  /** The sound whose shape the mouth has, in IPA; null: the lips rest. */
  phone: string | null;
  blend: EmotionBlend;
}

export interface StillJob {
  /** Which plate; it was sent with this job or an earlier one. */
  plateKey: string;
  plate: AvatarPlate | null;
  /** In stage pixels, in place of the plate's own. */
  landmarks: FaceLandmarks;
  rig: RigSettings;
  scene: StillScene;
  /** Painted over the face, rearmost first. */
  front?: readonly PlacedOverlay[] | undefined;
}

export type StillRequest = { id: number; job: StillJob };
export type StillReply =
  | { id: number; ok: true; webp: Uint8Array<ArrayBuffer> }
  /** An error loses its code on its way between threads. */
  | { id: number; ok: false; code: ErrorCode; params: ErrorParams };
