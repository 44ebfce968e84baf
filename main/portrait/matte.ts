/** The person cut out of the portrait: head, hair, neck and body down to the lower edge. */
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { interOcularPx } from './face-measures.ts';
import { personPrior } from './person-prior.ts';
import {
  boxBlur,
  forEachUpscaled,
  guidedCoefficients,
  type Plane,
  plane,
  shrinkColours,
  smoothstep,
} from './planes.ts';
import { segmentPerson } from './segment-person.ts';

interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const WORK_SIDE = 288;

/**
 * One byte a pixel. Soft at the edges and a little wide, so that a thin band of the real background travels with the hair.
 * A picture with its own transparency brings its own matte.
 */
export function personMatte(picture: Picture, face: FaceLandmarks): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = picture;
  const own = ownMatte(picture);
  if (own !== null) return own;
  const scale = Math.min(1, WORK_SIDE / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const colours = shrinkColours(picture, w, h);
  const field = segmentPerson(colours, personPrior(face, w, h, scale));

  // The edge again at full size: a locally linear function of the picture's own colours follows strands of hair.
  const shaped: Plane = { width: w, height: h, data: field.data.map((v) => smoothstep(0.3, 0.7, v)) };
  const [a, b, c, d] = guidedCoefficients(colours, shaped, 3, 4e-4);
  const soft = boxBlur(shaped, 4);
  const fine = plane(width, height);
  const mix = (p: Plane, p00: number, p01: number, p10: number, p11: number, u: number, v: number): number =>
    (p.data[p00]! * (1 - u) + p.data[p01]! * u) * (1 - v) + (p.data[p10]! * (1 - u) + p.data[p11]! * u) * v;
  forEachUpscaled(shaped, width, height, (i, p00, p01, p10, p11, u, v) => {
    const wide = mix(soft, p00, p01, p10, p11, u, v);
    if (wide <= 0.002 || wide >= 0.998) {
      fine.data[i] = wide >= 0.5 ? 1 : 0;
      return;
    }
    const value =
      mix(a, p00, p01, p10, p11, u, v) * (rgba[i * 4]! / 255) +
      mix(b, p00, p01, p10, p11, u, v) * (rgba[i * 4 + 1]! / 255) +
      mix(c, p00, p01, p10, p11, u, v) * (rgba[i * 4 + 2]! / 255) +
      mix(d, p00, p01, p10, p11, u, v);
    // Only within reach of the coarse edge, or a hair-coloured leaf far off would light up.
    fine.data[i] = Math.max(0, Math.min(1, value)) * smoothstep(0.0, 0.12, wide);
  });
  const radius = Math.max(1, Math.round(0.012 * interOcularPx(face)));
  const spread = boxBlur(boxBlur(fine, radius), radius);
  const matte = new Uint8Array(width * height);
  for (let i = 0; i < matte.length; i++) {
    matte[i] = Math.round(
      255 * Math.max(smoothstep(0.08, 0.62, spread.data[i]!), smoothstep(0.35, 0.75, fine.data[i]!)),
    );
  }
  return matte;
}

/** True of a picture whose alpha is its matte, wherever its face is: at least a hundredth of it is empty. */
export function bringsOwnMatte(rgba: Uint8Array): boolean {
  let empty = 0;
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i]! < 8) empty++;
  return empty > rgba.length / 400;
}

function ownMatte({ rgba }: Picture): Uint8Array<ArrayBuffer> | null {
  if (!bringsOwnMatte(rgba)) return null;
  const matte = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < matte.length; i++) matte[i] = rgba[i * 4 + 3]!;
  return matte;
}
