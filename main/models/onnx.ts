/** The fields of an ONNX file's outermost message: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (ModelProto). */
import type { FileHandle } from 'node:fs/promises';
import { StudioError } from '../../app/errors/index.ts';
import { FileReader, PastTheEnd } from './file-reader.ts';

const IR_VERSION = 1;
const GRAPH = 7;
const OPSETS = 8;
const METADATA = 14;
/** What the ONNX Runtime inside sherpa-onnx 1.13 reads; it says so itself when it refuses a newer one. */
const NEWEST_IR = 13;
const LONGEST_METADATA = 16 * 1024 * 1024;

export interface OnnxHead {
  irVersion: number;
  metadata: ReadonlyMap<string, string>;
  endsAt: number;
}

/** @throws StudioError model.file-not-a-model, model.file-truncated, model.too-new */
export async function readOnnx(handle: FileHandle, bytes: number, file: string): Promise<OnnxHead> {
  const damaged = (detail: string): StudioError =>
    new StudioError('model.file-not-a-model', { file, format: 'ONNX', detail });
  const reader = new FileReader(handle, bytes);
  const varint = async (): Promise<number> => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = await reader.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw damaged('a number without an end');
  };
  let irVersion = 0;
  let hasGraph = false;
  const metadata = new Map<string, string>();
  try {
    while (reader.at < bytes) {
      const tag = await varint();
      const [field, wire] = [Math.floor(tag / 8), tag % 8];
      if (field === 0 || field > 1000) throw damaged('fields that ONNX does not have');
      if (wire === 0) {
        const value = await varint();
        if (field === IR_VERSION) irVersion = value;
      } else if (wire === 1) reader.skip(8);
      else if (wire === 5) reader.skip(4);
      else if (wire === 2) {
        const length = await varint();
        if (reader.at + length > bytes) throw new PastTheEnd(reader.at + length);
        if (field === METADATA && length <= LONGEST_METADATA) {
          const [key, value] = pair(await reader.take(length));
          metadata.set(key, value);
        } else reader.skip(length);
        if (field === GRAPH) hasGraph = true;
        if (field === OPSETS && length > 4096) throw damaged('its operator sets make no sense');
      } else throw damaged('fields that ONNX does not have');
    }
  } catch (error) {
    if (!(error instanceof PastTheEnd)) throw error;
    if (irVersion === 0 && !hasGraph && reader.at < 64) throw damaged('it does not begin like one');
    const expectedMb = Math.ceil(error.neededBytes / 2 ** 20);
    throw new StudioError('model.file-truncated', { file, expectedMb, foundMb: Math.floor(bytes / 2 ** 20) });
  }
  if (!hasGraph || irVersion === 0) throw damaged('it holds no graph');
  if (irVersion > NEWEST_IR)
    throw new StudioError('model.too-new', { file, found: `ONNX IR ${irVersion}`, supported: `ONNX IR ${NEWEST_IR}` });
  return { irVersion, metadata, endsAt: reader.at };
}

/** StringStringEntryProto: key 1, value 2, both texts. */
function pair(message: Buffer): [string, string] {
  const texts = ['', ''];
  let at = 0;
  while (at < message.length) {
    const tag = message[at++]!;
    let length = 0;
    let shift = 0;
    for (; at < message.length; shift += 7) {
      const byte = message[at++]!;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const field = tag >> 3;
    if ((tag & 7) !== 2 || at + length > message.length) break;
    if (field === 1 || field === 2) texts[field - 1] = message.toString('utf8', at, at + length);
    at += length;
  }
  return [texts[0]!, texts[1]!];
}
