/**
 * Pictures of portraits for the interface, under `/media/portrait/`: made when first fetched, kept on disk by what they were made from.
 * A path can be fetched once it was offered; the file outlives the engine, the offer does not.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../storage/atomic-file.ts';
import type { MediaProvider } from './service.ts';

/** Raise when the same offer would give another picture. */
const VERSION = 1;
const MAX_BYTES = 400_000_000;
const MAX_OFFERS = 500;
/** Stills of a dragged landmark are looked at once: they stay in memory, the latest. */
const MAX_STILLS = 60;
const NAME = /^[0-9a-f]{64}\.webp$/;
const WEBP = { mediaType: 'image/webp', immutable: true } as const;

export interface PortraitPictures {
  /** A path for a picture that `make` gives as WebP; `name` says all that decides it. */
  offer(name: string, make: (signal: AbortSignal) => Promise<Uint8Array>): string;
  /** A path for a picture that is there already. */
  show(name: string, webp: Uint8Array): string;
  /** Path of a still shown lately under that name. */
  shown(name: string): string | null;
  media: MediaProvider;
}

export function createPortraitPictures(folder: string): PortraitPictures {
  const offers = new Map<string, (signal: AbortSignal) => Promise<Uint8Array>>();
  const stills = new Map<string, Uint8Array>();
  let writtenBytes = Number.POSITIVE_INFINITY;

  const fileOf = (name: string): string => `${createHash('sha256').update(`${VERSION} ${name}`).digest('hex')}.webp`;
  const pathOf = (file: string): string => `/media/portrait/${file}`;
  const limit = (map: Map<string, unknown>, most: number): void => {
    for (const oldest of map.keys()) {
      if (map.size <= most) break;
      map.delete(oldest);
    }
  };

  const keep = async (file: string, bytes: Uint8Array): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true });
      await writeWhole(
        folder,
        (handle) => handle.writeFile(bytes),
        (_, temporary) => rename(temporary, join(folder, file)),
      );
      writtenBytes += bytes.length;
      if (writtenBytes > MAX_BYTES / 10) {
        writtenBytes = 0;
        await sweep(folder);
      }
    } catch {
      // Without room to keep it the picture is shown all the same.
    }
  };

  return {
    offer(name, make) {
      const file = fileOf(name);
      offers.delete(file);
      offers.set(file, make);
      limit(offers, MAX_OFFERS);
      return pathOf(file);
    },
    show(name, webp) {
      const file = fileOf(name);
      stills.delete(file);
      stills.set(file, webp);
      limit(stills, MAX_STILLS);
      return pathOf(file);
    },
    shown(name) {
      const file = fileOf(name);
      return stills.has(file) ? pathOf(file) : null;
    },
    async media([file = '', ...more], { signal }) {
      if (more.length > 0 || !NAME.test(file)) return null;
      const still = stills.get(file);
      if (still) return { ...WEBP, body: { kind: 'bytes', bytes: still } };
      const path = join(folder, file);
      const kept = await readFile(path, { signal }).catch(() => null);
      signal.throwIfAborted();
      if (kept) {
        const now = new Date();
        await utimes(path, now, now).catch(() => undefined);
        return { ...WEBP, body: { kind: 'bytes', bytes: kept } };
      }
      const made = await offers.get(file)?.(signal);
      if (!made) return null;
      await keep(file, made);
      return { ...WEBP, body: { kind: 'bytes', bytes: made } };
    },
  };
}

/** Removes what was looked at longest ago until the folder fits. */
async function sweep(folder: string): Promise<void> {
  const files: { path: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info && NAME.test(name)) files.push({ path, bytes: info.size, usedMs: info.mtimeMs });
    else if (info && Date.now() - info.mtimeMs > 3_600_000) await rm(path, { force: true });
  }
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= MAX_BYTES) break;
    await rm(path, { force: true });
    total -= bytes;
  }
}
