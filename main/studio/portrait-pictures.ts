/**
 * Pictures of portraits for the interface, under `/media/portrait/`: made when first fetched, kept on disk by what they were made from.
 * A path can be fetched once it was offered; the file outlives the engine, the offer does not.
 */
import { openPictureCache } from './picture-cache.ts';
import type { MediaProvider } from './service.ts';

const MAX_BYTES = 400_000_000;
const MAX_OFFERS = 500;
/** Stills of a dragged landmark are looked at once: they stay in memory, the latest. */
const MAX_STILLS = 60;
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
  const cache = openPictureCache(folder, MAX_BYTES);
  const offers = new Map<string, (signal: AbortSignal) => Promise<Uint8Array>>();
  const stills = new Map<string, Uint8Array>();

  const pathOf = (file: string): string => `/media/portrait/${file}`;
  const put = <T>(map: Map<string, T>, file: string, value: T, most: number): string => {
    map.delete(file);
    map.set(file, value);
    for (const oldest of map.keys()) {
      if (map.size <= most) break;
      map.delete(oldest);
    }
    return pathOf(file);
  };

  return {
    offer: (name, make) => put(offers, cache.fileOf(name), make, MAX_OFFERS),
    show: (name, webp) => put(stills, cache.fileOf(name), webp, MAX_STILLS),
    shown(name) {
      const file = cache.fileOf(name);
      return stills.has(file) ? pathOf(file) : null;
    },
    async media([file = '', ...more], { signal }) {
      if (more.length > 0 || !cache.isFile(file)) return null;
      const kept = stills.get(file) ?? (await cache.read(file, signal));
      if (kept) return { ...WEBP, body: { kind: 'bytes', bytes: kept } };
      const made = await offers.get(file)?.(signal);
      if (!made) return null;
      await cache.keep(file, made);
      return { ...WEBP, body: { kind: 'bytes', bytes: made } };
    },
  };
}
