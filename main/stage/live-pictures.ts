/** The pictures of live overlays, no larger than they are shown: a photo as it came would cost a frame's time to scale while on air. */
import sharp from 'sharp';
import type { AssetRef } from '../../app/document/asset.ts';
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { nameOf } from './live-layer.ts';
import type { Picture } from './picture.ts';

export interface OverlayPictures {
  /** By SHA-256. */
  pictures: Map<string, Picture>;
  /** Of those that are shown without: `stage.overlay-picture-missing`. */
  troubles: StudioError[];
}

/** `load` gives a picture decoded, or throws; it is asked once for each file. */
export async function overlayPictures(
  overlays: readonly LiveOverlay[],
  size: StageSize,
  load: (ref: AssetRef) => Promise<Picture>,
): Promise<OverlayPictures> {
  const pictures = new Map<string, Picture>();
  const troubles: StudioError[] = [];
  /** The widest place each file is shown at. */
  const widths = new Map<string, number>();
  const shown = overlays.flatMap((overlay) =>
    'picture' in overlay && overlay.picture !== null ? [{ overlay, ref: overlay.picture }] : [],
  );
  for (const { overlay, ref } of shown) {
    const width = Math.max(1, Math.round(overlay.place.width * size.widthPx));
    widths.set(ref.sha256, Math.max(width, widths.get(ref.sha256) ?? 0));
  }
  const failed = new Map<string, unknown>();
  for (const { overlay, ref } of shown) {
    if (!pictures.has(ref.sha256) && !failed.has(ref.sha256)) {
      try {
        pictures.set(ref.sha256, await fitted(await load(ref), widths.get(ref.sha256)!, size));
      } catch (error) {
        failed.set(ref.sha256, error);
      }
    }
    const cause = failed.get(ref.sha256);
    if (cause === undefined) continue;
    const detail = (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);
    const params = { overlay: nameOf(overlay), name: ref.fileName, detail };
    troubles.push(new StudioError('stage.overlay-picture-missing', params, { cause }));
  }
  return { pictures, troubles };
}

/** Never larger than it was; a very tall one is not kept beyond what the stage can show of it. */
async function fitted(picture: Picture, width: number, size: StageSize): Promise<Picture> {
  if (picture.width <= width && picture.height <= size.heightPx * 2) return picture;
  const { data, info } = await sharp(picture.rgba, {
    raw: { width: picture.width, height: picture.height, channels: 4 },
    limitInputPixels: false,
  })
    .resize({ width, height: size.heightPx * 2, fit: 'inside', withoutEnlargement: true, kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgba: new Uint8Array(data) };
}
