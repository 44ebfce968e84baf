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

/**
 * a + (b − a) × weight, weights 0..32767 for 0..1. Relaxed products and conversions leave to the machine only what is out of
 * range, which nothing here is: every machine gives the same frames.
 */
// @ts-ignore: decorator
@inline
function lerp(a: v128, b: v128, weight: v128): v128 {
  return i16x8.add(a, i16x8.relaxed_q15mulr_s(i16x8.sub(b, a), weight));
}

/** Towards zero; what the mesh gives is far from where this is left to the machine. */
// @ts-ignore: decorator
@inline
function truncate(x: f32): i32 {
  return i32x4.extract_lane(i32x4.relaxed_trunc_f32x4_s(f32x4.splat(x)), 0);
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

/** Two 16.16 numbers that are stepped together: u below, v above. */
// @ts-ignore: decorator
@inline
function texelAt(u: i32, v: i32): i64 {
  return ((<i64>v) << 32) + <i64>u;
}

/** As {@link texelAt}, of the first two lanes. */
// @ts-ignore: decorator
@inline
function joined(lanes: v128): i64 {
  const both: i64 = i64x2.extract_lane(lanes, 0);
  // What is below zero borrows one from above.
  return both - ((both & 0x80000000) << 1);
}

/** As {@link truncate}, of every lane. */
// @ts-ignore: decorator
@inline
function fixed(lanes: v128): v128 {
  return i32x4.relaxed_trunc_f32x4_s(lanes);
}

/**
 * Four neighbouring pixels at once, all with the fractions of their middle: exact for a shift, and off by less than a
 * twelfth of a texel where the mesh stretches by no more than NEAR.
 */
// @ts-ignore: decorator
@inline
function sampleFour(tex: usize, rowBytes: i32, uv: i64): v128 {
  const u: i32 = <i32>uv, v: i32 = <i32>(uv >> 32);
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

/** How a triangle's rows are drawn. */
// @ts-ignore: decorator
@inline const RARE: i32 = 0, NEAR_OPAQUE: i32 = 1, NEAR_MIXED: i32 = 2, STRETCHED_OPAQUE: i32 = 3;

/*
 * Rows of a triangle, one function for each kind: exported so that none is inlined, for together they would not fit the
 * registers. `left`, `right`: edges in 16.16, by row; `uv`: texel at `column` of the first row; `duv`: from pixel to pixel,
 * `duvRow`: from row to row.
 */

/** Hardly stretched, all opaque. `uv` is the middle of four. */
export function nearRows(
  tex: usize, rowBytes: i32, line: usize, lineBytes: usize, width: i32, rows: i32,
  left: i32, right: i32, leftStep: i32, rightStep: i32, column: i32, uv: i64, duv: i64, duvRow: i64,
): void {
  const duv4: i64 = duv << 2;
  for (; rows > 0; rows--) {
    const x0: i32 = max<i32>(0, left >> 16), x1: i32 = min<i32>(width, right >> 16);
    if (x0 < x1) {
      let at: i64 = uv + <i64>(x0 - column) * duv;
      let o: usize = line + <usize>(x0 << 2);
      const last: usize = line + <usize>(x1 << 2) - 16;
      for (; o < last; o += 16, at += duv4) v128.store(o, sampleFour(tex, rowBytes, at));
      // The last one to four, without a branch on how many: rows are short and their lengths hard to guess.
      const wanted: v128 = v128.load(firstLanes + ((last + 16 - o) << 2));
      v128.store(o, v128.bitselect(sampleFour(tex, rowBytes, at), v128.load(o), wanted));
    }
    left += leftStep;
    right += rightStep;
    uv += duvRow;
    line += lineBytes;
  }
}

/** What a pixel's alpha lets through of what lies under it, 0..256, in each of its 16-bit lanes. */
// @ts-ignore: decorator
@inline
function through(alphas: v128): v128 {
  return i16x8.sub(i16x8.splat(256), i16x8.add(alphas, i16x8.shr_u(alphas, 7)));
}

/** Two premultiplied pixels over two of `under`, as 16-bit lanes; `rest` as of {@link through}. */
// @ts-ignore: decorator
@inline
function over(pixels: v128, under: v128, rest: v128): v128 {
  return i16x8.add(pixels, i16x8.shr_u(i16x8.add(i16x8.mul(under, rest), i16x8.splat(128)), 8));
}

/** Hardly stretched, with a hair's edge or nothing at all in places. `uv` is the middle of four. */
export function nearMixedRows(
  tex: usize, rowBytes: i32, line: usize, lineBytes: usize, width: i32, rows: i32,
  left: i32, right: i32, leftStep: i32, rightStep: i32, column: i32, uv: i64, duv: i64, duvRow: i64,
): void {
  const duv4: i64 = duv << 2;
  for (; rows > 0; rows--) {
    const x0: i32 = max<i32>(0, left >> 16), x1: i32 = min<i32>(width, right >> 16);
    if (x0 < x1) {
      let at: i64 = uv + <i64>(x0 - column) * duv;
      let o: usize = line + <usize>(x0 << 2);
      const oEnd: usize = line + <usize>(x1 << 2);
      for (; o < oEnd; o += 16, at += duv4) {
        const wanted: v128 = v128.load(firstLanes + (min<usize>(16, oEnd - o) << 2));
        const t: v128 = sampleFour(tex, rowBytes, at);
        const under: v128 = v128.load(o);
        if (v128.any_true(i32x4.shr_u(v128.andnot(wanted, t), 24))) {
          const alphas: v128 = i8x16.shuffle(t, t, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
          const mixed: v128 = i8x16.narrow_i16x8_u(
            over(i16x8.extend_low_i8x16_u(t), i16x8.extend_low_i8x16_u(under), through(i16x8.extend_low_i8x16_u(alphas))),
            over(i16x8.extend_high_i8x16_u(t), i16x8.extend_high_i8x16_u(under), through(i16x8.extend_high_i8x16_u(alphas))),
          );
          v128.store(o, v128.bitselect(mixed, under, wanted));
        } else v128.store(o, v128.bitselect(t, under, wanted));
      }
    }
    left += leftStep;
    right += rightStep;
    uv += duvRow;
    line += lineBytes;
  }
}

/** Stretched, all opaque. */
export function solidRows(
  tex: usize, rowBytes: i32, line: usize, lineBytes: usize, width: i32, rows: i32,
  left: i32, right: i32, leftStep: i32, rightStep: i32, column: i32, uv: i64, duv: i64, duvRow: i64,
): void {
  for (; rows > 0; rows--) {
    const x0: i32 = max<i32>(0, left >> 16), x1: i32 = min<i32>(width, right >> 16);
    if (x0 < x1) {
      let at: i64 = uv + <i64>(x0 - column) * duv;
      const oEnd: usize = line + <usize>(x1 << 2);
      for (let o: usize = line + <usize>(x0 << 2); o < oEnd; o += 4, at += duv) {
        const t: v128 = sample(tex, rowBytes, <i32>at, <i32>(at >> 32));
        v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
      }
    }
    left += leftStep;
    right += rightStep;
    uv += duvRow;
    line += lineBytes;
  }
}

/** A span of what is rare: squeezed, fading, or stretched with a hair's edge. */
function drawSpan(
  tex: usize, rowBytes: i32, o: usize, oEnd: usize, uv: i64, duv: i64, solid: bool, fades: bool, f: f32, fx: f32,
): void {
  const half: v128 = i16x8.splat(128);
  for (; o < oEnd; o += 4, uv += duv) {
    let t: v128 = sample(tex, rowBytes, <i32>uv, <i32>(uv >> 32));
    if (fades) {
      const k: f32 = min<f32>(1.0, max<f32>(0.0, f));
      t = i16x8.shr_u(i16x8.add(i16x8.mul(t, i16x8.splat(<i16><i32>(k * k * (3.0 - 2.0 * k) * 256.0))), half), 8);
      f += fx;
    }
    const alpha: i32 = solid ? 255 : i16x8.extract_lane_u(t, 3);
    if (alpha == 0) continue;
    if (alpha < 255) t = over(t, v128.load_ext<u8>(o), i16x8.splat(<i16>(256 - alpha - (alpha >> 7))));
    v128.store32_lane(o, i8x16.narrow_i16x8_u(t, t), 0);
  }
}

/**
 * Draws a warped triangle mesh over `out`.
 * tri: u16 triples; opaque: one byte a triangle, 1 where the texture under it is fully opaque;
 * dx, dy: f32 destination per vertex (out pixels); source: f32 pairs per vertex (texels, texel centres at whole numbers);
 * fade: f32 alpha per vertex, or 0 for none. Texture and out are premultiplied RGBA8; the texture has a border so that
 * every source position and its right and lower neighbour exist. May read and write back 12 bytes past `out`.
 */
export function warp(
  tri: usize, opaque: usize, triCount: i32,
  dx: usize, dy: usize, source: usize, fade: usize,
  tex: usize, texWidth: i32, out: usize, outWidth: i32, outHeight: i32,
): void {
  const rowBytes: i32 = texWidth << 2;
  const lineBytes: usize = <usize>outWidth << 2;
  const fades: bool = fade != 0;
  for (let i: i32 = 0; i < triCount; i++) {
    const at: usize = tri + <usize>(i * 6);
    let a: usize = <usize>load<u16>(at) << 2;
    let b: usize = <usize>load<u16>(at, 2) << 2;
    let c: usize = <usize>load<u16>(at, 4) << 2;
    // Sorted by y, and every edge walked from its own upper end: two triangles that share an edge round it alike, so
    // there are no cracks and no double pixels. Without branches: nothing tells which way they would go.
    let k: usize = a;
    let swap: bool = load<f32>(dy + b) < load<f32>(dy + a);
    a = select<usize>(b, a, swap);
    b = select<usize>(k, b, swap);
    k = a;
    swap = load<f32>(dy + c) < load<f32>(dy + a);
    a = select<usize>(c, a, swap);
    c = select<usize>(k, c, swap);
    k = b;
    swap = load<f32>(dy + c) < load<f32>(dy + b);
    b = select<usize>(c, b, swap);
    c = select<usize>(k, c, swap);
    const ya: f32 = load<f32>(dy + a), yb: f32 = load<f32>(dy + b), yc: f32 = load<f32>(dy + c);
    const rowA: i32 = max<i32>(0, truncate(ceil<f32>(ya - 0.5)));
    const rowC: i32 = min<i32>(outHeight, truncate(ceil<f32>(yc - 0.5)));
    if (rowA >= rowC) continue;
    const rowB: i32 = min<i32>(rowC, max<i32>(rowA, truncate(ceil<f32>(yb - 0.5))));
    const xa: f32 = load<f32>(dx + a), xb: f32 = load<f32>(dx + b), xc: f32 = load<f32>(dx + c);
    const abx: f32 = xb - xa, aby: f32 = yb - ya, acx: f32 = xc - xa, acy: f32 = yc - ya;
    const det: f32 = abx * acy - acx * aby;
    if (abs<f32>(det) < 1e-7) continue;
    const inv: f32 = 1.0 / det;
    // Two lanes each: u and v.
    const sa: v128 = v128.load64_zero(source + (a << 1));
    const sab: v128 = f32x4.sub(v128.load64_zero(source + (b << 1)), sa), sac: v128 = f32x4.sub(v128.load64_zero(source + (c << 1)), sa);
    const across: v128 = f32x4.mul(
      f32x4.sub(f32x4.mul(sab, f32x4.splat(acy)), f32x4.mul(sac, f32x4.splat(aby))), f32x4.splat(inv),
    );
    const down: v128 = f32x4.mul(
      f32x4.sub(f32x4.mul(sac, f32x4.splat(abx)), f32x4.mul(sab, f32x4.splat(acx))), f32x4.splat(inv),
    );
    // Squeezed triangles: a pixel centre just outside may lie many texels away, so the walk is kept inside their own.
    const steep: bool = v128.any_true(f32x4.gt(f32x4.add(f32x4.abs(across), f32x4.abs(down)), f32x4.splat(2.5)));
    const solid: bool = !fades && load<u8>(opaque + <usize>i) != 0;
    const near: bool =
      !fades && i32x4.all_true(f32x4.lt(f32x4.abs(f32x4.sub(across, f32x4(1.0, 0.0, 0.0, 0.0))), f32x4.splat(NEAR)));
    const kind: i32 = near && !steep ? (solid ? NEAR_OPAQUE : NEAR_MIXED) : solid && !steep ? STRETCHED_OPAQUE : RARE;
    const step: v128 = fixed(f32x4.nearest(f32x4.mul(across, f32x4.splat(65536.0))));
    const duv: i64 = joined(step), duvRow: i64 = joined(fixed(f32x4.nearest(f32x4.mul(down, f32x4.splat(65536.0)))));
    const toMiddle: i64 = near
      ? joined(i32x4.sub(i32x4.shr_s(i32x4.mul(step, i32x4.splat(3)), 1), i32x4(98304, 0, 0, 0)))
      : 0;
    const column: i32 = truncate(xa);
    const anchor: v128 = f32x4.add(sa, f32x4.splat(1.0 / 512.0));
    const fromAnchor: v128 = f32x4.add(anchor, f32x4.mul(f32x4.splat(<f32>column + 0.5 - xa), across));
    // Edges step in 16.16 from the first row below their upper end; the added half makes the shift the first pixel centre inside.
    const longSlope: f32 = acx / acy;
    const longStep: i32 = truncate(longSlope * 65536.0);
    let long: i32 = truncate((xa + (<f32>rowA + 0.5 - ya) * longSlope) * 65536.0) + 32767;
    const middleLeft: bool = det < 0;
    for (let part: i32 = 0; part < 2; part++) {
      const first: i32 = part == 0 ? rowA : rowB;
      const last: i32 = part == 0 ? rowB : rowC;
      if (first >= last) continue;
      const shortSlope: f32 = part == 0 ? abx / aby : (xc - xb) / (yc - yb);
      const shortStep: i32 = truncate(shortSlope * 65536.0);
      let short: i32 =
        truncate((part == 0 ? xa + (<f32>first + 0.5 - ya) * shortSlope : xb + (<f32>first + 0.5 - yb) * shortSlope) * 65536.0) +
        32767;
      let left: i32 = middleLeft ? short : long;
      let right: i32 = middleLeft ? long : short;
      const leftStep: i32 = middleLeft ? shortStep : longStep;
      const rightStep: i32 = middleLeft ? longStep : shortStep;
      // Texel at the pixel of the top vertex's column, 16.16; rows and columns step from there in whole numbers.
      const texels: v128 = f32x4.add(fromAnchor, f32x4.mul(f32x4.splat(<f32>first + 0.5 - ya), down));
      let uv: i64 = joined(fixed(f32x4.mul(texels, f32x4.splat(65536.0)))) + toMiddle;
      let line: usize = out + <usize>(first * outWidth << 2);
      if (kind != RARE) {
        const rows: i32 = last - first;
        if (kind == NEAR_OPAQUE) {
          nearRows(
            tex, rowBytes, line, lineBytes, outWidth, rows, left, right, leftStep, rightStep, column, uv, duv, duvRow,
          );
        } else if (kind == NEAR_MIXED) {
          nearMixedRows(
            tex, rowBytes, line, lineBytes, outWidth, rows, left, right, leftStep, rightStep, column, uv, duv, duvRow,
          );
        } else {
          solidRows(
            tex, rowBytes, line, lineBytes, outWidth, rows, left, right, leftStep, rightStep, column, uv, duv, duvRow,
          );
        }
        long += longStep * rows;
        continue;
      }
      // Value at pixel (x, row) = base + x × gradient in x + row × gradient in y.
      const ux: f32 = f32x4.extract_lane(across, 0), vx: f32 = f32x4.extract_lane(across, 1);
      const uy: f32 = f32x4.extract_lane(down, 0), vy: f32 = f32x4.extract_lane(down, 1);
      const ua: f32 = f32x4.extract_lane(anchor, 0), va: f32 = f32x4.extract_lane(anchor, 1);
      const u00: f32 = ua + (0.5 - xa) * ux + (0.5 - ya) * uy;
      const v00: f32 = va + (0.5 - xa) * vx + (0.5 - ya) * vy;
      const ends: v128 = f32x4.add(anchor, sab), others: v128 = f32x4.add(anchor, sac);
      const least: v128 = f32x4.min(anchor, f32x4.min(ends, others)), most: v128 = f32x4.max(anchor, f32x4.max(ends, others));
      const uMin: f32 = f32x4.extract_lane(least, 0), uMax: f32 = f32x4.extract_lane(most, 0);
      const vMin: f32 = f32x4.extract_lane(least, 1), vMax: f32 = f32x4.extract_lane(most, 1);
      let f00: f32 = 1.0, fx: f32 = 0.0, fy: f32 = 0.0;
      if (fades) {
        const fa: f32 = load<f32>(fade + a), fb: f32 = load<f32>(fade + b), fc: f32 = load<f32>(fade + c);
        fx = ((fb - fa) * acy - (fc - fa) * aby) * inv;
        fy = ((fc - fa) * abx - (fb - fa) * acx) * inv;
        f00 = fa + (0.5 - xa) * fx + (0.5 - ya) * fy;
      }
      for (let row: i32 = first; row < last; row++) {
        const x0: i32 = max<i32>(0, left >> 16);
        const x1: i32 = min<i32>(outWidth, right >> 16);
        if (x0 < x1) {
          const o: usize = line + <usize>(x0 << 2);
          const oEnd: usize = line + <usize>(x1 << 2);
          const f: f32 = fades ? f00 + <f32>x0 * fx + <f32>row * fy : 1.0;
          if (!steep) {
            drawSpan(tex, rowBytes, o, oEnd, uv - toMiddle + <i64>(x0 - column) * duv, duv, solid, fades, f, fx);
          } else {
            const steps: f32 = <f32>(x1 - x0 - 1);
            let u0: f32 = u00 + <f32>x0 * ux + <f32>row * uy;
            let v0: f32 = v00 + <f32>x0 * vx + <f32>row * vy;
            const u1: f32 = min<f32>(uMax, max<f32>(uMin, u0 + ux * steps));
            const v1: f32 = min<f32>(vMax, max<f32>(vMin, v0 + vx * steps));
            u0 = min<f32>(uMax, max<f32>(uMin, u0));
            v0 = min<f32>(vMax, max<f32>(vMin, v0));
            const scale: f32 = steps > 0 ? 65536.0 / steps : 0;
            const at: i64 = texelAt(truncate(u0 * 65536.0), truncate(v0 * 65536.0));
            drawSpan(tex, rowBytes, o, oEnd, at, texelAt(truncate((u1 - u0) * scale), truncate((v1 - v0) * scale)), solid, fades, f, fx);
          }
        }
        left += leftStep;
        right += rightStep;
        uv += duvRow;
        line += lineBytes;
      }
      // The long edge runs on through both parts.
      long = middleLeft ? right : left;
    }
  }
}

/**
 * Weights × 32768 of red and blue, then of green and nothing, 16 bits each, for every pixel of four: luma, Cb, Cr. Each
 * chroma row sums to zero so that greys stay grey.
 */
const weights: usize = memory.data(96, 16);
// @ts-ignore: decorator
@inline
function setWeights(row: i32, red: i32, green: i32, blue: i32): void {
  v128.store(weights + (row << 5), i32x4.splat((blue << 16) | (red & 0xffff)));
  v128.store(weights + (row << 5), i32x4.splat(green & 0xffff), 16);
}
setWeights(0, 5983, 20127, 2032);
setWeights(1, -3298, -11094, 14392);
setWeights(2, 14392, -13073, -1319);

/** Four pixels' red and blue, as 16-bit lanes. */
// @ts-ignore: decorator
@inline
function redBlue(pixels: v128): v128 {
  return v128.and(pixels, i32x4.splat(0x00ff00ff));
}

/** Four pixels' green and alpha, as 16-bit lanes. */
// @ts-ignore: decorator
@inline
function greenAlpha(pixels: v128): v128 {
  return i16x8.shr_u(pixels, 8);
}

/** Every second pixel of two fours, plus its right neighbour. */
// @ts-ignore: decorator
@inline
function pairs(a: v128, b: v128): v128 {
  return i16x8.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
function weigh(rb: v128, ga: v128, onRb: v128, onGa: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(rb, onRb), i32x4.dot_i16x8_s(ga, onGa));
}

/**
 * RGBA8 (opaque) to planar 4:2:0, BT.709 limited range, 15-bit fixed point with rounding (ITU-R BT.709-6, 8 bit).
 * Width and height are even, the source tightly packed; the planes are pointed at where the picture begins in them, their
 * rows `stride` (luma) and half of it (chroma) apart. Chroma is the mean of each 2×2. May read 24 bytes past the source.
 */
export function rgbaToI420(
  src: usize, width: i32, height: i32, yPlane: usize, uPlane: usize, vPlane: usize, stride: i32,
): void {
  const rowBytes: usize = <usize>width << 2;
  const yRb: v128 = v128.load(weights), yGa: v128 = v128.load(weights, 16);
  const uRb: v128 = v128.load(weights, 32), uGa: v128 = v128.load(weights, 48);
  const vRb: v128 = v128.load(weights, 64), vGa: v128 = v128.load(weights, 80);
  const roundY: v128 = i32x4.splat((16 << 15) + (1 << 14));
  const roundC: v128 = i32x4.splat((128 << 17) + (1 << 16));
  const half: i32 = stride >> 1;
  for (let row: i32 = 0; row < height; row += 2) {
    let p: usize = src + <usize>row * rowBytes;
    let out: usize = yPlane + <usize>(row * stride);
    let outC: usize = <usize>((row >> 1) * half);
    for (let left: i32 = width; left > 0; left -= 8, p += 32, out += 8, outC += 4) {
      const q: usize = p + rowBytes;
      const a0: v128 = v128.load(p), a1: v128 = v128.load(p, 16);
      const b0: v128 = v128.load(q), b1: v128 = v128.load(q, 16);
      const rbA0: v128 = redBlue(a0), gaA0: v128 = greenAlpha(a0), rbA1: v128 = redBlue(a1), gaA1: v128 = greenAlpha(a1);
      const rbB0: v128 = redBlue(b0), gaB0: v128 = greenAlpha(b0), rbB1: v128 = redBlue(b1), gaB1: v128 = greenAlpha(b1);
      const luma: v128 = i8x16.narrow_i16x8_u(
        i16x8.narrow_i32x4_s(
          i32x4.shr_s(i32x4.add(weigh(rbA0, gaA0, yRb, yGa), roundY), 15),
          i32x4.shr_s(i32x4.add(weigh(rbA1, gaA1, yRb, yGa), roundY), 15),
        ),
        i16x8.narrow_i32x4_s(
          i32x4.shr_s(i32x4.add(weigh(rbB0, gaB0, yRb, yGa), roundY), 15),
          i32x4.shr_s(i32x4.add(weigh(rbB1, gaB1, yRb, yGa), roundY), 15),
        ),
      );
      const rb: v128 = pairs(i16x8.add(rbA0, rbB0), i16x8.add(rbA1, rbB1));
      const ga: v128 = pairs(i16x8.add(gaA0, gaB0), i16x8.add(gaA1, gaB1));
      const words: v128 = i16x8.narrow_i32x4_s(
        i32x4.shr_s(i32x4.add(weigh(rb, ga, uRb, uGa), roundC), 17),
        i32x4.shr_s(i32x4.add(weigh(rb, ga, vRb, vGa), roundC), 17),
      );
      const chroma: v128 = i8x16.narrow_i16x8_u(words, words);
      if (left >= 8) {
        v128.store64_lane(out, luma, 0);
        v128.store64_lane(out + <usize>stride, luma, 1);
        v128.store32_lane(uPlane + outC, chroma, 0);
        v128.store32_lane(vPlane + outC, chroma, 1);
      } else {
        let lumas: i64 = i64x2.extract_lane(luma, 0), below: i64 = i64x2.extract_lane(luma, 1);
        let us: i32 = i32x4.extract_lane(chroma, 0), vs: i32 = i32x4.extract_lane(chroma, 1);
        for (let x: i32 = 0; x < left; x += 2, lumas >>= 16, below >>= 16, us >>= 8, vs >>= 8) {
          store<u16>(out + x, <u16>lumas);
          store<u16>(out + <usize>stride + x, <u16>below);
          store<u8>(uPlane + outC + (x >> 1), <u8>us);
          store<u8>(vPlane + outC + (x >> 1), <u8>vs);
        }
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
