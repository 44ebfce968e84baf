/**
 * The pixel kernels, in WebAssembly SIMD: the only loops that touch every pixel of every frame.
 * All buffers are laid out by the host (`../pixels.ts`); nothing here allocates.
 */

export { drawEye } from "./eye";

/** First byte the host may use. */
export const heapBase: usize = __heap_base;

/** Masks of the first none to four lanes. */
const firstLanes: usize = memory.data(80, 16);
for (let lanes: i32 = 0; lanes <= 4; lanes++) {
  for (let lane: i32 = 0; lane < 4; lane++) store<i32>(firstLanes + (lanes << 4) + (lane << 2), lane < lanes ? -1 : 0);
}

/** a + (b − a) × weight, weights 0..32767 for 0..1. */
// @ts-ignore: decorator
@inline
function lerp(a: v128, b: v128, weight: v128): v128 {
  return i16x8.add(a, i16x8.q15mulr_sat_s(i16x8.sub(b, a), weight));
}

/** The fraction of a 16.16 number as a weight in every lane. */
// @ts-ignore: decorator
@inline
function fraction(value: i32): v128 {
  return i16x8.splat(<i16>((value & 0xffff) >> 1));
}

/** Bilinear sample at 16.16 fixed point: four 16-bit lanes (R, G, B, A) in the lower half. */
// @ts-ignore: decorator
@inline
function sample(tex: usize, rowBytes: i32, u: i32, v: i32): v128 {
  const p: usize = tex + <usize>((v >> 16) * rowBytes + ((u >> 16) << 2));
  const t: v128 = lerp(v128.load_ext<u8>(p), v128.load_ext<u8>(p + <usize>rowBytes), fraction(v));
  return lerp(t, i64x2.shuffle(t, t, 1, 0), fraction(u));
}

/**
 * Four neighbouring pixels at once, all with the fractions of their middle: exact for a shift, and off by less than a
 * twelfth of a texel where the mesh stretches by no more than NEAR.
 */
// @ts-ignore: decorator
@inline
function sampleFour(tex: usize, rowBytes: i32, u: i32, v: i32): v128 {
  const p: usize = tex + <usize>((v >> 16) * rowBytes + ((u >> 16) << 2));
  const q: usize = p + <usize>rowBytes;
  const fx: v128 = fraction(u), fy: v128 = fraction(v);
  const t01: v128 = lerp(v128.load_ext<u8>(p), v128.load_ext<u8>(q), fy);
  const t23: v128 = lerp(v128.load_ext<u8>(p, 8), v128.load_ext<u8>(q, 8), fy);
  const t45: v128 = lerp(v128.load_ext<u8>(p, 16), v128.load_ext<u8>(q, 16), fy);
  return i8x16.narrow_i16x8_u(
    lerp(t01, i64x2.shuffle(t01, t23, 1, 2), fx),
    lerp(t23, i64x2.shuffle(t23, t45, 1, 2), fx),
  );
}

/** Stretch and shear up to which four pixels are sampled together. */
const NEAR: f32 = 0.05;

/**
 * One span of a row. `u`, `v`: texel of its first pixel, 16.16; `f`: its alpha where the mesh fades; `near`: the mesh
 * hardly stretches here.
 */
// @ts-ignore: decorator
@inline
function drawSpan(
  tex: usize, rowBytes: i32, o: usize, oEnd: usize, u: i32, v: i32, du: i32, dv: i32,
  solid: bool, near: bool, fades: bool, f: f32, fx: f32,
): void {
  if (near) {
    const toMiddleU: i32 = ((du * 3) >> 1) - 98304, toMiddleV: i32 = (dv * 3) >> 1;
    const opaque: v128 = i32x4.splat(0xff000000);
    for (; o + 16 < oEnd; o += 16, u += du << 2, v += dv << 2) {
      const t: v128 = sampleFour(tex, rowBytes, u + toMiddleU, v + toMiddleV);
      if (!solid) {
        const alphas: v128 = v128.and(t, opaque);
        // A hair's edge runs through these four: one by one.
        if (!i32x4.all_true(i32x4.eq(alphas, opaque))) {
          if (v128.any_true(alphas)) blendSpan(tex, rowBytes, o, o + 16, u, v, du, dv, false, 1.0, 0.0);
          continue;
        }
      }
      v128.store(o, t);
    }
    // The last one to four, without a branch on how many: rows are short and their lengths hard to guess.
    const wanted: v128 = v128.load(firstLanes + ((oEnd - o) << 2));
    const t: v128 = sampleFour(tex, rowBytes, u + toMiddleU, v + toMiddleV);
    if (!solid) {
      const alphas: v128 = v128.and(v128.and(t, opaque), wanted);
      if (!i32x4.all_true(i32x4.eq(alphas, v128.and(opaque, wanted)))) {
        if (v128.any_true(alphas)) blendSpan(tex, rowBytes, o, oEnd, u, v, du, dv, false, 1.0, 0.0);
        return;
      }
    }
    v128.store(o, v128.bitselect(t, v128.load(o), wanted));
    return;
  }
  if (solid) {
    for (; o < oEnd; o += 4) {
      const t: v128 = sample(tex, rowBytes, u, v);
      v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
      u += du; v += dv;
    }
  } else blendSpan(tex, rowBytes, o, oEnd, u, v, du, dv, fades, f, fx);
}

function blendSpan(
  tex: usize, rowBytes: i32, o: usize, oEnd: usize, u: i32, v: i32, du: i32, dv: i32, fades: bool, f: f32, fx: f32,
): void {
  const half: v128 = i16x8.splat(128);
  for (; o < oEnd; o += 4) {
    let t: v128 = sample(tex, rowBytes, u, v);
    if (fades) {
      const k: f32 = min<f32>(1.0, max<f32>(0.0, f));
      t = i16x8.shr_u(i16x8.add(i16x8.mul(t, i16x8.splat(<i16><i32>(k * k * (3.0 - 2.0 * k) * 256.0))), half), 8);
      f += fx;
    }
    const alpha: i32 = i16x8.extract_lane_u(t, 3);
    if (alpha > 0) {
      const rest: i32 = 256 - alpha - (alpha >> 7);
      t = i16x8.add(t, i16x8.shr_u(i16x8.add(i16x8.mul(v128.load_ext<u8>(o), i16x8.splat(<i16>rest)), half), 8));
      v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
    }
    u += du; v += dv;
  }
}

/**
 * Draws a warped triangle mesh over `out`.
 * tri: u16 triples; opaque: one byte a triangle, 1 where the texture under it is fully opaque;
 * dx, dy: f32 destination per vertex (out pixels); sx, sy: f32 source per vertex (texels, texel centres at whole numbers);
 * fade: f32 alpha per vertex, or 0 for none. Texture and out are premultiplied RGBA8; the texture has a border so that
 * every source position and its right and lower neighbour exist. May read and write back 12 bytes past `out`.
 */
export function warp(
  tri: usize, opaque: usize, triCount: i32,
  dx: usize, dy: usize, sx: usize, sy: usize, fade: usize,
  tex: usize, texWidth: i32, out: usize, outWidth: i32, outHeight: i32,
): void {
  const rowBytes: i32 = texWidth << 2;
  const fades: bool = fade != 0;
  const bias: f32 = 1.0 / 512.0;
  for (let i: i32 = 0; i < triCount; i++) {
    const at: usize = tri + <usize>(i * 6);
    let a: usize = <usize>load<u16>(at) << 2;
    let b: usize = <usize>load<u16>(at, 2) << 2;
    let c: usize = <usize>load<u16>(at, 4) << 2;
    let ya: f32 = load<f32>(dy + a), yb: f32 = load<f32>(dy + b), yc: f32 = load<f32>(dy + c);
    // Sorted by y, and every edge walked from its own upper end: two triangles that share an edge round it alike, so
    // there are no cracks and no double pixels.
    if (yb < ya) { const k = a; a = b; b = k; const q = ya; ya = yb; yb = q; }
    if (yc < ya) { const k = a; a = c; c = k; const q = ya; ya = yc; yc = q; }
    if (yc < yb) { const k = b; b = c; c = k; const q = yb; yb = yc; yc = q; }
    const rowA: i32 = max<i32>(0, <i32>ceil<f32>(ya - 0.5));
    const rowC: i32 = min<i32>(outHeight, <i32>ceil<f32>(yc - 0.5));
    if (rowA >= rowC) continue;
    const rowB: i32 = min<i32>(rowC, max<i32>(rowA, <i32>ceil<f32>(yb - 0.5)));
    const xa: f32 = load<f32>(dx + a), xb: f32 = load<f32>(dx + b), xc: f32 = load<f32>(dx + c);
    const abx: f32 = xb - xa, aby: f32 = yb - ya, acx: f32 = xc - xa, acy: f32 = yc - ya;
    const det: f32 = abx * acy - acx * aby;
    if (abs<f32>(det) < 1e-7) continue;
    const inv: f32 = 1.0 / det;
    const ua: f32 = load<f32>(sx + a) + bias, ub: f32 = load<f32>(sx + b) + bias, uc: f32 = load<f32>(sx + c) + bias;
    const va: f32 = load<f32>(sy + a) + bias, vb: f32 = load<f32>(sy + b) + bias, vc: f32 = load<f32>(sy + c) + bias;
    const ux: f32 = ((ub - ua) * acy - (uc - ua) * aby) * inv;
    const uy: f32 = ((uc - ua) * abx - (ub - ua) * acx) * inv;
    const vx: f32 = ((vb - va) * acy - (vc - va) * aby) * inv;
    const vy: f32 = ((vc - va) * abx - (vb - va) * acx) * inv;
    // Squeezed triangles: a pixel centre just outside may lie many texels away, so the walk is kept inside their own.
    const steep: bool = abs<f32>(ux) + abs<f32>(uy) > 2.5 || abs<f32>(vx) + abs<f32>(vy) > 2.5;
    const uMin: f32 = min<f32>(ua, min<f32>(ub, uc)), uMax: f32 = max<f32>(ua, max<f32>(ub, uc));
    const vMin: f32 = min<f32>(va, min<f32>(vb, vc)), vMax: f32 = max<f32>(va, max<f32>(vb, vc));
    const du: i32 = <i32>nearest<f32>(ux * 65536.0), dv: i32 = <i32>nearest<f32>(vx * 65536.0);
    const duRow: i32 = <i32>nearest<f32>(uy * 65536.0), dvRow: i32 = <i32>nearest<f32>(vy * 65536.0);
    const column: i32 = <i32>xa;
    // Value at pixel (x, row) = base + x × gradient in x + row × gradient in y.
    const u00: f32 = ua + (0.5 - xa) * ux + (0.5 - ya) * uy;
    const v00: f32 = va + (0.5 - xa) * vx + (0.5 - ya) * vy;
    let f00: f32 = 1.0, fx: f32 = 0.0, fy: f32 = 0.0;
    if (fades) {
      const fa: f32 = load<f32>(fade + a), fb: f32 = load<f32>(fade + b), fc: f32 = load<f32>(fade + c);
      fx = ((fb - fa) * acy - (fc - fa) * aby) * inv;
      fy = ((fc - fa) * abx - (fb - fa) * acx) * inv;
      f00 = fa + (0.5 - xa) * fx + (0.5 - ya) * fy;
    }
    const solid: bool = !fades && load<u8>(opaque + <usize>i) != 0;
    const near: bool = !fades && abs<f32>(ux - 1.0) < NEAR && abs<f32>(vx) < NEAR;
    // Edges step in 16.16 from the first row below their upper end; the added half makes the shift the first pixel centre inside.
    const longSlope: f32 = acx / acy;
    const longStep: i32 = <i32>(longSlope * 65536.0);
    let long: i32 = <i32>((xa + (<f32>rowA + 0.5 - ya) * longSlope) * 65536.0) + 32767;
    const middleLeft: bool = det < 0;
    for (let part: i32 = 0; part < 2; part++) {
      const first: i32 = part == 0 ? rowA : rowB;
      const last: i32 = part == 0 ? rowB : rowC;
      if (first >= last) continue;
      const shortSlope: f32 = part == 0 ? abx / aby : (xc - xb) / (yc - yb);
      const shortStep: i32 = <i32>(shortSlope * 65536.0);
      let short: i32 =
        <i32>((part == 0 ? xa + (<f32>first + 0.5 - ya) * shortSlope : xb + (<f32>first + 0.5 - yb) * shortSlope) * 65536.0) +
        32767;
      let left: i32 = middleLeft ? short : long;
      let right: i32 = middleLeft ? long : short;
      const leftStep: i32 = middleLeft ? shortStep : longStep;
      const rightStep: i32 = middleLeft ? longStep : shortStep;
      // Texel at the pixel of the top vertex's column, 16.16; rows and columns step from there in whole numbers.
      let rowU: i32 = <i32>((u00 + <f32>column * ux + <f32>first * uy) * 65536.0);
      let rowV: i32 = <i32>((v00 + <f32>column * vx + <f32>first * vy) * 65536.0);
      let line: usize = out + <usize>(first * outWidth << 2);
      for (let row: i32 = first; row < last; row++) {
        const x0: i32 = max<i32>(0, left >> 16);
        const x1: i32 = min<i32>(outWidth, right >> 16);
        if (x0 < x1) {
          const o: usize = line + <usize>(x0 << 2);
          const oEnd: usize = line + <usize>(x1 << 2);
          const f: f32 = fades ? f00 + <f32>x0 * fx + <f32>row * fy : 1.0;
          if (!steep) {
            const along: i32 = x0 - column;
            drawSpan(tex, rowBytes, o, oEnd, rowU + along * du, rowV + along * dv, du, dv, solid, near, fades, f, fx);
          } else {
            const steps: f32 = <f32>(x1 - x0 - 1);
            let u0: f32 = u00 + <f32>x0 * ux + <f32>row * uy;
            let v0: f32 = v00 + <f32>x0 * vx + <f32>row * vy;
            const u1: f32 = min<f32>(uMax, max<f32>(uMin, u0 + ux * steps));
            const v1: f32 = min<f32>(vMax, max<f32>(vMin, v0 + vx * steps));
            u0 = min<f32>(uMax, max<f32>(uMin, u0));
            v0 = min<f32>(vMax, max<f32>(vMin, v0));
            const scale: f32 = steps > 0 ? 65536.0 / steps : 0;
            drawSpan(
              tex, rowBytes, o, oEnd, <i32>(u0 * 65536.0), <i32>(v0 * 65536.0), <i32>((u1 - u0) * scale), <i32>((v1 - v0) * scale),
              solid, false, fades, f, fx,
            );
          }
        }
        left += leftStep;
        right += rightStep;
        rowU += duRow;
        rowV += dvRow;
        line += <usize>outWidth << 2;
      }
      // The long edge runs on through both parts.
      long = middleLeft ? right : left;
    }
  }
}

/** Sums neighbouring lanes of two dot products: [a0+a1, a2+a3, b0+b1, b2+b3]. */
// @ts-ignore: decorator
@inline
function pairs(a: v128, b: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
}

/**
 * RGBA8 (opaque) to planar 4:2:0, BT.709 limited range, 15-bit fixed point with rounding (ITU-R BT.709-6, 8 bit).
 * Width and height are even, the source tightly packed; the planes are pointed at where the picture begins in them, their
 * rows `stride` (luma) and half of it (chroma) apart. Chroma is the mean of each 2×2. May read 8 bytes past the source.
 */
export function rgbaToI420(
  src: usize, width: i32, height: i32, yPlane: usize, uPlane: usize, vPlane: usize, stride: i32,
): void {
  const rowBytes: usize = <usize>width << 2;
  // R, G, B, A weights × 32768; each chroma row sums to zero so that greys stay grey.
  const wy: v128 = i16x8(5983, 20127, 2032, 0, 5983, 20127, 2032, 0);
  const wu: v128 = i16x8(-3298, -11094, 14392, 0, -3298, -11094, 14392, 0);
  const wv: v128 = i16x8(14392, -13073, -1319, 0, 14392, -13073, -1319, 0);
  const roundY: v128 = i32x4.splat((16 << 15) + (1 << 14));
  const roundC: v128 = i32x4.splat((128 << 17) + (1 << 16));
  const half: i32 = stride >> 1;
  for (let row: i32 = 0; row < height; row += 2) {
    const top: usize = src + <usize>row * rowBytes;
    const line: usize = yPlane + <usize>(row * stride);
    const chromaLine: usize = <usize>((row >> 1) * half);
    for (let x: i32 = 0; x < width; x += 4) {
      const p: usize = top + (<usize>x << 2);
      const q: usize = p + rowBytes;
      const a0: v128 = v128.load_ext<u8>(p), a1: v128 = v128.load_ext<u8>(p, 8);
      const b0: v128 = v128.load_ext<u8>(q), b1: v128 = v128.load_ext<u8>(q, 8);
      const upper: v128 = pairs(i32x4.dot_i16x8_s(a0, wy), i32x4.dot_i16x8_s(a1, wy));
      const lower: v128 = pairs(i32x4.dot_i16x8_s(b0, wy), i32x4.dot_i16x8_s(b1, wy));
      const lumas: v128 = i16x8.narrow_i32x4_s(
        i32x4.shr_s(i32x4.add(upper, roundY), 15), i32x4.shr_s(i32x4.add(lower, roundY), 15),
      );
      const luma: v128 = i8x16.narrow_i16x8_u(lumas, lumas);
      const s0: v128 = i16x8.add(a0, b0), s1: v128 = i16x8.add(a1, b1);
      const u: v128 = pairs(i32x4.dot_i16x8_s(s0, wu), i32x4.dot_i16x8_s(s1, wu));
      const v: v128 = pairs(i32x4.dot_i16x8_s(s0, wv), i32x4.dot_i16x8_s(s1, wv));
      const sums: v128 = i32x4.shr_s(i32x4.add(pairs(u, v), roundC), 17);
      const words: v128 = i16x8.narrow_i32x4_s(sums, sums);
      const chroma: v128 = i8x16.narrow_i16x8_u(words, words);
      const out: usize = line + <usize>x;
      const outC: usize = chromaLine + <usize>(x >> 1);
      if (x + 4 <= width) {
        v128.store32_lane(out, luma, 0);
        v128.store32_lane(out + <usize>stride, luma, 1);
        v128.store16_lane(uPlane + outC, chroma, 0);
        v128.store16_lane(vPlane + outC, chroma, 1);
      } else {
        v128.store16_lane(out, luma, 0);
        v128.store16_lane(out + <usize>stride, luma, 2);
        v128.store8_lane(uPlane + outC, chroma, 0);
        v128.store8_lane(vPlane + outC, chroma, 2);
      }
    }
  }
}

/**
 * target = rest + the sum of `fields` displacements, each times its weight: f32 arrays of `count` values, 16-byte aligned, padded
 * to a multiple of four. `moves` holds the displacements one after the other, `weights` one f32 each.
 */
export function displace(target: usize, rest: usize, moves: usize, weights: usize, fields: i32, count: i32): void {
  const stride: usize = <usize>(((count + 3) & ~3) << 2);
  for (let at: usize = 0; at < stride; at += 16) {
    let sum: v128 = v128.load(rest + at);
    let move: usize = moves + at;
    for (let f: i32 = 0; f < fields; f++, move += stride) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + <usize>(f << 2)), v128.load(move)));
    }
    v128.store(target + at, sum);
  }
}

/** Copies whole bytes. */
export function copy(target: usize, source: usize, bytes: usize): void {
  memory.copy(target, source, bytes);
}
