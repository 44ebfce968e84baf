/** Squares cut from a picture at any place, size and angle, resampled for the face models. */

export interface PictureView {
  width: number;
  height: number;
  /** RGBA8. */
  rgba: Uint8Array;
}

/** A square in picture pixels; `angleRad` turns it clockwise as seen, so that a tilted face stands upright inside it. */
export interface Square {
  centreX: number;
  centreY: number;
  side: number;
  angleRad: number;
}

/** The square's pixels as RGB8, `size` × `size`. Outside the picture its nearest edge pixel repeats, dimmed to mid-grey with distance. */
export function cutSquare(picture: PictureView, square: Square, size: number): Uint8Array {
  const { width, height } = picture;
  // Shrinking by more than two skips pixels: read from a box-averaged half of the picture instead, as often as needed.
  let source = picture;
  let factor = 1;
  while (square.side / (size * factor) >= 2 && Math.min(source.width, source.height) >= 2) {
    source = halve(source);
    factor *= 2;
  }
  const out = new Uint8Array(size * size * 3);
  const step = square.side / size;
  const cos = Math.cos(square.angleRad) * step;
  const sin = Math.sin(square.angleRad) * step;
  const half = (size - 1) / 2;
  const reach = 0.12 * square.side;
  const maxX = source.width - 1;
  const maxY = source.height - 1;
  const pixels = source.rgba;
  for (let j = 0, o = 0; j < size; j++) {
    for (let i = 0; i < size; i++, o += 3) {
      const x = square.centreX + (i - half) * cos - (j - half) * sin;
      const y = square.centreY + (i - half) * sin + (j - half) * cos;
      const outside = Math.max(0, -x, -y, x - width, y - height);
      const keep = outside > 0 ? Math.max(0, 1 - outside / reach) : 1;
      const sx = clamp(x / factor - 0.5, 0, maxX);
      const sy = clamp(y / factor - 0.5, 0, maxY);
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const u = sx - x0;
      const v = sy - y0;
      const p00 = (y0 * source.width + x0) * 4;
      const p01 = x0 < maxX ? p00 + 4 : p00;
      const down = y0 < maxY ? source.width * 4 : 0;
      const w00 = (1 - u) * (1 - v);
      const w01 = u * (1 - v);
      const w10 = (1 - u) * v;
      const w11 = u * v;
      for (let c = 0; c < 3; c++) {
        const value =
          pixels[p00 + c]! * w00 +
          pixels[p01 + c]! * w01 +
          pixels[p00 + down + c]! * w10 +
          pixels[p01 + down + c]! * w11;
        out[o + c] = keep * value + (1 - keep) * 128;
      }
    }
  }
  return out;
}

/** From a position in the cut square (its pixels, 0…size) back to picture pixels. */
export function squareToPicture(square: Square, size: number, x: number, y: number): [number, number] {
  const step = square.side / size;
  const dx = (x - size / 2) * step;
  const dy = (y - size / 2) * step;
  const cos = Math.cos(square.angleRad);
  const sin = Math.sin(square.angleRad);
  return [square.centreX + dx * cos - dy * sin, square.centreY + dx * sin + dy * cos];
}

/** A see-through picture laid over mid-grey: the models know no alpha, and hidden colours must not confuse them. */
export function flatten(picture: PictureView): PictureView {
  const { rgba } = picture;
  let opaque = true;
  for (let i = 3; i < rgba.length && opaque; i += 4) opaque = rgba[i] === 255;
  if (opaque) return picture;
  const flat = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const a = rgba[i + 3]! / 255;
    for (let c = 0; c < 3; c++) flat[i + c] = rgba[i + c]! * a + 160 * (1 - a);
    flat[i + 3] = 255;
  }
  return { width: picture.width, height: picture.height, rgba: flat };
}

function halve(source: PictureView): PictureView {
  const width = source.width >> 1;
  const height = source.height >> 1;
  const rgba = new Uint8Array(width * height * 4);
  const stride = source.width * 4;
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const p = y * 2 * stride + x * 8;
      for (let c = 0; c < 4; c++) {
        const sum =
          source.rgba[p + c]! +
          source.rgba[p + 4 + c]! +
          source.rgba[p + stride + c]! +
          source.rgba[p + stride + 4 + c]!;
        rgba[o + c] = (sum + 2) >> 2;
      }
    }
  }
  return { width, height, rgba };
}

const clamp = (x: number, low: number, high: number): number => Math.max(low, Math.min(x, high));
