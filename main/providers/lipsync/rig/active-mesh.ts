/**
 * Of the mesh, what has to be drawn for each frame: triangles that show something of the person and can move. What never
 * moves is drawn once, what shows nothing never.
 */
import type { Rect } from '../../../engine/ports/lipsync.ts';
import { FIELDS, type Field, type Fields, HEAD_FIELDS } from './fields.ts';
import { clamp } from './math.ts';
import { type RigMesh, VERTICES } from './mesh.ts';

/** The largest weights a pose gives: the head's fields are displacements in face units, the others shares of an action. */
const largestWeight = (field: Field): number =>
  (HEAD_FIELDS as readonly Field[]).includes(field) ? 0.3 : field === 'breath' ? 0.06 : 1.5;
/** Less movement than this is none. */
const STILL_PX = 0.06;

export interface ActiveMesh {
  /** u16 triples. */
  moving: Uint16Array;
  /** One byte per moving triangle: 1 where all its texels are opaque. */
  opaque: Uint8Array;
  /** Triangles that show something but stay where they are. */
  still: Uint16Array;
  /** What moving triangles can reach of `visible`, in pixels of the area; even position and size relative to the stage. */
  bounds: Rect;
}

/**
 * Also stills the fields of vertices that hardly move. `texture` has a border of one texel round `area`; `visible` is the part
 * of the area, in its pixels, that lies on the stage.
 */
export function activateMesh(
  mesh: RigMesh,
  fields: Fields,
  texture: Uint8Array,
  area: Rect,
  visible: Rect,
): ActiveMesh {
  const reach = new Float32Array(VERTICES);
  for (const name of FIELDS) {
    const weight = largestWeight(name);
    const { x, y } = fields[name];
    for (let v = 0; v < VERTICES; v++) reach[v]! += weight * Math.max(Math.abs(x[v]!), Math.abs(y[v]!));
  }
  for (let v = 0; v < VERTICES; v++) {
    if (reach[v]! >= STILL_PX) continue;
    reach[v] = 0;
    for (const name of FIELDS) {
      fields[name].x[v] = 0;
      fields[name].y[v] = 0;
    }
  }
  const moving: number[] = [];
  const opaque: number[] = [];
  const still: number[] = [];
  let [left, top, right, bottom] = [area.width, area.height, 0, 0];
  for (let t = 0; t < mesh.body.length; t += 3) {
    const corners = [mesh.body[t]!, mesh.body[t + 1]!, mesh.body[t + 2]!];
    const seen = coverage(mesh, corners, texture, area);
    if (seen === null) continue;
    const far = Math.max(...corners.map((v) => reach[v]!));
    if (far === 0) {
      still.push(...corners);
      continue;
    }
    moving.push(...corners);
    opaque.push(seen.opaque ? 1 : 0);
    left = Math.min(left, seen.left - far);
    right = Math.max(right, seen.right + far);
    top = Math.min(top, seen.top - far);
    bottom = Math.max(bottom, seen.bottom + far);
  }
  const down = (value: number, least: number, most: number): number =>
    clamp(Math.floor((value - 1) / 2) * 2, least, most - 2);
  const up = (value: number, least: number, most: number): number =>
    clamp(Math.ceil((value + 1) / 2) * 2, least + 2, most);
  const [visibleRight, visibleBottom] = [visible.x + visible.width, visible.y + visible.height];
  const x = down(left, visible.x, visibleRight);
  const y = down(top, visible.y, visibleBottom);
  return {
    moving: Uint16Array.from(moving),
    opaque: Uint8Array.from(opaque),
    still: Uint16Array.from(still),
    bounds: { x, y, width: up(right, x, visibleRight) - x, height: up(bottom, y, visibleBottom) - y },
  };
}

interface Coverage {
  opaque: boolean;
  /** Where anything is seen, in pixels of the area. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What the texels under a triangle show of the person, with a margin for interpolation; null for nothing. */
function coverage(mesh: RigMesh, corners: readonly number[], texture: Uint8Array, area: Rect): Coverage | null {
  const width = area.width + 2;
  const xs = corners.map((v) => mesh.px[v]! + 1);
  const ys = corners.map((v) => mesh.py[v]! + 1);
  const x0 = Math.max(0, Math.floor(Math.min(...xs)) - 1);
  const x1 = Math.min(width - 1, Math.ceil(Math.max(...xs)) + 1);
  const y0 = Math.max(0, Math.floor(Math.min(...ys)) - 1);
  const y1 = Math.min(area.height + 1, Math.ceil(Math.max(...ys)) + 1);
  const seen: Coverage = { opaque: true, left: x1, top: y1, right: x0 - 1, bottom: y0 - 1 };
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const alpha = texture[(y * width + x) * 4 + 3]!;
      if (alpha < 255) seen.opaque = false;
      if (alpha === 0) continue;
      // Texels lie one in from the border of the texture.
      seen.left = Math.min(seen.left, x - 1);
      seen.right = Math.max(seen.right, x);
      seen.top = Math.min(seen.top, y - 1);
      seen.bottom = Math.max(seen.bottom, y);
    }
  }
  return seen.right < seen.left ? null : seen;
}
