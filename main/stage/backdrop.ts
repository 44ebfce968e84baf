/** What stands behind the person: the picture's own background grown to the stage's shape, or one drawn for it. */
import type { StageSize } from '../../app/media/stage-size.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { blurPlane } from './picture.ts';

const smooth = (t: number): number => {
  const c = Math.min(1, Math.max(0, t));
  return c * c * (3 - 2 * c);
};

/** Above this spread of luma a background counts as busy, and what is made up beside it steps back a little. */
const BUSY_SPREAD = 14;

/** Standard deviation of luma over a coarse grid. */
function lumaSpread(rgba: Uint8Array, width: number, rect: Rect): number {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let y = rect.y; y < rect.y + rect.height; y += 8) {
    for (let x = rect.x; x < rect.x + rect.width; x += 8) {
      const i = (y * width + x) * 4;
      const luma = rgba[i] * 0.2126 + rgba[i + 1] * 0.7152 + rgba[i + 2] * 0.0722;
      n++;
      sum += luma;
      squares += luma * luma;
    }
  }
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}

/** How deep into the picture the made-up part reaches for its content, as a share of the picture's side. */
const DEPTH = 0.22;
/** Focus is lost over this share of the stage's shorter side on both sides of the join. */
const SOFT_RING = 0.045;
/** How much slower than a mirror it goes inwards, so that nothing is seen twice. */
const STRETCH = 0.35;

/** Where a pixel `d` ≥ 0 outside an edge takes its colour from: that far inside. Continuous at the edge, levelling off. */
const inwards = (d: number, side: number): number => {
  const depth = side * DEPTH;
  return depth * (1 - Math.exp((-STRETCH * d) / depth));
};

/** The source of each position along one axis: itself inside [from, to), a fractional place near the edge outside. */
function sources(length: number, from: number, to: number): Float64Array {
  const at = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    if (i < from) at[i] = from + inwards(from - i, to - from);
    else if (i >= to) at[i] = to - 1 - inwards(i - to + 1, to - from);
    else at[i] = i;
    at[i] = Math.min(to - 1, Math.max(from, at[i]));
  }
  return at;
}

/**
 * Fills the stage outside `known` (whole pixels, inside the stage, not empty) in place: what lies at the picture's
 * edges is drawn out over it, so that it goes on without a seam, and loses focus and (when busy) light with the distance.
 * Inside, only a narrow ring along such an edge changes.
 */
export async function growBackground(plane: Uint8Array, size: StageSize, known: Rect): Promise<void> {
  const { widthPx: W, heightPx: H } = size;
  const right = known.x + known.width;
  const bottom = known.y + known.height;
  if (known.x <= 0 && known.y <= 0 && right >= W && bottom >= H) return;
  const across = sources(W, known.x, right);
  const down = sources(H, known.y, bottom);
  for (let y = 0; y < H; y++) {
    const inRow = y >= known.y && y < bottom;
    const y0 = Math.floor(down[y]);
    const fy = down[y] - y0;
    const below = y0 + 1 < bottom ? W * 4 : 0;
    for (let x = 0; x < W; x++) {
      if (inRow && x === known.x) x = right;
      if (x >= W) break;
      const x0 = Math.floor(across[x]);
      const fx = across[x] - x0;
      const beside = x0 + 1 < right ? 4 : 0;
      const s = (y0 * W + x0) * 4;
      const d = (y * W + x) * 4;
      for (let c = 0; c < 3; c++) {
        const upper = plane[s + c] + (plane[s + beside + c] - plane[s + c]) * fx;
        const lower = plane[s + below + c] + (plane[s + below + beside + c] - plane[s + below + c]) * fx;
        plane[d + c] = upper + (lower - upper) * fy + 0.5;
      }
      plane[d + 3] = 255;
    }
  }
  const shorter = Math.min(W, H);
  const [soft, far] = await Promise.all([blurPlane(plane, W, H, shorter / 60), blurPlane(plane, W, H, shorter / 14)]);
  const dim = lumaSpread(plane, W, known) > BUSY_SPREAD ? 0.22 : 0;
  const ring = shorter * SOFT_RING;
  for (let y = 0; y < H; y++) {
    const dy = Math.max(known.y - y, y - bottom + 1, 0);
    for (let x = 0; x < W; x++) {
      const dx = Math.max(known.x - x, x - right + 1, 0);
      // Signed: negative inside, as far as the nearest edge that does not coincide with the stage's.
      let d = Math.hypot(dx, dy);
      if (d === 0) {
        d = -Math.min(
          known.x > 0 ? x - known.x : ring,
          right < W ? right - 1 - x : ring,
          known.y > 0 ? y - known.y : ring,
          bottom < H ? bottom - 1 - y : ring,
        );
        if (d <= -ring) continue;
      }
      const s = smooth((d + ring) / (2 * ring));
      const f = smooth(d / (shorter / 3.5));
      const light = 1 - dim * smooth(d / (shorter / 2.2));
      const i = (y * W + x) * 4;
      for (let c = 0; c < 3; c++) {
        const near = plane[i + c] + (soft[i + c] - plane[i + c]) * s;
        plane[i + c] = (near + (far[i + c] - near) * f) * light + 0.5;
      }
    }
  }
}

/** A quiet studio wall: a soft light behind the head, falling off to the corners. Dithered, so that it does not band. */
export function studioGradient(size: StageSize): Uint8Array {
  const { widthPx: W, heightPx: H } = size;
  const plane = new Uint8Array(W * H * 4);
  const lit = [232, 236, 242];
  const dark = [150, 163, 182];
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      const d = Math.hypot((x / W - 0.5) * Math.min(1.3, W / H), (y / H - 0.38) * 0.9) / 0.8;
      const t = smooth(d);
      // Ordered noise from the coordinates alone.
      const noise = ((((x * 1_597_334_677) ^ (y * 384_433_303)) * 1_664_525) >>> 24) / 255 - 0.5;
      const i = (y * W + x) * 4;
      for (let c = 0; c < 3; c++) plane[i + c] = lit[c] + (dark[c] - lit[c]) * t + noise + 0.5;
      plane[i + 3] = 255;
    }
  }
  return plane;
}

export function solidPlane(size: StageSize, colour: string): Uint8Array {
  const plane = new Uint8Array(size.widthPx * size.heightPx * 4);
  const value = Number.parseInt(colour.slice(1), 16);
  const word = ((255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
  new Uint32Array(plane.buffer).fill(word);
  return plane;
}
