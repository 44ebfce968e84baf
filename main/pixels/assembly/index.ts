/**
 * The pixel kernels, in WebAssembly SIMD: the only loops that touch every pixel of every frame.
 * All buffers are laid out by the host (`../pixels.ts`); nothing here allocates.
 */

/** First byte the host may use. */
export const heapBase: usize = __heap_base;

/** 256 rows of 16-bit bilinear weights: 256 − f four times, then f four times. */
const weights: usize = memory.data(4096, 16);
for (let f: i32 = 0; f < 256; f++) {
  for (let lane: i32 = 0; lane < 4; lane++) {
    store<u16>(weights + (f << 4) + (lane << 1), <u16>(256 - f));
    store<u16>(weights + (f << 4) + 8 + (lane << 1), <u16>f);
  }
}

/** Bilinear sample at 16.16 fixed point: four 16-bit lanes (R, G, B, A) in the lower half. */
// @ts-ignore: decorator
@inline
function sample(tex: usize, rowBytes: i32, u: i32, v: i32): v128 {
  const p: usize = tex + <usize>((v >> 16) * rowBytes + ((u >> 16) << 2));
  const fy: i32 = (v >> 8) & 255;
  const half: v128 = i16x8.splat(128);
  let t: v128 = i16x8.add(
    i16x8.mul(v128.load_ext<u8>(p), i16x8.splat(<i16>(256 - fy))),
    i16x8.mul(v128.load_ext<u8>(p + <usize>rowBytes), i16x8.splat(<i16>fy)),
  );
  t = i16x8.shr_u(i16x8.add(t, half), 8);
  t = i16x8.mul(t, v128.load(weights + <usize>(((u >> 8) & 255) << 4)));
  t = i16x8.add(t, i64x2.shuffle(t, t, 1, 0));
  return i16x8.shr_u(i16x8.add(t, half), 8);
}

/**
 * Draws a warped triangle mesh over `out`.
 * tri: u16 triples; opaque: one byte a triangle, 1 where the texture under it is fully opaque;
 * dx, dy: f32 destination per vertex (out pixels); sx, sy: f32 source per vertex (texels, texel centres at whole numbers);
 * fade: f32 alpha per vertex, or 0 for none. Texture and out are premultiplied RGBA8; the texture has a border so that
 * every source position and its right and lower neighbour exist.
 */
export function warp(
  tri: usize, opaque: usize, triCount: i32,
  dx: usize, dy: usize, sx: usize, sy: usize, fade: usize,
  tex: usize, texWidth: i32, out: usize, outWidth: i32, outHeight: i32,
): void {
  const rowBytes: i32 = texWidth << 2;
  const bias: f32 = 1.0 / 512.0;
  for (let i: i32 = 0; i < triCount; i++) {
    let a: usize = <usize>load<u16>(tri + <usize>(i * 6)) << 2;
    let b: usize = <usize>load<u16>(tri + <usize>(i * 6 + 2)) << 2;
    let c: usize = <usize>load<u16>(tri + <usize>(i * 6 + 4)) << 2;
    let ya: f32 = load<f32>(dy + a), yb: f32 = load<f32>(dy + b), yc: f32 = load<f32>(dy + c);
    // Sorted by y so that two triangles walk a shared edge with the same arithmetic: no cracks, no overdraw.
    if (yb < ya) { const k = a; a = b; b = k; const q = ya; ya = yb; yb = q; }
    if (yc < ya) { const k = a; a = c; c = k; const q = ya; ya = yc; yc = q; }
    if (yc < yb) { const k = b; b = c; c = k; const q = yb; yb = yc; yc = q; }
    const firstRow: i32 = max(0, <i32>Mathf.ceil(ya - 0.5));
    const endRow: i32 = min(outHeight, <i32>Mathf.ceil(yc - 0.5));
    if (firstRow >= endRow) continue;
    const xa: f32 = load<f32>(dx + a), xb: f32 = load<f32>(dx + b), xc: f32 = load<f32>(dx + c);
    const det: f32 = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya);
    if (Mathf.abs(det) < 1e-7) continue;
    const inv: f32 = 1.0 / det;
    const ua: f32 = load<f32>(sx + a) + bias, ub: f32 = load<f32>(sx + b) + bias, uc: f32 = load<f32>(sx + c) + bias;
    const va: f32 = load<f32>(sy + a) + bias, vb: f32 = load<f32>(sy + b) + bias, vc: f32 = load<f32>(sy + c) + bias;
    const ux: f32 = ((ub - ua) * (yc - ya) - (uc - ua) * (yb - ya)) * inv;
    const uy: f32 = ((uc - ua) * (xb - xa) - (ub - ua) * (xc - xa)) * inv;
    const vx: f32 = ((vb - va) * (yc - ya) - (vc - va) * (yb - ya)) * inv;
    const vy: f32 = ((vc - va) * (xb - xa) - (vb - va) * (xc - xa)) * inv;
    const uMin: f32 = Mathf.min(ua, Mathf.min(ub, uc)), uMax: f32 = Mathf.max(ua, Mathf.max(ub, uc));
    const vMin: f32 = Mathf.min(va, Mathf.min(vb, vc)), vMax: f32 = Mathf.max(va, Mathf.max(vb, vc));
    let fa: f32 = 1.0, fx: f32 = 0.0, fy: f32 = 0.0;
    if (fade != 0) {
      fa = load<f32>(fade + a);
      const fb: f32 = load<f32>(fade + b), fc: f32 = load<f32>(fade + c);
      fx = ((fb - fa) * (yc - ya) - (fc - fa) * (yb - ya)) * inv;
      fy = ((fc - fa) * (xb - xa) - (fb - fa) * (xc - xa)) * inv;
    }
    const solid: bool = fade == 0 && load<u8>(opaque + <usize>i) != 0;
    const slopeLong: f32 = (xc - xa) / (yc - ya);
    const slopeTop: f32 = yb > ya ? (xb - xa) / (yb - ya) : 0;
    const slopeEnd: f32 = yc > yb ? (xc - xb) / (yc - yb) : 0;
    for (let row: i32 = firstRow; row < endRow; row++) {
      const y: f32 = <f32>row + 0.5;
      let left: f32 = xa + (y - ya) * slopeLong;
      let right: f32 = y < yb ? xa + (y - ya) * slopeTop : xb + (y - yb) * slopeEnd;
      if (left > right) { const q = left; left = right; right = q; }
      const first: i32 = max(0, <i32>Mathf.ceil(left - 0.5));
      const end: i32 = min(outWidth, <i32>Mathf.ceil(right - 0.5));
      if (first >= end) continue;
      const x: f32 = <f32>first + 0.5;
      // Extrapolation at pixel centres may leave the triangle by a hair: keep the walk inside its own texels.
      let u0: f32 = ua + (x - xa) * ux + (y - ya) * uy, v0: f32 = va + (x - xa) * vx + (y - ya) * vy;
      const steps: f32 = <f32>(end - first - 1);
      let u1: f32 = u0 + ux * steps, v1: f32 = v0 + vx * steps;
      u0 = Mathf.min(uMax, Mathf.max(uMin, u0)); u1 = Mathf.min(uMax, Mathf.max(uMin, u1));
      v0 = Mathf.min(vMax, Mathf.max(vMin, v0)); v1 = Mathf.min(vMax, Mathf.max(vMin, v1));
      let u: i32 = <i32>(u0 * 65536.0), v: i32 = <i32>(v0 * 65536.0);
      const du: i32 = steps > 0 ? <i32>((u1 - u0) / steps * 65536.0) : 0;
      const dv: i32 = steps > 0 ? <i32>((v1 - v0) / steps * 65536.0) : 0;
      let o: usize = out + <usize>((row * outWidth + first) << 2);
      const oEnd: usize = o + <usize>((end - first) << 2);
      if (solid) {
        for (; o < oEnd; o += 4) {
          const t: v128 = sample(tex, rowBytes, u, v);
          v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
          u += du; v += dv;
        }
      } else {
        let f: f32 = fa + (x - xa) * fx + (y - ya) * fy;
        const half: v128 = i16x8.splat(128);
        for (; o < oEnd; o += 4) {
          let t: v128 = sample(tex, rowBytes, u, v);
          if (fade != 0) {
            const k: f32 = Mathf.min(1.0, Mathf.max(0.0, f));
            const weight: i32 = <i32>(k * k * (3.0 - 2.0 * k) * 256.0);
            t = i16x8.shr_u(i16x8.add(i16x8.mul(t, i16x8.splat(<i16>weight)), half), 8);
            f += fx;
          }
          const alpha: i32 = i16x8.extract_lane_u(t, 3);
          if (alpha > 0) {
            const under: v128 = v128.load_ext<u8>(o);
            const rest: i32 = 256 - alpha - (alpha >> 7);
            t = i16x8.add(t, i16x8.shr_u(i16x8.add(i16x8.mul(under, i16x8.splat(<i16>rest)), half), 8));
            v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
          }
          u += du; v += dv;
        }
      }
    }
  }
}

/**
 * RGBA8 (opaque) to planar 4:2:0, BT.709 limited range, fixed point with rounding (ITU-R BT.709-6, 8 bit).
 * Width and height are even; planes are tightly packed; chroma is the mean of each 2×2.
 */
export function rgbaToI420(src: usize, width: i32, height: i32, yPlane: usize, uPlane: usize, vPlane: usize): void {
  const rowBytes: usize = <usize>width << 2;
  // Per pixel: R, G, B, A × 16-bit weights, summed by the pairwise dot product.
  const wy: v128 = i16x8(5983, 20127, 2032, 0, 5983, 20127, 2032, 0); // ×32768: .2126·219/255 …
  const wu: v128 = i16x8(-3298, -11094, 14392, 0, -3298, -11094, 14392, 0);
  const wv: v128 = i16x8(14392, -13073, -1319, 0, 14392, -13073, -1319, 0);
  const roundY: v128 = i32x4.splat((16 << 15) + (1 << 14));
  const roundC: v128 = i32x4.splat((128 << 17) + (1 << 16));
  for (let row: i32 = 0; row < height; row += 2) {
    const top: usize = src + <usize>row * rowBytes;
    const y0: usize = yPlane + <usize>(row * width);
    const c0: usize = <usize>((row >> 1) * (width >> 1));
    for (let x: i32 = 0; x < width; x += 2) {
      const p: usize = top + (<usize>x << 2);
      const a: v128 = v128.load_ext<u8>(p);
      const b: v128 = v128.load_ext<u8>(p + rowBytes);
      const da: v128 = i32x4.dot_i16x8_s(a, wy);
      const db: v128 = i32x4.dot_i16x8_s(b, wy);
      const even: v128 = v128.shuffle<i32>(da, db, 0, 2, 4, 6);
      const odd: v128 = v128.shuffle<i32>(da, db, 1, 3, 5, 7);
      const luma: v128 = i32x4.shr_s(i32x4.add(i32x4.add(even, odd), roundY), 15);
      store<u8>(y0 + <usize>x, <u8>i32x4.extract_lane(luma, 0));
      store<u8>(y0 + <usize>x + 1, <u8>i32x4.extract_lane(luma, 1));
      store<u8>(y0 + <usize>(width + x), <u8>i32x4.extract_lane(luma, 2));
      store<u8>(y0 + <usize>(width + x) + 1, <u8>i32x4.extract_lane(luma, 3));
      const sum: v128 = i16x8.add(a, b);
      const su: v128 = i32x4.dot_i16x8_s(sum, wu);
      const sv: v128 = i32x4.dot_i16x8_s(sum, wv);
      const lo: v128 = v128.shuffle<i32>(su, sv, 0, 2, 4, 6);
      const hi: v128 = v128.shuffle<i32>(su, sv, 1, 3, 5, 7);
      const pair: v128 = i32x4.add(lo, hi); // U left, U right, V left, V right pixel sums
      const chroma: v128 = i32x4.shr_s(i32x4.add(i32x4.add(pair, v128.shuffle<i32>(pair, pair, 1, 0, 3, 2)), roundC), 17);
      store<u8>(uPlane + c0 + <usize>(x >> 1), <u8>i32x4.extract_lane(chroma, 0));
      store<u8>(vPlane + c0 + <usize>(x >> 1), <u8>i32x4.extract_lane(chroma, 2));
    }
  }
}
