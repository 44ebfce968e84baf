/**
 * Lays what a network drew onto the picture the rig moves: within a mask in the shape of the jaw, with soft edges, its colours
 * matched to the skin round it. Texels outside the mask are never written.
 */
import type { Face } from '../rig/face-frame.ts';
import { smoothstep } from '../rig/math.ts';
import type { RigTexture } from '../rig/renderer.ts';
import type { FaceCrop } from './face-crop.ts';

/** The networks redraw the lower half: the mask comes in below its upper edge, and out towards the face's outline. */
const FROM_EDGE = 0.5;
const FULL_BELOW = 0.57;
const [OUTLINE_FULL, OUTLINE_NONE] = [0.84, 1.02];
/** Towards the crop's own sides, as a share of it. */
const SIDE = 0.05;
/** Where the mask is between these, what is drawn should be the skin that was there: colours are matched by it. */
const [MATCH_FROM, MATCH_TO] = [0.02, 0.6];
/** No match goes further, in 8-bit steps: beyond it the network has drawn something else. */
const MATCH_MOST = 24;

export class MouthPatch {
  readonly #texture: RigTexture;
  readonly #size: number;
  /** Texels in the mask: offset of each, its colours, its weight, and where it lies in the crop. */
  readonly #offsets: Uint32Array;
  readonly #own: Uint8Array;
  readonly #mask: Float32Array;
  readonly #from: Uint32Array;
  /** Place in the crop, 0..1 across and down, and how far between its pixels. */
  readonly #places: Float32Array;
  readonly #match: ColourMatch;
  #shown = false;

  /** `reference`: the crop itself, RGB8. */
  constructor(texture: RigTexture, face: Face, crop: FaceCrop, reference: Uint8Array) {
    this.#texture = texture;
    const size = crop.sizePx;
    this.#size = size;
    const { rgba, width } = texture;
    const [offsets, mask, from, places]: [number[], number[], number[], number[]] = [[], [], [], []];
    const height = rgba.length / 4 / width;
    const box = boxOf(face, crop, texture, height);
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        const offset = (y * width + x) * 4;
        const point = face.frame.toFace(texture.x + x + 0.5, texture.y + y + 0.5);
        const [u, v] = crop.fromFace(point);
        const weight = maskAt(face, point, u, v);
        if (weight <= 0 || rgba[offset + 3] !== 255) continue;
        const [i, j] = [u * size - 0.5, v * size - 0.5].map((each) => Math.min(size - 1.001, Math.max(0, each)));
        offsets.push(offset);
        mask.push(weight);
        from.push((Math.floor(j!) * size + Math.floor(i!)) * 3);
        places.push(u, v, i! - Math.floor(i!), j! - Math.floor(j!));
      }
    }
    this.#offsets = Uint32Array.from(offsets);
    this.#mask = Float32Array.from(mask);
    this.#from = Uint32Array.from(from);
    this.#places = Float32Array.from(places);
    this.#own = Uint8Array.from({ length: offsets.length * 3 }, (_, i) => rgba[offsets[Math.floor(i / 3)]! + (i % 3)]!);
    this.#match = new ColourMatch(face, crop, reference);
  }

  /** Shows `drawn` (RGB8, as the crop), `amount` 0..1 of it; 0 is the picture's own mouth. */
  show(drawn: Uint8Array, amount: number): void {
    if (amount <= 0) {
      this.hide();
      return;
    }
    const { rgba } = this.#texture;
    const [mask, offsets, from, places, own] = [this.#mask, this.#offsets, this.#from, this.#places, this.#own];
    const row = this.#size * 3;
    const planes = this.#match.planes(drawn);
    for (let n = 0; n < offsets.length; n++) {
      const a = from[n]!;
      const b = a + row;
      const [u, v, fx, fy] = [places[4 * n]!, places[4 * n + 1]!, places[4 * n + 2]!, places[4 * n + 3]!];
      const weight = mask[n]! * amount;
      const at = offsets[n]!;
      for (let c = 0; c < 3; c++) {
        const above = drawn[a + c]! + (drawn[a + 3 + c]! - drawn[a + c]!) * fx;
        const below = drawn[b + c]! + (drawn[b + 3 + c]! - drawn[b + c]!) * fx;
        const shift = planes[3 * c]! + planes[3 * c + 1]! * u + planes[3 * c + 2]! * v;
        const seen = above + (below - above) * fy + shift;
        const here = own[3 * n + c]!;
        const mixed = here + (seen - here) * weight + 0.5;
        rgba[at + c] = mixed < 0 ? 0 : mixed > 255 ? 255 : mixed;
      }
    }
    this.#shown = true;
  }

  hide(): void {
    if (!this.#shown) return;
    const { rgba } = this.#texture;
    const [offsets, own] = [this.#offsets, this.#own];
    for (let n = 0; n < offsets.length; n++) for (let c = 0; c < 3; c++) rgba[offsets[n]! + c] = own[3 * n + c]!;
    this.#shown = false;
  }
}

function maskAt(face: Face, [x, y]: readonly [number, number], u: number, v: number): number {
  return (
    smoothstep(FROM_EDGE, FULL_BELOW, v) *
    smoothstep(OUTLINE_NONE, OUTLINE_FULL, face.outline.ratio(x, y)) *
    smoothstep(0, SIDE, Math.min(u, 1 - u, 1 - v))
  );
}

/** The crop's lower half in texels. */
function boxOf(
  face: Face,
  crop: FaceCrop,
  texture: RigTexture,
  height: number,
): { left: number; top: number; right: number; bottom: number } {
  const corners = [
    [0, 0.5],
    [1, 0.5],
    [0, 1],
    [1, 1],
  ].map(([u, v]) => face.frame.toStage(...crop.toFace([u!, v!])));
  const [xs, ys] = [corners.map(([x]) => x - texture.x), corners.map(([, y]) => y - texture.y)];
  return {
    left: Math.max(1, Math.floor(Math.min(...xs))),
    right: Math.min(texture.width - 1, Math.ceil(Math.max(...xs))),
    top: Math.max(1, Math.floor(Math.min(...ys))),
    bottom: Math.min(height - 1, Math.ceil(Math.max(...ys))),
  };
}

/** Adds to each channel the plane that makes up, by least squares, for what is drawn off colour at the mask's soft edge. */
class ColourMatch {
  readonly #reference: Uint8Array;
  /** Pixels at the edge: index, and the three factors by which its difference counts in the plane. */
  readonly #edge: Uint32Array;
  readonly #factors: Float64Array;
  readonly #planes = new Float64Array(9);

  constructor(face: Face, crop: FaceCrop, reference: Uint8Array) {
    const size = crop.sizePx;
    this.#reference = reference;
    const edge: number[] = [];
    for (let i = 0; i < size * size; i++) {
      const [u, v] = placeOf(i, size);
      const weight = maskAt(face, crop.toFace([u, v]), u, v);
      if (weight > MATCH_FROM && weight < MATCH_TO) edge.push(i);
    }
    this.#edge = Uint32Array.from(edge);
    this.#factors = planeFactors(edge.map((i) => placeOf(i, size)));
  }

  /** A constant, a slope across and a slope down for each channel, over places 0..1 of the crop. */
  planes(drawn: Uint8Array): Float64Array {
    const [edge, factors, reference, planes] = [this.#edge, this.#factors, this.#reference, this.#planes];
    planes.fill(0);
    for (let n = 0; n < edge.length; n++) {
      for (let c = 0; c < 3; c++) {
        const at = 3 * edge[n]! + c;
        const off = reference[at]! - drawn[at]!;
        for (let k = 0; k < 3; k++) planes[3 * c + k]! += factors[3 * n + k]! * off;
      }
    }
    for (let c = 0; c < 3; c++) {
      // A plane is furthest from nothing at a corner of what it covers.
      const at = (u: number, v: number): number =>
        Math.abs(planes[3 * c]! + planes[3 * c + 1]! * u + planes[3 * c + 2]! * v);
      const furthest = Math.max(at(0, 0.5), at(1, 0.5), at(0, 1), at(1, 1));
      if (furthest > MATCH_MOST) for (let k = 0; k < 3; k++) planes[3 * c + k]! *= MATCH_MOST / furthest;
    }
    return planes;
  }
}

const placeOf = (i: number, size: number): readonly [number, number] => [
  ((i % size) + 0.5) / size,
  (Math.floor(i / size) + 0.5) / size,
];

/** For each point, how much its value adds to the constant, the slope across and the slope down of the best plane. */
function planeFactors(points: readonly (readonly [number, number])[]): Float64Array {
  const rows = points.map(([u, v]) => [1, u, v] as const);
  const normal = [0, 1, 2].map((a) => [0, 1, 2].map((b) => rows.reduce((sum, row) => sum + row[a]! * row[b]!, 0)));
  const inverse = invert(normal);
  const factors = new Float64Array(points.length * 3);
  if (inverse === null) return factors;
  for (const [n, row] of rows.entries())
    for (let k = 0; k < 3; k++) factors[3 * n + k] = [0, 1, 2].reduce((sum, b) => sum + inverse[k]![b]! * row[b]!, 0);
  return factors;
}

/** Of a symmetric matrix of three; null where its points lie in a line. */
function invert(m: readonly (readonly number[])[]): number[][] | null {
  const minor = (r: number, c: number): number => {
    const [r1, r2] = [(r + 1) % 3, (r + 2) % 3];
    const [c1, c2] = [(c + 1) % 3, (c + 2) % 3];
    return m[r1]![c1]! * m[r2]![c2]! - m[r1]![c2]! * m[r2]![c1]!;
  };
  const determinant = [0, 1, 2].reduce((sum, c) => sum + m[0]![c]! * minor(0, c), 0);
  if (Math.abs(determinant) < 1e-9) return null;
  return [0, 1, 2].map((r) => [0, 1, 2].map((c) => minor(c, r) / determinant));
}
