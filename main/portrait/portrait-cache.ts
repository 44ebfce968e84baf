/** Finished imports on disk, so that a portrait is analysed once. A file that cannot be read back whole counts as absent. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export interface CacheEntry {
  /** Any JSON. */
  meta: unknown;
  planes: Uint8Array[];
}
export interface PortraitCache {
  read(key: string): Promise<CacheEntry | null>;
  /** A cache that cannot be written (full disk, read-only folder) is no reason to fail: the next import is slower. */
  write(key: string, entry: CacheEntry): Promise<void>;
}

const MAGIC = 0x53485031;
const HEADER_BYTES = 20;
const SUFFIX = '.portrait';
const MAX_BYTES = 1_500_000_000;

/**
 * One file an entry: magic, byte count and CRC-32 of the rest, byte count of the JSON, plane count; JSON; for each plane its raw and
 * stored byte counts; the planes, each a zstd frame or, where both counts are the same, raw.
 */
export function openPortraitCache(dir: string): PortraitCache {
  const pathOf = (key: string): string => join(dir, key + SUFFIX);
  return {
    async read(key) {
      const path = pathOf(key);
      try {
        const file = await open(path, 'r');
        let entry: CacheEntry;
        try {
          entry = await unpack(file);
        } finally {
          await file.close();
        }
        // Read lately is worth keeping: see prune.
        const now = new Date();
        await utimes(path, now, now).catch(() => undefined);
        return entry;
      } catch {
        return null;
      }
    },
    async write(key, entry) {
      const temporary = join(dir, `.${key}.${process.pid}.${randomUUID()}.tmp`);
      try {
        await mkdir(dir, { recursive: true });
        const pieces = await pack(entry);
        const file = await open(temporary, 'wx');
        try {
          for (const piece of pieces) await file.writeFile(piece);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, pathOf(key));
        await prune(dir);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** The pieces of an entry's file, in order. */
async function pack({ meta, planes }: CacheEntry): Promise<Uint8Array[]> {
  const json = Buffer.from(JSON.stringify(meta));
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  const packed = await Promise.all(
    planes.map(async (plane) => {
      const frame = await compress(plane, { params });
      // Reading from the disk beats unpacking, unless there is next to nothing to read.
      return frame.length < plane.length / 6 ? frame : plane;
    }),
  );
  const sizes = Buffer.alloc(planes.length * 8);
  for (const [i, plane] of planes.entries()) {
    sizes.writeUInt32LE(plane.length, i * 8);
    sizes.writeUInt32LE(packed[i]!.length, i * 8 + 4);
  }
  const rest = [json, sizes, ...packed];
  const header = Buffer.alloc(HEADER_BYTES);
  const length = rest.reduce((sum, piece) => sum + piece.length, 0);
  const crc = rest.reduce((sum, piece) => crc32(piece, sum), 0);
  for (const [i, value] of [MAGIC, length, crc, json.length, planes.length].entries()) {
    header.writeUInt32LE(value, i * 4);
  }
  return [header, ...rest];
}

/** Each plane is read into memory of its own: a view of the whole file would keep all of it for as long as one plane lives. */
async function unpack(file: FileHandle): Promise<CacheEntry> {
  const { size: fileBytes } = await file.stat();
  let crc = 0;
  let left = fileBytes;
  const take = async (length: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (length > left) throw new Error('a cache entry cut short');
    left -= length;
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await file.read(bytes, at, length - at, null);
      if (bytesRead === 0) throw new Error('a cache entry cut short');
      at += bytesRead;
    }
    crc = crc32(bytes, crc);
    return bytes;
  };
  const header = new DataView((await take(HEADER_BYTES)).buffer);
  crc = 0;
  const [magic, length, wholeCrc, jsonLength, count] = [0, 4, 8, 12, 16].map((at) => header.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC || length !== left) throw new Error('not a whole cache entry');
  const json = await take(jsonLength);
  const sizes = new DataView((await take(count * 8)).buffer);
  const frames: { size: number; frame: Uint8Array<ArrayBuffer> }[] = [];
  for (let i = 0; i < count; i++) {
    frames.push({ size: sizes.getUint32(i * 8, true), frame: await take(sizes.getUint32(i * 8 + 4, true)) });
  }
  if (crc !== wholeCrc) throw new Error('a damaged cache entry');
  const meta: unknown = JSON.parse(Buffer.from(json.buffer).toString('utf8'));
  const planes = await Promise.all(
    frames.map(async ({ size, frame }) => {
      if (frame.length === size) return frame;
      const plane = await decompress(frame, { maxOutputLength: size });
      if (plane.length !== size) throw new Error('a plane of the wrong size');
      return new Uint8Array(plane.buffer, plane.byteOffset, plane.length);
    }),
  );
  return { meta, planes };
}

/** Removes the entries read longest ago until the folder fits, and temporary files an interrupted run left behind. */
async function prune(dir: string): Promise<void> {
  const files: { path: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    const info = await stat(path).catch(() => null);
    if (info === null) continue;
    if (name.endsWith('.tmp') && Date.now() - info.mtimeMs > 3_600_000) await rm(path, { force: true });
    if (name.endsWith(SUFFIX)) files.push({ path, bytes: info.size, usedMs: info.mtimeMs });
  }
  let total = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= MAX_BYTES) break;
    await rm(file.path, { force: true });
    total -= file.bytes;
  }
}
