/** Picture overlays: scaled once to their place on the stage, then painted behind the person or turned into sprites in front. */
import sharp from 'sharp';
import type { Overlay } from '../../app/document/stage.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { makeSprite, type Sprite } from './i420.ts';
import type { Picture } from './picture.ts';

/** An overlay at stage scale. Position in stage pixels; only the part inside the stage is kept. */
export interface PlacedOverlay {
  layer: Overlay['layer'];
  x: number;
  y: number;
  /** Straight alpha with the overlay's opacity in it. */
  picture: Picture;
}

/** Scales an overlay's picture to its place; null when nothing of it lies on the stage. */
export async function placeOverlay(overlay: Overlay, picture: Picture, size: StageSize): Promise<PlacedOverlay | null> {
  const { widthPx: W, heightPx: H } = size;
  const width = Math.max(1, Math.round(overlay.width * W));
  const height = Math.max(1, Math.round((width * picture.height) / picture.width));
  const left = Math.round(overlay.x * W);
  const top = Math.round(overlay.y * H);
  const cut = { left: Math.max(0, -left), top: Math.max(0, -top), width: 0, height: 0 };
  cut.width = Math.min(W, left + width) - Math.max(0, left);
  cut.height = Math.min(H, top + height) - Math.max(0, top);
  if (cut.width <= 0 || cut.height <= 0 || overlay.opacity === 0) return null;
  const data = await sharp(picture.rgba, {
    raw: { width: picture.width, height: picture.height, channels: 4 },
    limitInputPixels: false,
  })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .extract(cut)
    .raw()
    .toBuffer();
  const rgba = new Uint8Array(data);
  if (overlay.opacity < 1) for (let i = 3; i < rgba.length; i += 4) rgba[i] = Math.round(rgba[i] * overlay.opacity);
  return {
    layer: overlay.layer,
    x: left + cut.left,
    y: top + cut.top,
    picture: { width: cut.width, height: cut.height, rgba },
  };
}

/** Paints overlays into a straight-alpha RGBA plane of the stage's size, in order. */
export function paintOverlays(plane: Uint8Array, size: StageSize, overlays: readonly PlacedOverlay[]): void {
  for (const { x, y, picture } of overlays) {
    for (let row = 0; row < picture.height; row++) {
      for (let col = 0; col < picture.width; col++) {
        const s = (row * picture.width + col) * 4;
        const a = picture.rgba[s + 3];
        if (a === 0) continue;
        const d = ((y + row) * size.widthPx + x + col) * 4;
        const kept = (plane[d + 3] * (255 - a)) / 255;
        const sum = a + kept;
        for (let c = 0; c < 3; c++) plane[d + c] = Math.round((picture.rgba[s + c] * a + plane[d + c] * kept) / sum);
        plane[d + 3] = Math.round(sum);
      }
    }
  }
}

/** An overlay as a sprite: grown to even position and size with clear pixels. */
export function overlaySprite({ x, y, picture }: PlacedOverlay): Sprite {
  return spriteAt(picture.rgba, picture.width, picture.height, x, y);
}

/** A sprite at any place: grown to even position and size with clear pixels. */
export function spriteAt(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  x: number,
  y: number,
): Sprite {
  const left = x & 1;
  const top = y & 1;
  const w = (width + left + 1) & ~1;
  const h = (height + top + 1) & ~1;
  if (left === 0 && top === 0 && w === width && h === height) return makeSprite(rgba, w, h, x, y);
  const grown = new Uint8Array(w * h * 4);
  for (let row = 0; row < height; row++) {
    grown.set(rgba.subarray(row * width * 4, (row + 1) * width * 4), ((row + top) * w + left) * 4);
  }
  return makeSprite(grown, w, h, x - left, y - top);
}
