/**
 * What an ONNX file says of itself, read without its weights: sherpa-onnx ends the process over a file that is cut off or of another kind,
 * so that is found out first. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** `ModelProto`'s fields. */
const FIELDS = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);
const GRAPH = 7;
const METADATA = 14;
const LONGEST_METADATA = 16 * 1024 * 1024;

/** Its metadata, by name. @throws Error that says what is wrong with the file */
export function readOnnxMetadata(path: string): Map<string, string> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const metadata = new Map<string, string>();
    let at = 0;
    let hasGraph = false;
    const read = (from: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    };
    while (at < size) {
      const head = new Fields(read(at, 20));
      const { field, wire } = head.key();
      if (!FIELDS.has(field) || (wire !== 0 && wire !== 2)) throw new Error('it is not an ONNX model, or is damaged');
      const value = head.varint();
      at += head.at;
      if (wire === 0) continue;
      if (at + value > size) throw new Error(`it is cut off: ${size} bytes of at least ${at + value}`);
      if (field === GRAPH) hasGraph = true;
      if (field === METADATA && value <= LONGEST_METADATA) {
        const [name, text] = pair(read(at, value));
        metadata.set(name, text);
      }
      at += value;
    }
    if (!hasGraph) throw new Error('it is not an ONNX model, or is cut off');
    return metadata;
  } finally {
    closeSync(file);
  }
}

/** A `StringStringEntryProto`. */
function pair(bytes: Buffer): [string, string] {
  const fields = new Fields(bytes);
  const found = ['', ''] as [string, string];
  while (fields.at < bytes.length) {
    const { field, wire } = fields.key();
    const length = fields.varint();
    if (wire !== 2 || fields.at + length > bytes.length) throw new Error('its metadata is damaged');
    if (field === 1 || field === 2) found[field - 1] = bytes.toString('utf8', fields.at, fields.at + length);
    fields.at += length;
  }
  return found;
}

class Fields {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  key(): { field: number; wire: number } {
    const key = this.varint();
    return { field: Math.floor(key / 8), wire: key % 8 };
  }

  /** Beyond 2^53 it is none of ours. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined || scale > 2 ** 49) throw new Error('it is not an ONNX model, or is cut off');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
