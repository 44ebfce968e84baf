/** A person whose picture shows parted lips, as the same person with lips that meet. */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import type { FaceLandmarks, Point3 } from '../../../../app/document/landmarks.ts';
import type { AvatarPlate } from '../../../engine/ports/lipsync.ts';
import { FIELDS } from './fields.ts';
import { mix } from './math.ts';
import { COLUMNS, HALF, OUTER_LIP_RING } from './mesh.ts';
import type { Pose } from './performance.ts';
import { RigRenderer } from './renderer.ts';

/** Lips less apart than this, in distances between the eyes, meet. */
const MEETING = 0.02;

/** The plate itself where the lips meet already. What surrounds the mouth changes with it only as far as the lips reach. */
export function withClosedMouth(plate: AvatarPlate, settings: RigSettings): AvatarPlate {
  const { innerUpper, innerLower } = plate.landmarks.lips;
  const gap = Math.max(...innerUpper.map(([x, y], i) => Math.hypot(x - innerLower[i]![0], y - innerLower[i]![1])));
  const renderer = new RigRenderer(plate, settings);
  if (gap < MEETING * renderer.face.frame.iod) return plate;
  const drawn = renderer.draw(closedPose());
  const { region } = renderer;
  const person = plate.person.slice();
  for (let y = 0; y < region.height; y++) {
    for (let x = 0; x < region.width; x++) {
      const to = ((region.y + y) * plate.width + region.x + x) * 4;
      if (person[to + 3] !== 255) continue;
      const from = (y * region.width + x) * 4;
      person.set(drawn.subarray(from, from + 3), to);
    }
  }
  return { ...plate, person, landmarks: { ...plate.landmarks, lips: lipsOf(renderer, plate.landmarks.lips) } };
}

function lipsOf(renderer: RigRenderer, before: FaceLandmarks['lips']): FaceLandmarks['lips'] {
  const contour = (name: keyof FaceLandmarks['lips'], ring: number, lower: boolean): Point3[] => {
    const points = renderer.ring(ring);
    return before[name].map(([, , z], i) => {
      // The columns' places along the lip, the other way round.
      const step = (Math.acos(1 - (2 * i) / 10) / Math.PI) * HALF;
      const at = (j: number): readonly [number, number] => points[(lower ? COLUMNS - j : j) % COLUMNS]!;
      const [a, b] = [at(Math.floor(step)), at(Math.ceil(step))];
      const t = step - Math.floor(step);
      return [mix(a[0], b[0], t), mix(a[1], b[1], t), z];
    });
  };
  const upper = contour('innerUpper', 0, false);
  const lower = contour('innerLower', 0, true);
  const seam = (own: Point3[], other: Point3[]): Point3[] =>
    own.map(([x, y, z], i) => [mix(x, other[i]![0], 0.5), mix(y, other[i]![1], 0.5), z]);
  return {
    outerUpper: contour('outerUpper', OUTER_LIP_RING, false),
    outerLower: contour('outerLower', OUTER_LIP_RING, true),
    innerUpper: seam(upper, lower),
    innerLower: seam(lower, upper),
  };
}

const closedPose = (): Pose => ({
  fields: Object.fromEntries(FIELDS.map((field) => [field, field === 'close' ? 1 : 0])) as Pose['fields'],
  seal: 1,
  tongue: 0,
  eyes: { blink: 0, gazeX: 0, gazeY: 0, lowerLid: 0 },
});
