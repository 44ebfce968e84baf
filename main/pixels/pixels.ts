/**
 * Loads the pixel kernels (`assembly/index.ts`, built by `npm run build:pixels`) and lays out their memory.
 * One instance belongs to one renderer; it is not shared between threads.
 */
import { readFileSync } from 'node:fs';

/** A typed view into kernel memory. Views are re-made when the memory grows: keep the block, not its array. */
export interface Block {
  readonly pointer: number;
  readonly bytes: number;
}

interface Kernels {
  memory: WebAssembly.Memory;
  heapBase: WebAssembly.Global;
  warp(
    tri: number,
    opaque: number,
    triCount: number,
    dx: number,
    dy: number,
    sx: number,
    sy: number,
    fade: number,
    tex: number,
    texWidth: number,
    out: number,
    outWidth: number,
    outHeight: number,
  ): void;
  rgbaToI420(src: number, width: number, height: number, y: number, u: number, v: number): void;
  addScaled(target: number, source: number, weight: number, count: number): void;
}

const PAGE = 65_536;
let compiled: WebAssembly.Module | undefined;

export class Pixels {
  readonly #kernels: Kernels;
  #top: number;

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./pixels.wasm', import.meta.url)));
    const instance = new WebAssembly.Instance(compiled, {
      env: {
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
    const memory = this.#kernels.memory;
    // Room for the 8-byte loads at the last texel.
    const missing = this.#top + 16 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return { pointer, bytes };
  }

  u8(block: Block): Uint8Array {
    return new Uint8Array(this.#kernels.memory.buffer, block.pointer, block.bytes);
  }
  u16(block: Block): Uint16Array {
    return new Uint16Array(this.#kernels.memory.buffer, block.pointer, block.bytes >> 1);
  }
  u32(block: Block): Uint32Array {
    return new Uint32Array(this.#kernels.memory.buffer, block.pointer, block.bytes >> 2);
  }
  f32(block: Block): Float32Array {
    return new Float32Array(this.#kernels.memory.buffer, block.pointer, block.bytes >> 2);
  }

  /**
   * Draws a warped triangle mesh: `triangles` u16 triples, `opaque` one byte a triangle, destination and source positions
   * one f32 a vertex, `fade` f32 alpha a vertex or null, texture and target premultiplied RGBA8.
   */
  warp(mesh: {
    triangles: Block;
    opaque: Block;
    count: number;
    destX: Block;
    destY: Block;
    sourceX: Block;
    sourceY: Block;
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
      mesh.sourceX.pointer,
      mesh.sourceY.pointer,
      mesh.fade?.pointer ?? 0,
      mesh.texture.pointer,
      mesh.textureWidth,
      mesh.target.pointer,
      mesh.targetWidth,
      mesh.targetHeight,
    );
  }

  /** target += weight × source, f32 values; blocks of the same length. */
  addScaled(target: Block, source: Block, weight: number): void {
    this.#kernels.addScaled(target.pointer, source.pointer, weight, target.bytes >> 2);
  }

  /** RGBA8 to BT.709 limited-range 4:2:0, planes tightly packed one after another in `i420`. Even width and height. */
  rgbaToI420(rgba: Block, width: number, height: number, i420: Block): void {
    const u = i420.pointer + width * height;
    this.#kernels.rgbaToI420(rgba.pointer, width, height, i420.pointer, u, u + (width * height) / 4);
  }
}
