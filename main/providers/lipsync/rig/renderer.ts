/** The rig of one person: everything precomputed from the plate, and the drawing of one pose. */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import type { AvatarPlate, Rect } from '../../../engine/ports/lipsync.ts';
import { type Block, Pixels } from '../../../pixels/pixels.ts';
import { activateMesh } from './active-mesh.ts';
import { EyePatch } from './eyes.ts';
import { type Face, motionArea, readFace } from './face-frame.ts';
import { buildFields, edgeFade, FIELDS, type Fields, HEAD_FIELDS } from './fields.ts';
import type { Point } from './math.ts';
import { buildMesh, COLUMNS, HALF, VERTICES } from './mesh.ts';
import { MouthInterior } from './mouth-interior.ts';
import type { Pose } from './performance.ts';
import { cutTexture, readPalette, retouchCorners, retouchSeam } from './texture.ts';

/** How far the rings follow when the lips are pressed together, from the lip's edge outwards. */
const SEAL_WEIGHTS = [1, 0.98, 0.8, 0.6, 0.42, 0.28, 0.18, 0.11, 0.06, 0.02];
const CROSSING_RINGS = 5;
/** Texel rows kept free before the texture: rounding at its upper border must not leave the kernels' memory. */
const GUARD_ROWS = 4;

/** The picture as the mesh carries it: premultiplied RGBA8, `width` texels a row, the first of them at (x, y) of the stage. */
export interface RigTexture {
  rgba: Uint8Array;
  width: number;
  x: number;
  y: number;
}

export class RigRenderer {
  readonly region: Rect;
  readonly face: Face;
  /** What is written into it is drawn from the next frame on; the eyes' surroundings are the renderer's own. */
  readonly texture: RigTexture;
  /** Where the vertices are now: x of all, then y of all. */
  readonly #dest: Float32Array;
  readonly #weights: Float32Array;
  readonly #textureWidth: number;
  readonly #fields: Fields;
  /** How free each vertex is to move. */
  readonly #free: Float32Array;
  readonly #pixels: Pixels;
  readonly #blocks: Record<
    | 'texture'
    | 'background'
    | 'target'
    | 'rest'
    | 'dest'
    | 'moves'
    | 'weights'
    | 'source'
    | 'fade'
    | 'body'
    | 'feather'
    | 'opaque',
    Block
  >;
  readonly #eyes: Record<'left' | 'right', EyePatch>;
  readonly #interior: MouthInterior;
  readonly #transparent: boolean;
  #straight: Uint8Array | undefined;
  #joined = 0;

  constructor(plate: AvatarPlate, settings: RigSettings, pixels = new Pixels()) {
    this.#pixels = pixels;
    const face = readFace(plate.landmarks);
    const area = motionArea(face, plate.width, plate.height);
    const mesh = buildMesh(face, area);
    this.face = face;
    this.#free = edgeFade(mesh, area, plate, face.frame.iod);
    this.#fields = buildFields(face, mesh, this.#free);
    const picture = cutTexture(plate, area);
    const base = picture.slice();
    retouchSeam(base, area, face);
    retouchCorners(base, area, face);
    const { moving, opaque, still, bounds } = activateMesh(mesh, this.#fields, base, area, onStage(area, plate));
    const region = { ...bounds, x: area.x + bounds.x, y: area.y + bounds.y };
    this.region = region;
    this.#textureWidth = area.width + 2;
    // Where nothing moves there may be no mesh either: the still picture is all there is to show.
    const background = cutBackground(plate, region, moving.length === 0);
    this.#transparent = background.some((value, i) => i % 4 === 3 && value < 255);

    const bytes = region.width * region.height * 4;
    pixels.reserve(GUARD_ROWS * this.#textureWidth * 4);
    this.#blocks = {
      texture: pixels.reserve(base.length),
      background: pixels.reserve(bytes),
      target: pixels.reserve(bytes),
      rest: pixels.reserve(VERTICES * 8),
      dest: pixels.reserve(VERTICES * 8),
      moves: pixels.reserve(FIELDS.length * VERTICES * 8),
      weights: pixels.reserve(FIELDS.length * 4),
      source: pixels.reserve(VERTICES * 8),
      fade: pixels.reserve(VERTICES * 4),
      body: pixels.reserve(moving.byteLength),
      feather: pixels.reserve(mesh.feather.byteLength),
      opaque: pixels.reserve(opaque.length),
    };
    const b = this.#blocks;
    this.#dest = pixels.f32(b.dest);
    this.#weights = pixels.f32(b.weights);
    const rest = pixels.f32(b.rest);
    rest.set(mesh.px.map((x) => x - bounds.x));
    rest.set(
      mesh.py.map((y) => y - bounds.y),
      VERTICES,
    );
    const moves = pixels.f32(b.moves);
    for (const [i, name] of FIELDS.entries()) {
      moves.set(this.#fields[name].x, 2 * i * VERTICES);
      moves.set(this.#fields[name].y, (2 * i + 1) * VERTICES);
    }
    pixels.u8(b.texture).set(base);
    pixels.u8(b.background).set(background);
    // Texel centres lie at whole numbers, one in from the border.
    pixels
      .f32(b.source)
      .set(Float32Array.from({ length: VERTICES * 2 }, (_, i) => (i % 2 === 0 ? mesh.px : mesh.py)[i >> 1]! + 0.5));
    pixels.f32(b.fade).set(Float32Array.from({ length: VERTICES }, (_, v) => (v < COLUMNS ? 0 : 1)));
    pixels.u16(b.body).set(moving);
    pixels.u16(b.feather).set(mesh.feather);
    pixels.u8(b.opaque).set(opaque);
    this.#drawStill(still);

    const palette = readPalette(plate, face);
    const original = pixels.reserve(base.length);
    pixels.u8(original).set(base);
    const where = { pixels, texture: b.texture, picture: original, area };
    this.#eyes = { left: new EyePatch(face, 'left', where), right: new EyePatch(face, 'right', where) };
    this.#interior = new MouthInterior(face, region, area, picture, palette, settings.teeth);
    this.texture = { rgba: pixels.u8(b.texture), width: this.#textureWidth, x: area.x - 1, y: area.y - 1 };
  }

  /** Where a ring of the mesh lay in the last frame, in stage pixels: 0 is the lips' inner edge; points as in `mesh.ts`. */
  ring(index: number): Point[] {
    const first = index * COLUMNS;
    return Array.from({ length: COLUMNS }, (_, j) => [
      this.region.x + this.#dest[first + j]!,
      this.region.y + this.#dest[VERTICES + first + j]!,
    ]);
  }

  /** What never moves becomes part of what lies behind. */
  #drawStill(still: Uint16Array): void {
    const pixels = this.#pixels;
    const b = this.#blocks;
    const triangles = pixels.reserve(still.byteLength);
    const mixed = pixels.reserve(still.length / 3);
    pixels.u16(triangles).set(still);
    pixels.copy(b.dest, b.rest);
    pixels.warp({ ...this.#layer(b.background), triangles, opaque: mixed, count: still.length / 3, fade: null });
  }

  #layer(target: Block): Omit<Parameters<Pixels['warp']>[0], 'triangles' | 'opaque' | 'count' | 'fade'> {
    const { dest, source, texture } = this.#blocks;
    const [destX, destY] = halves(dest);
    const { width: targetWidth, height: targetHeight } = this.region;
    return {
      destX,
      destY,
      source,
      texture,
      textureWidth: this.#textureWidth,
      target,
      targetWidth,
      targetHeight,
    };
  }

  /**
   * Draws one pose; the array is valid until the next call. RGBA8, straight alpha.
   * `joined`: 1 where the texture shows a mouth of its own: then closed lips let nothing through their soft edges.
   */
  draw(pose: Pose, joined = 0): Uint8Array {
    const pixels = this.#pixels;
    const b = this.#blocks;
    if (joined !== this.#joined) pixels.f32(b.fade).fill(joined, 0, COLUMNS);
    this.#joined = joined;
    this.#deform(pose);
    this.#eyes.left.draw(pose.eyes);
    this.#eyes.right.draw(pose.eyes);
    const target = pixels.u8(b.target);
    pixels.copy(b.target, b.background);
    this.#interior.paint(target, this.#dest.subarray(0, VERTICES), this.#dest.subarray(VERTICES), {
      ...this.#skullAt(pose),
      jaw: pose.fields.jaw,
      pucker: pose.fields.pucker,
      lowerDrop: pose.fields.lowerDrop,
      tongue: pose.tongue,
    });
    const layer = { ...this.#layer(b.target), opaque: b.opaque };
    pixels.warp({ ...layer, triangles: b.body, count: b.body.bytes / 6, fade: null });
    pixels.warp({ ...layer, triangles: b.feather, count: b.feather.bytes / 6, fade: b.fade });
    return this.#transparent ? this.#unmultiply(target) : target;
  }

  #deform(pose: Pose): void {
    const { dest, rest, moves, weights } = this.#blocks;
    for (const [i, name] of FIELDS.entries()) this.#weights[i] = pose.fields[name];
    this.#pixels.displace(dest, rest, moves, weights);
    this.#closeLips(pose.seal);
  }

  /** Lips that touch are a constraint on the geometry, not a weight; and they never pass through each other. */
  #closeLips(seal: number): void {
    const { cos, sin } = this.face.frame;
    const at = this.#dest;
    for (let j = 1; j < HALF; j++) {
      const k = COLUMNS - j;
      const gap = (at[VERTICES + k]! - at[VERTICES + j]!) * cos - (at[k]! - at[j]!) * sin;
      if (gap > 0 && seal > 0.01) {
        for (let ring = 0; ring < SEAL_WEIGHTS.length; ring++) {
          const weight = seal * SEAL_WEIGHTS[ring]!;
          // A quarter of a pixel of overlap each, so that no light comes through.
          this.#along(ring * COLUMNS + j, (gap * 0.42 + 0.25) * weight);
          this.#along(ring * COLUMNS + k, -(gap * 0.58 + 0.25) * weight);
        }
      } else if (gap < 0) {
        for (let ring = 0; ring < CROSSING_RINGS; ring++) {
          const weight = 1 - ring / CROSSING_RINGS;
          this.#along(ring * COLUMNS + j, (gap / 2) * weight);
          this.#along(ring * COLUMNS + k, (-gap / 2) * weight);
        }
      }
    }
  }

  /** Moves a vertex down the face by `distance` pixels, as far as it is free to. */
  #along(v: number, distance: number): void {
    const free = distance * this.#free[v]!;
    this.#dest[v]! -= free * this.face.frame.sin;
    this.#dest[VERTICES + v]! += free * this.face.frame.cos;
  }

  /** How far the skull has moved where the upper teeth are. */
  #skullAt(pose: Pose): { shiftX: number; shiftY: number; roll: number } {
    const v = 3 * COLUMNS + (HALF >> 1);
    let shiftX = 0;
    let shiftY = 0;
    for (const name of HEAD_FIELDS) {
      shiftX += pose.fields[name] * this.#fields[name].x[v]!;
      shiftY += pose.fields[name] * this.#fields[name].y[v]!;
    }
    return { shiftX, shiftY, roll: pose.fields.roll };
  }

  #unmultiply(target: Uint8Array): Uint8Array {
    this.#straight ??= new Uint8Array(target.length);
    const out = this.#straight;
    for (let i = 0; i < target.length; i += 4) {
      const alpha = target[i + 3]!;
      const scale = alpha === 0 ? 0 : 255 / alpha;
      out[i] = target[i]! * scale;
      out[i + 1] = target[i + 1]! * scale;
      out[i + 2] = target[i + 2]! * scale;
      out[i + 3] = alpha;
    }
    return out;
  }
}

/** The x and the y half of all positions. */
const halves = ({ pointer, bytes }: Block): [x: Block, y: Block] => [
  { pointer, bytes: bytes / 2 },
  { pointer: pointer + bytes / 2, bytes: bytes / 2 },
];

/** The part of `area`, in its pixels, that lies on the stage. */
function onStage(area: Rect, { width, height }: AvatarPlate): Rect {
  const [x, y] = [Math.max(0, -area.x), Math.max(0, -area.y)];
  return {
    x,
    y,
    width: Math.min(area.width, width - area.x) - x,
    height: Math.min(area.height, height - area.y) - y,
  };
}

/** The stage behind the region, premultiplied; with the person before it where asked. */
function cutBackground(plate: AvatarPlate, region: Rect, withPerson: boolean): Uint8Array {
  const out = new Uint8Array(region.width * region.height * 4);
  for (let row = 0; row < region.height; row++) {
    const from = ((region.y + row) * plate.width + region.x) * 4;
    out.set(plate.background.subarray(from, from + region.width * 4), row * region.width * 4);
  }
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3]!;
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++) out[i + c] = Math.round((out[i + c]! * alpha) / 255);
  }
  if (!withPerson) return out;
  for (let i = 0; i < out.length; i += 4) {
    const [x, y] = [(i / 4) % region.width, Math.floor(i / 4 / region.width)];
    const from = ((region.y + y) * plate.width + region.x + x) * 4;
    const alpha = plate.person[from + 3]!;
    for (let c = 0; c < 4; c++) {
      const seen = c === 3 ? 255 : plate.person[from + c]!;
      out[i + c] = Math.round((seen * alpha + out[i + c]! * (255 - alpha)) / 255);
    }
  }
  return out;
}
