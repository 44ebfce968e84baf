/**
 * Loads the pixel kernels (`assembly/index.ts`, built by `npm run build:pixels`) and lays out their memory.
 * One instance belongs to one thread's renderer; all that works on the same pixels there shares it.
 */
import { readFileSync } from 'node:fs';

/** A piece of kernel memory. The memory is shared: a view of it may be read in another thread. */
export interface Block {
  readonly pointer: number;
  readonly bytes: number;
}

interface Kernels {
  heapBase: WebAssembly.Global;
  warp(
    tri: number,
    opaque: number,
    triCount: number,
    dx: number,
    dy: number,
    source: number,
    fade: number,
    tex: number,
    texWidth: number,
    out: number,
    outWidth: number,
    outHeight: number,
  ): void;
  rgbaToI420(src: number, width: number, height: number, y: number, u: number, v: number, stride: number): void;
  displace(target: number, rest: number, moves: number, weights: number, fields: number, count: number): void;
  copy(target: number, source: number, bytes: number): void;
  drawEye(
    texture: number,
    picture: number,
    rowBytes: number,
    boxTexel: number,
    boxWidth: number,
    boxHeight: number,
    shape: number,
    skin: number,
    planes: number,
    blink: number,
    gazeX: number,
    gazeY: number,
    raise: number,
    moved: number,
    lastX: number,
    lastY: number,
  ): void;
}

const PAGE = 65_536;
let compiled: WebAssembly.Module | undefined;

/** 1 GiB of addresses, taken only as they are used; the module is built for the same. */
const MAXIMUM_PAGES = 16_384;

export class Pixels {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
  readonly #kernels: Kernels;
  /** Growing gives the same memory a new buffer object; views on any of them are views on it. */
  readonly #buffers = new WeakSet<object>();
  #top: number;

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./pixels.wasm', import.meta.url)));
    const instance = new WebAssembly.Instance(compiled, {
      env: {
        memory: this.#memory,
        abort: (): never => {
          throw new Error('pixel kernel aborted');
        },
      },
    });
    this.#kernels = instance.exports as unknown as Kernels;
    this.#top = Number(this.#kernels.heapBase.value);
  }

  /** Reserves zeroed memory for the life of this instance, 16-byte aligned and not shared with another block up to the next 16. */
  reserve(bytes: number): Block {
    const pointer = (this.#top + 15) & ~15;
    this.#top = (pointer + bytes + 15) & ~15;
    // Room for the loads beyond the last texel.
    const missing = this.#top + 24 - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return { pointer, bytes };
  }

  /** The block that a view made by this instance shows; null for memory of another's. */
  blockOf(view: Uint8Array): Block | null {
    return this.#buffers.has(view.buffer) ? { pointer: view.byteOffset, bytes: view.byteLength } : null;
  }

  u8(block: Block): Uint8Array {
    const { buffer } = this.#memory;
    this.#buffers.add(buffer);
    return new Uint8Array(buffer, block.pointer, block.bytes);
  }
  u16(block: Block): Uint16Array {
    return new Uint16Array(this.#memory.buffer, block.pointer, block.bytes >> 1);
  }
  u32(block: Block): Uint32Array {
    return new Uint32Array(this.#memory.buffer, block.pointer, block.bytes >> 2);
  }
  f32(block: Block): Float32Array {
    return new Float32Array(this.#memory.buffer, block.pointer, block.bytes >> 2);
  }

  /**
   * Draws a warped triangle mesh: `triangles` u16 triples, `opaque` one byte a triangle, destination x and y one f32 a vertex,
   * `source` both as f32 a vertex, `fade` f32 alpha a vertex or null, texture and target premultiplied RGBA8.
   */
  warp(mesh: {
    triangles: Block;
    opaque: Block;
    count: number;
    destX: Block;
    destY: Block;
    source: Block;
    fade: Block | null;
    texture: Block;
    textureWidth: number;
    target: Block;
    targetWidth: number;
    targetHeight: number;
  }): void {
    this.#kernels.warp(
      mesh.triangles.pointer,
      mesh.opaque.pointer,
      mesh.count,
      mesh.destX.pointer,
      mesh.destY.pointer,
      mesh.source.pointer,
      mesh.fade?.pointer ?? 0,
      mesh.texture.pointer,
      mesh.textureWidth,
      mesh.target.pointer,
      mesh.targetWidth,
      mesh.targetHeight,
    );
  }

  /** Blocks of the same length. */
  copy(target: Block, source: Block): void {
    this.#kernels.copy(target.pointer, source.pointer, target.bytes);
  }

  /**
   * target = rest + Σ weight × move, f32 values: `moves` holds one array after the other, each as long as `target`, whose length
   * is a multiple of 16 bytes; `weights` one f32 for each.
   */
  displace(target: Block, rest: Block, moves: Block, weights: Block): void {
    const fields = weights.bytes >> 2;
    this.#kernels.displace(target.pointer, rest.pointer, moves.pointer, weights.pointer, fields, target.bytes >> 2);
  }

  /**
   * Redraws an eye: `box` (in texels) of `texture` from `picture`, both premultiplied RGBA8. What `shape`, `skin` and `planes`
   * hold is told in `assembly/eye.ts`; the rest in `providers/lipsync/rig/eyes.ts` `EyeState`.
   */
  drawEye(eye: {
    texture: Block;
    picture: Block;
    textureWidth: number;
    box: { x: number; y: number; width: number; height: number };
    shape: Block;
    skin: Block;
    planes: Block;
    blink: number;
    gaze: readonly [x: number, y: number];
    /** How far the lower lid comes up, as a share of the open eye's height. */
    raise: number;
    moved: { skin: boolean; cheek: boolean; gazeAlone: boolean; home: boolean };
    lastGaze: readonly [x: number, y: number];
  }): void {
    const { box, moved } = eye;
    this.#kernels.drawEye(
      eye.texture.pointer,
      eye.picture.pointer,
      eye.textureWidth * 4,
      box.y * eye.textureWidth + box.x,
      box.width,
      box.height,
      eye.shape.pointer,
      eye.skin.pointer,
      eye.planes.pointer,
      eye.blink,
      ...eye.gaze,
      eye.raise,
      (moved.skin ? 1 : 0) | (moved.cheek ? 2 : 0) | (moved.gazeAlone ? 4 : 0) | (moved.home ? 8 : 0),
      ...eye.lastGaze,
    );
  }

  /**
   * RGBA8 (tightly packed, `part` in size) to BT.709 limited-range 4:2:0 at `part` of `frame`, an I420 picture of the size
   * given. All positions and sizes are even.
   */
  rgbaToI420(
    rgba: Block,
    part: { x: number; y: number; width: number; height: number },
    frame: Block,
    size: { width: number; height: number },
  ): void {
    const half = size.width >> 1;
    const u = frame.pointer + size.width * size.height;
    const chroma = (part.y >> 1) * half + (part.x >> 1);
    this.#kernels.rgbaToI420(
      rgba.pointer,
      part.width,
      part.height,
      frame.pointer + part.y * size.width + part.x,
      u + chroma,
      u + half * (size.height >> 1) + chroma,
      size.width,
    );
  }
}
