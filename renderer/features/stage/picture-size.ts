/** How large a picture of the store is, asked of the browser once. */
import { useEffect, useState } from 'react';
import { assetUrl } from '../../bridge/index.ts';

export interface PictureSize {
  width: number;
  height: number;
}

const known = new Map<string, Promise<PictureSize>>();
const settled = new Map<string, PictureSize>();

/** @throws where the browser cannot show it */
export function pictureSize(asset: { sha256: string }): Promise<PictureSize> {
  let size = known.get(asset.sha256);
  if (size === undefined) {
    size = new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
      image.onerror = () => reject(new Error('not a picture'));
      image.src = assetUrl(asset);
    });
    known.set(asset.sha256, size);
    size.then(
      (found) => settled.set(asset.sha256, found),
      () => known.delete(asset.sha256),
    );
  }
  return size;
}

/** Width through height; null until it is known. */
export function useAspect(asset: { sha256: string }): number | null {
  const [size, setSize] = useState<PictureSize | null>(settled.get(asset.sha256) ?? null);
  const { sha256 } = asset;
  useEffect(() => {
    let wanted = true;
    pictureSize({ sha256 }).then(
      (found) => wanted && setSize(found),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [sha256]);
  return size === null ? null : size.width / size.height;
}
