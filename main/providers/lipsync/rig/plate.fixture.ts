/** A synthetic person for tests: textured skin, eyes and lips at known places, on a stage with a flat background. */
import type { EyeLandmarks, FaceLandmarks, Point3 } from '../../../../app/document/landmarks.ts';
import type { AvatarPlate } from '../../../engine/ports/lipsync.ts';

const ellipse = (
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
  count: number,
  z: number,
): Point3[] =>
  Array.from({ length: count }, (_, i) => {
    const angle = ((from + ((to - from) * i) / (count - 1)) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle), z];
  });

/** Face of inter-ocular distance `iod` with its mouth's middle at (cx, cy), lips closed. */
export function landmarksAt(cx: number, cy: number, iod: number): FaceLandmarks {
  const eye = (side: number): EyeLandmarks => {
    const x = cx + (side * iod) / 2;
    const y = cy - 1.05 * iod;
    return {
      upper: ellipse(x, y, 0.22 * iod, 0.1 * iod, 180, 360, 9, 0),
      lower: ellipse(x, y, 0.22 * iod, 0.07 * iod, 180, 0, 9, 0),
      iris: { x, y, radius: 0.09 * iod },
    };
  };
  const brow = (side: number): { upper: Point3[]; lower: Point3[] } => {
    const row = (y: number): Point3[] =>
      Array.from({ length: 5 }, (_, i) => [cx + (side * iod) / 2 + (i - 2) * 0.13 * iod, cy - y * iod, 0]);
    return { upper: row(1.5), lower: row(1.42) };
  };
  const half = 0.38 * iod;
  const seam = (): Point3[] => Array.from({ length: 11 }, (_, i) => [cx - half + (2 * half * i) / 10, cy, 0]);
  return {
    lips: {
      outerUpper: ellipse(cx, cy, half, 0.13 * iod, 180, 360, 11, -0.1 * iod),
      outerLower: ellipse(cx, cy, half, 0.17 * iod, 180, 0, 11, -0.1 * iod),
      innerUpper: seam(),
      innerLower: seam(),
    },
    eyes: { left: eye(-1), right: eye(1) },
    brows: { left: brow(-1), right: brow(1) },
    oval: ellipse(cx, cy - 0.75 * iod, 1.05 * iod, 1.45 * iod, -90, 260, 36, 0.6 * iod),
    nose: {
      bridge: [cx, cy - 1.05 * iod, -0.1 * iod],
      tip: [cx, cy - 0.45 * iod, -0.4 * iod],
      base: [cx, cy - 0.3 * iod, -0.2 * iod],
    },
    cheeks: { left: [cx - 0.6 * iod, cy - 0.45 * iod, 0], right: [cx + 0.6 * iod, cy - 0.45 * iod, 0] },
  };
}

export const LIP: readonly [number, number, number] = [190, 80, 90];
export const IRIS: readonly [number, number, number] = [40, 90, 160];

export function plateFixture(width = 320, height = 320, iod = 60): AvatarPlate {
  const landmarks = landmarksAt(width / 2, height * 0.56, iod);
  const person = new Uint8Array(width * height * 4);
  const background = new Uint8Array(width * height * 4);
  const [mx, my] = [width / 2, height * 0.56];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y * width + x) * 4;
      // A weave that shows the smallest shift, without being noise.
      const weave = 14 * Math.sin(x * 0.9) * Math.sin(y * 0.8);
      let colour: readonly [number, number, number] = [205 + weave, 165 + weave, 140 + weave];
      for (const side of [-1, 1]) {
        const [ex, ey] = [(x - mx - (side * iod) / 2) / iod, (y - my + 1.05 * iod) / iod];
        if ((ex / 0.22) ** 2 + (ey / (ey < 0 ? 0.1 : 0.07)) ** 2 < 1) colour = [235, 235, 235];
        if (Math.hypot(ex, ey) < 0.09 && Math.abs(ey) < (ey < 0 ? 0.1 : 0.07)) colour = IRIS;
      }
      const [lx, ly] = [(x - mx) / (0.38 * iod), (y - my) / (iod * (y < my ? 0.13 : 0.17))];
      if (lx * lx + ly * ly < 1) colour = LIP;
      const inside =
        ((x - mx) / (1.5 * iod)) ** 2 + ((y - my + 0.6 * iod) / (2.1 * iod)) ** 2 < 1 ||
        (y > my && Math.abs(x - mx) < iod);
      person.set([...colour, inside ? 255 : 0], o);
      background.set([30, 60, 50, 255], o);
    }
  }
  return { width, height, person, background, landmarks, picture: { x: 0, y: 0, width, height } };
}
