/**
 * Writes ONNX models: a graph of nodes, tensors and typed inputs and outputs as the protobuf of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). Only what inference runtimes read; nothing is checked but element counts.
 */

const ELEMENT_TYPES = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;
/** A number, or the name of a dimension that is known at run time. */
export type Dimension = number | string;

export interface Tensor {
  type: ElementType;
  shape: readonly number[];
  /** As many as the shape says; `bigint` never: what does not fit a double is not written. */
  data: ArrayLike<number>;
}

/** A whole number is INT, several are INTS; what shall be FLOAT says so. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { float: number }
  | { floats: readonly number[] }
  | Tensor;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface ModelOptions {
  opset?: number;
  producer?: string;
  /** Runtimes read their own settings here; see each writer. */
  metadata?: Readonly<Record<string, string | number>>;
}

export const floats = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({ type: 'float', shape, data });
export const int64s = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({ type: 'int64', shape, data });

/** A graph in the making: every call that adds something gives the name by which others refer to it. */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: Part[] = [];
  readonly #initialisers: Part[] = [];
  readonly #inputs: Part[] = [];
  readonly #outputs: Part[] = [];
  #named = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.#inputs.push(message(11, valueInfo(name, type, shape)));
    return name;
  }

  /** `name` is made by a node or by {@link constant}. */
  output(name: string, type: ElementType, shape: readonly Dimension[]): void {
    this.#outputs.push(message(12, valueInfo(name, type, shape)));
  }

  constant(tensor: Tensor, name = this.#next('constant')): string {
    this.#initialisers.push(message(5, tensorParts(tensor, name)));
    return name;
  }

  /** `''` among the inputs is one that is left out. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, output = this.#next(op)): string {
    this.nodes(op, inputs, attributes, [output]);
    return output;
  }

  nodes(op: string, inputs: readonly string[], attributes: Attributes, outputs: readonly string[]): void {
    const parts = [...inputs.map((each) => text(1, each)), ...outputs.map((each) => text(2, each))];
    parts.push(text(3, this.#next('node')), text(4, op));
    for (const [name, value] of Object.entries(attributes)) parts.push(message(5, attributeParts(name, value)));
    this.#nodes.push(message(1, parts));
  }

  model({ opset = 13, producer = 'shenghua-tiny-models', metadata = {} }: ModelOptions = {}): Uint8Array {
    const graph = [...this.#nodes, text(2, this.#name), ...this.#initialisers, ...this.#inputs, ...this.#outputs];
    return bytesOf([
      whole(1, 8),
      text(2, producer),
      message(7, graph),
      message(8, [text(1, ''), whole(2, opset)]),
      ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, String(value))])),
    ]);
  }

  #next(kind: string): string {
    this.#named += 1;
    return `${kind}_${this.#named}`;
  }
}

/** A piece of protobuf, its bytes in order; joined once, at the end. */
interface Part {
  size: number;
  chunks: Uint8Array[];
}

const encoder = new TextEncoder();

const part = (...chunks: Uint8Array[]): Part => ({ size: chunks.reduce((sum, each) => sum + each.length, 0), chunks });

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // Two's complement of 64 bits, as protobuf has it.
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const key = (field: number, wire: 0 | 2 | 5): Uint8Array => varint(field * 8 + wire);
const whole = (field: number, value: number): Part => part(key(field, 0), varint(value));
const raw = (field: number, bytes: Uint8Array): Part => part(key(field, 2), varint(bytes.length), bytes);
const text = (field: number, value: string): Part => raw(field, encoder.encode(value));
const float = (field: number, value: number): Part =>
  part(key(field, 5), new Uint8Array(Float32Array.of(value).buffer));

function message(field: number, parts: readonly Part[]): Part {
  const size = parts.reduce((sum, each) => sum + each.size, 0);
  return part(key(field, 2), varint(size), ...parts.flatMap((each) => each.chunks));
}

function bytesOf(parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, each) => sum + each.size, 0));
  let at = 0;
  for (const chunk of parts.flatMap((each) => each.chunks)) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): Part[] {
  const dimensions = shape.map((each) => message(1, [typeof each === 'number' ? whole(1, each) : text(2, each)]));
  return [text(1, name), message(2, [message(1, [whole(1, ELEMENT_TYPES[type]), message(2, dimensions)])])];
}

function tensorParts({ type, shape, data }: Tensor, name: string): Part[] {
  const count = shape.reduce((product, each) => product * each, 1);
  if (count !== data.length) throw new RangeError(`${name}: ${data.length} elements for a shape of ${count}`);
  const dimensions = shape.map((each) => whole(1, each));
  return [...dimensions, whole(2, ELEMENT_TYPES[type]), text(8, name), raw(9, elementBytes(type, data))];
}

/** Little-endian, as every machine that runs this is. */
function elementBytes(type: ElementType, data: ArrayLike<number>): Uint8Array {
  const seen = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  switch (type) {
    case 'float':
      return seen(data instanceof Float32Array ? data : Float32Array.from(data));
    case 'int32':
      return seen(Int32Array.from(data));
    case 'int64':
      return seen(BigInt64Array.from(Array.from(data, (each) => BigInt(each))));
    case 'int8':
      return seen(Int8Array.from(data));
    default:
      return Uint8Array.from(data);
  }
}

function attributeParts(name: string, value: Attribute): Part[] {
  if (typeof value === 'number') return [text(1, name), whole(3, value), whole(20, 2)];
  if (typeof value === 'string') return [text(1, name), text(4, value), whole(20, 3)];
  if (isWholes(value)) return [text(1, name), ...value.map((each) => whole(8, each)), whole(20, 7)];
  if ('float' in value) return [text(1, name), float(2, value.float), whole(20, 1)];
  if ('floats' in value) return [text(1, name), ...value.floats.map((each) => float(7, each)), whole(20, 6)];
  return [text(1, name), message(5, tensorParts(value, '')), whole(20, 4)];
}

const isWholes = (value: Attribute): value is readonly number[] => Array.isArray(value);
