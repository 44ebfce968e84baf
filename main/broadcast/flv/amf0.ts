/**
 * Action Message Format 0, as far as RTMP commands and FLV script data go: numbers, booleans, strings, objects, arrays, null.
 * https://rtmp.veriskope.com/pdf/amf0-file-format-specification.pdf
 */

export type AmfValue = number | boolean | string | null | undefined | AmfObject | AmfArray | AmfValue[];
export interface AmfObject {
  [key: string]: AmfValue;
}
/** Written as an ECMA array, which is what metadata comes as. */
export class AmfArray {
  readonly entries: AmfObject;
  constructor(entries: AmfObject) {
    this.entries = entries;
  }
}

const NUMBER = 0;
const BOOLEAN = 1;
const STRING = 2;
const OBJECT = 3;
const NULL = 5;
const UNDEFINED = 6;
const ECMA_ARRAY = 8;
const OBJECT_END = 9;
const STRICT_ARRAY = 10;
const DATE = 11;
const LONG_STRING = 12;

const DEEPEST = 16;

export function encodeAmf(...values: AmfValue[]): Buffer {
  const parts: Buffer[] = [];
  for (const value of values) encodeValue(value, parts);
  return Buffer.concat(parts);
}

function encodeValue(value: AmfValue, parts: Buffer[]): void {
  if (typeof value === 'number') {
    const out = Buffer.alloc(9);
    out[0] = NUMBER;
    out.writeDoubleBE(value, 1);
    parts.push(out);
  } else if (typeof value === 'boolean') parts.push(Buffer.from([BOOLEAN, value ? 1 : 0]));
  else if (typeof value === 'string') {
    const text = Buffer.from(value);
    const long = text.length > 0xffff;
    const head = Buffer.alloc(long ? 5 : 3);
    head[0] = long ? LONG_STRING : STRING;
    if (long) head.writeUInt32BE(text.length, 1);
    else head.writeUInt16BE(text.length, 1);
    parts.push(head, text);
  } else if (value === null) parts.push(Buffer.from([NULL]));
  else if (value === undefined) parts.push(Buffer.from([UNDEFINED]));
  else if (Array.isArray(value)) {
    const head = Buffer.alloc(5);
    head[0] = STRICT_ARRAY;
    head.writeUInt32BE(value.length, 1);
    parts.push(head);
    for (const item of value) encodeValue(item, parts);
  } else {
    const isArray = value instanceof AmfArray;
    const entries: AmfObject = isArray ? (value.entries as AmfObject) : (value as AmfObject);
    if (isArray) {
      const head = Buffer.alloc(5);
      head[0] = ECMA_ARRAY;
      head.writeUInt32BE(Object.keys(entries).length, 1);
      parts.push(head);
    } else parts.push(Buffer.from([OBJECT]));
    for (const [key, item] of Object.entries(entries)) {
      const name = Buffer.from(key);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(name.length);
      parts.push(length, name);
      encodeValue(item, parts);
    }
    parts.push(Buffer.from([0, 0, OBJECT_END]));
  }
}

/** All values in a body; what comes after something unknown or cut off is left out. */
export function decodeAmf(bytes: Buffer): AmfValue[] {
  const values: AmfValue[] = [];
  const place = { at: 0 };
  try {
    while (place.at < bytes.length) values.push(decodeValue(bytes, place, 0));
  } catch {
    // Servers add to their answers; the command and its code come first.
  }
  return values;
}

function decodeValue(bytes: Buffer, place: { at: number }, depth: number): AmfValue {
  if (depth > DEEPEST) throw new Error('nested too deep');
  const marker = bytes.readUInt8(place.at++);
  const take = (count: number): Buffer => {
    if (place.at + count > bytes.length) throw new Error('cut off');
    place.at += count;
    return bytes.subarray(place.at - count, place.at);
  };
  const entries = (): AmfObject => {
    const object: AmfObject = {};
    for (;;) {
      const key = take(take(2).readUInt16BE()).toString();
      if (key === '' && bytes[place.at] === OBJECT_END) {
        place.at++;
        return object;
      }
      const value = decodeValue(bytes, place, depth + 1);
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    }
  };
  switch (marker) {
    case NUMBER:
      return take(8).readDoubleBE();
    case BOOLEAN:
      return take(1)[0] !== 0;
    case STRING:
      return take(take(2).readUInt16BE()).toString();
    case LONG_STRING:
      return take(take(4).readUInt32BE()).toString();
    case OBJECT:
      return entries();
    case ECMA_ARRAY:
      take(4);
      return new AmfArray(entries());
    case STRICT_ARRAY: {
      const length = take(4).readUInt32BE();
      const items: AmfValue[] = [];
      for (let index = 0; index < length; index++) items.push(decodeValue(bytes, place, depth + 1));
      return items;
    }
    case DATE: {
      const time = take(8).readDoubleBE();
      take(2);
      return time;
    }
    case NULL:
      return null;
    case UNDEFINED:
      return undefined;
    default:
      throw new Error(`marker ${marker}`);
  }
}

/** The fields of an object or array; nothing of anything else. */
export const fieldsOf = (value: AmfValue): AmfObject =>
  value instanceof AmfArray
    ? value.entries
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as AmfObject)
      : {};
