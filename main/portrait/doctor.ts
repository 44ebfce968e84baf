/** The source doctor: what about a portrait will show in the film, how badly, and the number it was judged by. */
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import type { DetectedFace, Finding, FindingCode } from '../engine/ports/portrait.ts';
import { type FaceLook, lookAtFace } from './face-look.ts';
import { eyeOpenness, faceBox, headPose, interOcularPx, mouthOpenness } from './face-measures.ts';

interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/** A face below this is refused by the import. */
export const MIN_FACE_PX = 64;

type Severity = Finding['severity'];
/** The first bar reached wins, worst first. `below`: small values are the bad ones. */
interface Rule {
  code: FindingCode;
  below?: true;
  bars: readonly (readonly [Severity, number])[];
  measure(subject: Subject): number;
}
interface Subject {
  picture: Picture;
  face: FaceLandmarks;
  pose: DetectedFace['pose'];
  look: FaceLook;
  confidence: number;
}

const RULES: readonly Rule[] = [
  {
    code: 'face-too-small',
    below: true,
    bars: [
      ['severe', MIN_FACE_PX],
      ['warning', 130],
    ],
    measure: ({ face }) => faceSizePx(face),
  },
  // Distance of the eyes in pixels: from 200 on, lips and teeth hold at 1080p.
  { code: 'low-resolution', below: true, bars: [['info', 200]], measure: ({ face }) => interOcularPx(face) },
  {
    code: 'face-turned',
    bars: [
      ['severe', 38],
      ['warning', 20],
      ['info', 13],
    ],
    measure: ({ pose }) => Math.max(Math.abs(pose.yawDeg), Math.abs(pose.pitchDeg) - 8),
  },
  {
    code: 'face-tilted',
    bars: [
      ['severe', 30],
      ['warning', 14],
    ],
    measure: ({ pose }) => Math.abs(pose.rollDeg),
  },
  {
    code: 'mouth-open',
    bars: [
      ['severe', 0.25],
      ['warning', 0.09],
      ['info', 0.055],
    ],
    measure: ({ face }) => mouthOpenness(face),
  },
  {
    code: 'eyes-closed',
    below: true,
    bars: [
      ['warning', 0.12],
      ['info', 0.15],
    ],
    measure: ({ face }) => Math.min(eyeOpenness(face.eyes.left), eyeOpenness(face.eyes.right)),
  },
  {
    code: 'blurred',
    below: true,
    bars: [
      ['severe', 0.0065],
      ['warning', 0.03],
    ],
    measure: ({ look }) => look.sharpness,
  },
  {
    code: 'cut-off',
    bars: [
      ['severe', 0.35],
      ['warning', 0.02],
    ],
    measure: ({ picture, face }) => cutOff(picture, face),
  },
  {
    code: 'too-dark',
    below: true,
    bars: [
      ['severe', 60],
      ['warning', 95],
    ],
    measure: ({ look }) => look.highlight,
  },
  {
    code: 'too-bright',
    bars: [
      ['severe', 0.4],
      ['warning', 0.15],
    ],
    measure: ({ look }) => look.burntOut,
  },
  {
    // Told by colour alone, so never more than a warning: a beard or make-up can look like a cover.
    code: 'occluded',
    bars: [
      ['warning', 0.45],
      ['info', 0.3],
    ],
    // The face network itself is sure of an open face (above 0.8) and doubts a covered one.
    measure: ({ look, confidence }) => Math.max(look.foreign, confidence < 0.5 ? 0.46 : confidence < 0.7 ? 0.31 : 0),
  },
];

/** Findings about one face, worst first. */
export function examineFace(picture: Picture, face: FaceLandmarks, confidence: number): Finding[] {
  const subject: Subject = { picture, face, pose: headPose(face), look: lookAtFace(picture, face), confidence };
  const order: readonly Severity[] = ['severe', 'warning', 'info'];
  const findings: Finding[] = [];
  for (const rule of RULES) {
    const value = rule.measure(subject);
    const bar = rule.bars.find(([, limit]) => (rule.below === true ? value < limit : value > limit));
    if (bar !== undefined) findings.push({ code: rule.code, severity: bar[0], value: Math.round(value * 1000) / 1000 });
  }
  return findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** The face's longer side, forehead to chin. */
export function faceSizePx(face: FaceLandmarks): number {
  const box = faceBox(face);
  return Math.max(box.width, box.height);
}

/** How much of the head lies outside the picture, in head heights: chin, cheeks, and the hair that is to be expected. */
function cutOff(picture: Picture, face: FaceLandmarks): number {
  const [top, chin] = [face.oval[0]!, face.oval[18]!];
  const size = Math.max(1, Math.hypot(chin[0] - top[0], chin[1] - top[1]));
  const crown: Point3 = [top[0] + (top[0] - chin[0]) * 0.22, top[1] + (top[1] - chin[1]) * 0.22, 0];
  const beyond = ([x, y]: Point3): number => Math.max(0, -x, -y, x - picture.width, y - picture.height) / size;
  // Missing hair is bearable, a missing part of the face itself is not: it counts fourfold.
  return Math.max(beyond(crown), ...face.oval.map((p) => 4 * beyond(p)));
}
