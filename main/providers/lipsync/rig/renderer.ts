/** The rig of one person: everything precomputed from the plate, and the drawing of one pose. */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import type { AvatarPlate, Rect } from '../../../engine/ports/lipsync.ts';
import { type Block, Pixels } from '../../../pixels/pixels.ts';
import { EyePatch } from './eyes.ts';
import { type Face, motionRegion, readFace } from './face-frame.ts';
import { buildFields, FIELDS, type Fields, HEAD_FIELDS } from './fields.ts';
import { buildMesh, COLUMNS, HALF, type RigMesh, VERTICES } from './mesh.ts';
import { MouthInterior } from './mouth-interior.ts';
import type { Pose } from './performance.ts';
import { cutTexture, readPalette, retouchCorners, retouchSeam } from './texture.ts';

/** How far the rings follow when the lips are pressed together, from the lip's edge outwards. */
const SEAL_WEIGHTS = [1, 0.98, 0.8, 0.6, 0.42, 0.28, 0.18, 0.11, 0.06, 0.02];
const CROSSING_RINGS = 5;

export class RigRenderer {
  readonly region: Rect;
  readonly #face: Face;
  readonly #mesh: RigMesh;
  readonly #fields: Fields;
  readonly #pixels = new Pixels();
  readonly #blocks: Record<
    | 'texture'
    | 'background'
    | 'target'
    | 'destX'
    | 'destY'
    | 'sourceX'
    | 'sourceY'
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

  constructor(plate: AvatarPlate, settings: RigSettings) {
    const face = readFace(plate.landmarks);
    const region = motionRegion(face, plate.width, plate.height);
    const mesh = buildMesh(face, region);
    this.#face = face;
    this.region = region;
    this.#mesh = mesh;
    this.#fields = buildFields(face, mesh, region, plate);
    const picture = cutTexture(plate, region);
    const base = picture.slice();
    retouchSeam(base, region, face);
    retouchCorners(base, region, face);
    const background = cutBackground(plate, region);
    this.#transparent = background.some((value, i) => i % 4 === 3 && value < 255);

    const pixels = this.#pixels;
    const area = region.width * region.height * 4;
    this.#blocks = {
      texture: pixels.reserve(base.length),
      background: pixels.reserve(area),
      target: pixels.reserve(area),
      destX: pixels.reserve(VERTICES * 4),
      destY: pixels.reserve(VERTICES * 4),
      sourceX: pixels.reserve(VERTICES * 4),
      sourceY: pixels.reserve(VERTICES * 4),
      fade: pixels.reserve(VERTICES * 4),
      body: pixels.reserve(mesh.body.length * 2),
      feather: pixels.reserve(mesh.feather.length * 2),
      opaque: pixels.reserve(mesh.body.length / 3),
    };
    const b = this.#blocks;
    pixels.u8(b.texture).set(base);
    pixels.u8(b.background).set(background);
    // Texel centres lie at whole numbers, one in from the border.
    pixels.f32(b.sourceX).set(mesh.px.map((x) => x + 0.5));
    pixels.f32(b.sourceY).set(mesh.py.map((y) => y + 0.5));
    pixels.f32(b.fade).set(Float32Array.from({ length: VERTICES }, (_, v) => (v < COLUMNS ? 0 : 1)));
    pixels.u16(b.body).set(mesh.body);
    pixels.u16(b.feather).set(mesh.feather);
    pixels.u8(b.opaque).set(opaqueTriangles(mesh, base, region));

    const palette = readPalette(plate, face);
    this.#eyes = { left: new EyePatch(face, 'left', base, region), right: new EyePatch(face, 'right', base, region) };
    this.#interior = new MouthInterior(face, region, picture, palette, settings.teeth);
  }

  /** Draws one pose; the array is valid until the next call. RGBA8, straight alpha. */
  draw(pose: Pose): Uint8Array {
    const pixels = this.#pixels;
    const b = this.#blocks;
    const x = pixels.f32(b.destX);
    const y = pixels.f32(b.destY);
    this.#deform(pose, x, y);
    const texture = pixels.u8(b.texture);
    this.#eyes.left.draw(texture, pose.eyes);
    this.#eyes.right.draw(texture, pose.eyes);
    const target = pixels.u8(b.target);
    target.set(pixels.u8(b.background));
    this.#interior.paint(target, x, y, {
      ...this.#skullAt(pose),
      jaw: pose.fields.jaw,
      pucker: pose.fields.pucker,
      lowerDrop: pose.fields.lowerDrop,
      tongue: pose.tongue,
    });
    const layer = {
      destX: b.destX,
      destY: b.destY,
      sourceX: b.sourceX,
      sourceY: b.sourceY,
      texture: b.texture,
      textureWidth: this.region.width + 2,
      target: b.target,
      targetWidth: this.region.width,
      targetHeight: this.region.height,
      opaque: b.opaque,
    };
    pixels.warp({ ...layer, triangles: b.body, count: b.body.bytes / 6, fade: null });
    pixels.warp({ ...layer, triangles: b.feather, count: b.feather.bytes / 6, fade: b.fade });
    return this.#transparent ? this.#unmultiply(target) : target;
  }

  #deform(pose: Pose, x: Float32Array, y: Float32Array): void {
    x.set(this.#mesh.px);
    y.set(this.#mesh.py);
    for (const name of FIELDS) {
      const weight = pose.fields[name];
      if (weight === 0) continue;
      const { x: fieldX, y: fieldY } = this.#fields[name];
      for (let v = 0; v < VERTICES; v++) {
        x[v]! += weight * fieldX[v]!;
        y[v]! += weight * fieldY[v]!;
      }
    }
    this.#closeLips(pose.seal, x, y);
  }

  /** Lips that touch are a constraint on the geometry, not a weight; and they never pass through each other. */
  #closeLips(seal: number, x: Float32Array, y: Float32Array): void {
    const { cos, sin } = this.#face.frame;
    for (let j = 1; j < HALF; j++) {
      const k = COLUMNS - j;
      const gap = (y[k]! - y[j]!) * cos - (x[k]! - x[j]!) * sin;
      if (gap > 0 && seal > 0.01) {
        for (const [ring, weight] of SEAL_WEIGHTS.entries()) {
          // A quarter of a pixel of overlap each, so that no light comes through.
          this.#along(x, y, ring * COLUMNS + j, (gap * 0.42 + 0.25) * seal * weight);
          this.#along(x, y, ring * COLUMNS + k, -(gap * 0.58 + 0.25) * seal * weight);
        }
      } else if (gap < 0) {
        for (let ring = 0; ring < CROSSING_RINGS; ring++) {
          const weight = 1 - ring / CROSSING_RINGS;
          this.#along(x, y, ring * COLUMNS + j, (gap / 2) * weight);
          this.#along(x, y, ring * COLUMNS + k, (-gap / 2) * weight);
        }
      }
    }
  }

  /** Moves a vertex down the face by `distance` pixels. */
  #along(x: Float32Array, y: Float32Array, v: number, distance: number): void {
    x[v]! -= distance * this.#face.frame.sin;
    y[v]! += distance * this.#face.frame.cos;
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

/** The stage behind the region, premultiplied. */
function cutBackground(plate: AvatarPlate, region: Rect): Uint8Array {
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
  return out;
}

/** Triangles whose texels, with a margin, are all fully opaque may be drawn without blending. */
function opaqueTriangles(mesh: RigMesh, texture: Uint8Array, region: Rect): Uint8Array {
  const width = region.width + 2;
  const height = region.height + 2;
  const flags = new Uint8Array(mesh.body.length / 3);
  for (let t = 0; t < flags.length; t++) {
    const corners = [mesh.body[t * 3]!, mesh.body[t * 3 + 1]!, mesh.body[t * 3 + 2]!];
    const xs = corners.map((v) => mesh.px[v]! + 1);
    const ys = corners.map((v) => mesh.py[v]! + 1);
    const x0 = Math.max(0, Math.floor(Math.min(...xs)) - 1);
    const x1 = Math.min(width - 1, Math.ceil(Math.max(...xs)) + 1);
    const y0 = Math.max(0, Math.floor(Math.min(...ys)) - 1);
    const y1 = Math.min(height - 1, Math.ceil(Math.max(...ys)) + 1);
    let solid = 1;
    for (let y = y0; y <= y1 && solid; y++) {
      for (let x = x0; x <= x1; x++) {
        if (texture[(y * width + x) * 4 + 3] !== 255) {
          solid = 0;
          break;
        }
      }
    }
    flags[t] = solid;
  }
  return flags;
}
