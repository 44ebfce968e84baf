/** What an import does with whole pictures, step by step: run in a thread of its own, see `pixel-thread.ts`. */
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import type { DetectedFace } from '../engine/ports/portrait.ts';
import { backgroundWithoutPerson } from './background.ts';
import type { DecodedPicture } from './decode.ts';
import { examineFace } from './doctor.ts';
import { faceBox, headPose, interOcularPx } from './face-measures.ts';
import { snapLips } from './lip-edges.ts';
import { personMatte } from './matte.ts';
import { packPatches } from './patches.ts';

export interface FaceInPicture {
  landmarks: FaceLandmarks;
  /** 0..1. */
  confidence: number;
}

/** The planes of a prepared portrait, and its background as the cache keeps it. */
export interface CutOut {
  rgba: Uint8Array<ArrayBuffer>;
  matte: Uint8Array<ArrayBuffer>;
  background: Uint8Array<ArrayBuffer>;
  patches: [runs: Uint8Array<ArrayBuffer>, patches: Uint8Array<ArrayBuffer>];
}

/** Faces counted in the order given. `snap`: as a network found them, their lips still to be moved onto the picture's edges. */
export function describeFaces(picture: DecodedPicture, found: readonly FaceInPicture[], snap: boolean): DetectedFace[] {
  return found.map(({ landmarks: given, confidence }, index) => {
    const landmarks = snap ? snapLips(picture, given) : given;
    const findings = examineFace(picture, landmarks, confidence);
    if (picture.animated) findings.push({ code: 'animated', severity: 'info', value: 1 });
    return { index, box: faceBox(landmarks), confidence, landmarks, pose: headPose(landmarks), findings };
  });
}

/** `rest` is called between two steps, each of which runs for some tenths of a second; what it throws ends the work. */
export function cutOutPerson(picture: DecodedPicture, face: FaceLandmarks, rest: () => void): CutOut {
  const matte = personMatte(picture, face);
  rest();
  const background = backgroundWithoutPerson(picture, matte, Math.max(4, 0.12 * interOcularPx(face)));
  rest();
  return { rgba: new Uint8Array(picture.rgba), matte, background, patches: packPatches(background, picture.rgba) };
}
