/** Where a person's body is to be expected, told from the face alone. */
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { headPose } from './face-measures.ts';
import { type Plane, plane, smoothstep } from './planes.ts';

export interface PersonPrior {
  /** Chance that a pixel belongs to the person, 0..1, before looking at its colour. */
  chance: Plane;
  /** 1 where it surely does (face, neck), −1 where it surely does not, else 0. */
  certain: Int8Array;
  /** 0 in the head's part of the picture, 1 in the body's. */
  body: Plane;
}

/** `scale`: from portrait pixels to pixels of the plane. */
export function personPrior(face: FaceLandmarks, width: number, height: number, scale: number): PersonPrior {
  const oval = face.oval.map(([x, y]) => [x * scale, y * scale] as const);
  const roll = (headPose(face).rollDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const [top, chin, right, left] = [oval[0]!, oval[18]!, oval[8]!, oval[28]!];
  const [cx, cy] = [(left[0] + right[0]) / 2, (top[1] + chin[1]) / 2];
  const faceHeight = Math.max(8, Math.hypot(chin[0] - top[0], chin[1] - top[1]));
  const halfWidth = Math.max(4, Math.hypot(right[0] - left[0], right[1] - left[1]) / 2, faceHeight * 0.34);
  const chance = plane(width, height);
  const body = plane(width, height);
  const certain = new Int8Array(width * height);
  // The mesh's outline can lie a little outside a narrow jaw: only its inner part is beyond doubt.
  const middle = [cx, (top[1] + chin[1]) / 2 - 0.04 * faceHeight] as const;
  const inner = oval.map(([x, y]) => [middle[0] + 0.86 * (x - middle[0]), middle[1] + 0.92 * (y - middle[1])] as const);
  const inside = insideOval(inner, width, height);
  const outline = insideOval(oval, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [px, py] = [x + 0.5 - cx, y + 0.5 - cy];
      const across = (px * cos + py * sin) / halfWidth;
      const down = (py * cos - px * sin) / faceHeight;
      // Hair: an oval round the head, reaching higher and wider than the face and thinning out below it.
      const hair = Math.sqrt((across / 2.1) ** 2 + ((down + 0.12) / 1.05) ** 2);
      const skull = Math.sqrt((across / 1.3) ** 2 + ((down + 0.2) / 0.78) ** 2);
      let p = 0.58 * smoothstep(1.5, 0.65, hair) * smoothstep(1.5, 0.3, down);
      p = Math.max(p, 0.86 * smoothstep(1.12, 0.9, skull));
      const belowChin = (y + 0.5 - chin[1]) / faceHeight;
      const side = Math.abs(x + 0.5 - (chin[0] * 0.5 + cx * 0.5)) / halfWidth;
      // From the neck along the shoulders to a little more than their width: about three faces.
      const shoulder = 0.85 + 2.1 * smoothstep(-0.05, 0.44, belowChin);
      const torso = smoothstep(-0.08, 0.12, belowChin) * smoothstep(1.2 * shoulder, 0.47 * shoulder, side);
      p = Math.max(p, 0.91 * torso);
      const neck = smoothstep(-0.32, -0.2, belowChin) * smoothstep(0.95, 0.68, side);
      p = Math.max(p, 0.93 * neck * smoothstep(0.6, 0.3, belowChin), outline[i] ? 0.94 : 0);
      chance.data[i] = Math.max(0.015, Math.min(0.97, p));
      body.data[i] = smoothstep(0, 0.25, belowChin);
      if (inside[i] || (belowChin > -0.2 && side < (belowChin < 0.3 ? 0.34 : 0.6))) certain[i] = 1;
      else if (hair > 2.2 && belowChin < 0) certain[i] = -1;
    }
  }
  return { chance, certain, body };
}

function insideOval(oval: readonly (readonly [number, number])[], width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const crossings: number[] = [];
    for (let k = 0; k < oval.length; k++) {
      const [a, b] = [oval[k]!, oval[(k + 1) % oval.length]!];
      if (a[1] <= y + 0.5 !== b[1] <= y + 0.5)
        crossings.push(a[0] + ((y + 0.5 - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil(crossings[k]! - 0.5));
      const to = Math.min(width - 1, Math.floor(crossings[k + 1]! - 0.5));
      for (let x = from; x <= to; x++) out[y * width + x] = 1;
    }
  }
  return out;
}
