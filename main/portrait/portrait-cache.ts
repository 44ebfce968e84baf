/** Finished imports on disk, so that a portrait is analysed once. A file that cannot be read back whole counts as absent. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
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
        const bytes = await readFile(path);
        const entry = await unpack(bytes);
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
        const bytes = await pack(entry);
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
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

async function pack({ meta, planes }: CacheEntry): Promise<Buffer> {
  const json = Buffer.from(JSON.stringify(meta));
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  const packed = await Promise.all(
    planes.map(async (plane) => {
      const frame = await compress(plane, { params });
      // A photo hardly shrinks: reading it as it is beats unpacking it.
      return frame.length < plane.length / 2 ? frame : plane;
    }),
  );
  const sizes = Buffer.alloc(planes.length * 8);
  for (const [i, plane] of planes.entries()) {
    sizes.writeUInt32LE(plane.length, i * 8);
    sizes.writeUInt32LE(packed[i]!.length, i * 8 + 4);
  }
  const rest = Buffer.concat([json, sizes, ...packed]);
  const header = Buffer.alloc(HEADER_BYTES);
  for (const [i, value] of [MAGIC, rest.length, crc32(rest), json.length, planes.length].entries()) {
    header.writeUInt32LE(value, i * 4);
  }
  return Buffer.concat([header, rest]);
}

async function unpack(bytes: Buffer): Promise<CacheEntry> {
  const rest = bytes.subarray(HEADER_BYTES);
  const [magic, length, crc, jsonLength, count] = [0, 4, 8, 12, 16].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC || length !== rest.length || crc !== crc32(rest)) throw new Error('not a whole cache entry');
  const meta: unknown = JSON.parse(rest.subarray(0, jsonLength).toString('utf8'));
  let at = jsonLength + count * 8;
  const frames: { size: number; frame: Buffer }[] = [];
  for (let i = 0; i < count; i++) {
    const size = rest.readUInt32LE(jsonLength + i * 8);
    const packed = rest.readUInt32LE(jsonLength + i * 8 + 4);
    frames.push({ size, frame: rest.subarray(at, at + packed) });
    at += packed;
  }
  const planes = await Promise.all(
    frames.map(async ({ size, frame }) => {
      // Copied: a view would keep the whole file in memory for as long as one plane lives.
      if (frame.length === size) return new Uint8Array(frame);
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
