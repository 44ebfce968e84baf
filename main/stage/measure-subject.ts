/** What a portrait's place on the stage hangs on, measured; the arithmetic is in app/media/place-picture.ts. */
import type { Subject } from '../../app/media/place-picture.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';

/** Part of an edge that must be person for the edge to count as cutting it. */
const CUT_SHARE = 0.02;

/** Measures a portrait; `matte` is the person's coverage, one byte a pixel of the picture. */
export function measureSubject(portrait: PreparedPortrait, matte: Uint8Array): Subject {
  const { width, height } = portrait;
  const { oval, eyes } = portrait.face.landmarks;
  const xs = oval.map((p) => p[0]);
  const ys = oval.map((p) => p[1]);
  const [faceLeft, faceRight] = [Math.min(...xs), Math.max(...xs)];
  const [faceTop, chin] = [Math.min(...ys), Math.max(...ys)];
  const faceHeight = chin - faceTop;
  const faceWidth = faceRight - faceLeft;

  // Hair: the highest row above the face that is still mostly person across the middle of the face.
  const bandLeft = Math.max(0, Math.round(faceLeft + faceWidth * 0.25));
  const bandRight = Math.min(width, Math.round(faceRight - faceWidth * 0.25));
  const highest = Math.max(0, Math.round(faceTop - faceHeight * 0.8));
  let top = Math.min(height - 1, Math.max(0, Math.round(faceTop)));
  for (let y = top; y >= highest; y--) {
    let inside = 0;
    for (let x = bandLeft; x < bandRight; x++) if (matte[y * width + x] >= 128) inside++;
    if (inside * 3 < bandRight - bandLeft) break;
    top = y;
  }
  // A head without any hair seen still gets a little air.
  top = Math.max(0, Math.min(top, faceTop - faceHeight * 0.12));

  // The mass of the head and neck pulls the middle towards hair that hangs to one side.
  let mass = 0;
  let moment = 0;
  for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(chin)); y += 4) {
    for (let x = 0; x < width; x += 4) {
      const a = matte[y * width + x];
      mass += a;
      moment += a * x;
    }
  }
  const faceCentre = (faceLeft + faceRight) / 2;
  const centreX = mass > 0 ? faceCentre * 0.6 + (moment / mass) * 0.4 : faceCentre;

  const row = (y: number) => share(width, (i) => matte[y * width + i]);
  const column = (x: number) => share(height, (i) => matte[i * width + x]);
  return {
    width,
    height,
    head: { top, chin, centreX, eyesY: (eyes.left.iris.y + eyes.right.iris.y) / 2, faceWidth },
    cut: {
      left: column(0) > CUT_SHARE,
      right: column(width - 1) > CUT_SHARE,
      top: row(0) > CUT_SHARE,
      bottom: row(height - 1) > CUT_SHARE,
    },
  };
}

const share = (length: number, at: (i: number) => number) => {
  let inside = 0;
  for (let i = 0; i < length; i++) if (at(i) >= 64) inside++;
  return inside / length;
};
