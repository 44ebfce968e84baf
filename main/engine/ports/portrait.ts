/** What importing a portrait gives: the upright picture, the person cut out of it, the face's shape and what is wrong with it. */
import type { FaceLandmarks } from '../../../app/document/landmarks.ts';
import type { Rect } from './lipsync.ts';

export type FindingCode =
  | 'face-too-small'
  | 'face-turned'
  | 'face-tilted'
  | 'mouth-open'
  | 'blurred'
  | 'cut-off'
  | 'too-dark'
  | 'too-bright'
  | 'occluded'
  | 'eyes-closed'
  | 'low-resolution'
  /** The file is an animation; its first frame is used. */
  | 'animated';

/** The source doctor's word on one thing. Its wording lives in `app/i18n/findings.ts`. `value` is what was measured. */
export interface Finding {
  code: FindingCode;
  severity: 'info' | 'warning' | 'severe';
  value: number;
}

export interface DetectedFace {
  /** Counted from the picture's left. */
  index: number;
  box: Rect;
  /** 0..1. */
  confidence: number;
  landmarks: FaceLandmarks;
  /** Head pose in degrees; yaw positive when the person looks to the picture's right. */
  pose: { yawDeg: number; pitchDeg: number; rollDeg: number };
  findings: Finding[];
}

export interface PreparedPortrait {
  width: number;
  height: number;
  /** The upright picture, sRGB, RGBA8. Alpha is the picture's own (255 everywhere for photos). */
  rgba: Uint8Array;
  /** The person's matte, one byte a pixel, feathered. */
  matte: Uint8Array;
  /** The picture with the person painted out, RGBA8. */
  background: Uint8Array;
  face: DetectedFace;
  /** Every face found. */
  faces: DetectedFace[];
}
