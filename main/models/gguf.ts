/** The head of a GGUF file: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import type { FileHandle } from 'node:fs/promises';
import { StudioError } from '../../app/errors/index.ts';
import { FileReader, PastTheEnd } from './file-reader.ts';

const MAGIC = 0x46554747;
const NEWEST_VERSION = 3;
const MOST_PAIRS = 100_000;
const MOST_TENSORS = 100_000;
const LONGEST_TEXT = 64 * 1024 * 1024;
const MOST_ELEMENTS = 10_000_000;

/** Bytes of each type of value; a text and a list have none of their own. */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const LIST = 9;

/** ggml's types of tensors: elements a block, and its bytes. */
const BLOCKS: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
};

export interface GgufHead {
  architecture: string;
  name: string | null;
  /** Where the last tensor ends: the file has at least so many bytes. */
  endsAt: number;
}

/** @throws StudioError model.file-not-a-model, model.file-truncated, model.too-new */
export async function readGguf(handle: FileHandle, bytes: number, file: string): Promise<GgufHead> {
  const damaged = (detail: string): StudioError =>
    new StudioError('model.file-not-a-model', { file, format: 'GGUF', detail });
  const reader = new FileReader(handle, bytes);
  try {
    if ((await reader.u32()) !== MAGIC) throw damaged('it does not begin like one');
    const version = await reader.u32();
    // Whoever wrote it counts the other way round.
    if (version > 0xffff || version === 0) throw damaged(`version ${version}`);
    if (version > NEWEST_VERSION)
      throw new StudioError('model.too-new', { file, found: `GGUF ${version}`, supported: `GGUF ${NEWEST_VERSION}` });
    if (version < 2) throw damaged(`version ${version} is too old`);
    const tensors = await reader.u64();
    const pairs = await reader.u64();
    if (tensors > MOST_TENSORS || pairs > MOST_PAIRS) throw damaged('its counts make no sense');
    const text = async (): Promise<string> => {
      const length = await reader.u64();
      if (length > LONGEST_TEXT) throw damaged('its texts make no sense');
      return (await reader.take(length)).toString('utf8');
    };
    const skip = async (type: number, depth = 0): Promise<void> => {
      const size = VALUE_BYTES[type];
      if (size !== undefined) return reader.skip(size);
      if (type === TEXT) {
        const length = await reader.u64();
        if (length > LONGEST_TEXT) throw damaged('its texts make no sense');
        return reader.skip(length);
      }
      if (type !== LIST || depth > 2) throw damaged(`a value of type ${type}`);
      const of = await reader.u32();
      const count = await reader.u64();
      if (count > MOST_ELEMENTS) throw damaged('its lists make no sense');
      const each = VALUE_BYTES[of];
      if (each !== undefined) return reader.skip(each * count);
      for (let i = 0; i < count; i++) await skip(of, depth + 1);
    };
    let architecture = '';
    let name: string | null = null;
    let alignment = 32;
    for (let i = 0; i < pairs; i++) {
      const key = await text();
      const type = await reader.u32();
      if (key === 'general.architecture' && type === TEXT) architecture = await text();
      else if (key === 'general.name' && type === TEXT) name = await text();
      else if (key === 'general.alignment' && type === 4) alignment = await reader.u32();
      else await skip(type);
    }
    if (architecture === '') throw damaged('it names no architecture');
    if (alignment === 0 || alignment > 2 ** 20) throw damaged('its alignment makes no sense');
    let dataBytes = 0;
    for (let i = 0; i < tensors; i++) {
      const nameBytes = await reader.u64();
      if (nameBytes > 1024) throw damaged('its tensors make no sense');
      reader.skip(nameBytes);
      const dimensions = await reader.u32();
      if (dimensions > 8) throw damaged('its tensors make no sense');
      let elements = 1;
      for (let d = 0; d < dimensions; d++) elements *= await reader.u64();
      const type = await reader.u32();
      const offset = await reader.u64();
      const block = BLOCKS[type];
      if (block === undefined)
        throw new StudioError('model.too-new', { file, found: `ggml ${type}`, supported: 'ggml 0–39' });
      dataBytes = Math.max(dataBytes, offset + Math.ceil(elements / block[0]) * block[1]);
    }
    const start = Math.ceil(reader.at / alignment) * alignment;
    return { architecture, name, endsAt: start + dataBytes };
  } catch (error) {
    if (!(error instanceof PastTheEnd)) throw error;
    if (error.neededBytes > 2 ** 50) throw damaged('its lengths make no sense');
    const expectedMb = Math.ceil(error.neededBytes / 2 ** 20);
    throw new StudioError('model.file-truncated', { file, expectedMb, foundMb: Math.floor(bytes / 2 ** 20) });
  }
}
