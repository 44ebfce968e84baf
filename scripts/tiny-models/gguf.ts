/**
 * Writes GGUF files (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3): metadata, then tensors of 32-bit floats.
 */

export type GgufValue =
  | string
  | boolean
  | { u32: number }
  | { f32: number }
  | readonly string[]
  | { i32s: readonly number[] };

export interface GgufTensor {
  name: string;
  /** As ggml counts: the first runs fastest (columns, rows). */
  shape: readonly number[];
  data: Float32Array;
}

const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const F32 = 0;
const ALIGNMENT = 32;

export function writeGguf(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const entries = Object.entries(metadata);
  const head: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) head.push(text(key), ...typed(value));
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    head.push(text(name), u32(shape.length), ...shape.map(u64), u32(F32), u64(offset));
    offset = aligned(offset + data.byteLength);
  }
  const start = head.reduce((sum, { length }) => sum + length, 0);
  head.push(Buffer.alloc(aligned(start) - start));
  const body = tensors.flatMap(({ data }) => [
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    Buffer.alloc(aligned(data.byteLength) - data.byteLength),
  ]);
  return Buffer.concat([...head, ...body]);
}

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

function typed(value: GgufValue): Buffer[] {
  if (typeof value === 'string') return [u32(TYPES.string), text(value)];
  if (typeof value === 'boolean') return [u32(TYPES.bool), Buffer.from([value ? 1 : 0])];
  if ('u32' in value) return [u32(TYPES.u32), u32(value.u32)];
  if ('f32' in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.f32);
    return [u32(TYPES.f32), bytes];
  }
  if ('i32s' in value) return [u32(TYPES.array), u32(TYPES.i32), u64(value.i32s.length), ...value.i32s.map(u32)];
  return [u32(TYPES.array), u32(TYPES.string), u64(value.length), ...value.map(text)];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
