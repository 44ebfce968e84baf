/** Planes of numbers in picture shape, and the few filters the matte is made with. */

export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}
/** Red, green and blue, 0..1. */
export type ColourPlanes = readonly [Plane, Plane, Plane];

export const plane = (width: number, height: number): Plane => ({
  width,
  height,
  data: new Float32Array(width * height),
});

/** The picture's colours averaged down to `width` × `height`, see-through parts over mid-grey. */
export function shrinkColours(
  picture: { width: number; height: number; rgba: Uint8Array },
  width: number,
  height: number,
): ColourPlanes {
  const out = [plane(width, height), plane(width, height), plane(width, height)] as const;
  const counts = new Float32Array(width * height);
  const [{ data: red }, { data: green }, { data: blue }] = out;
  const { rgba } = picture;
  const columns = cellsOf(picture.width, width);
  const rows = cellsOf(picture.height, height);
  for (let y = 0, p = 0; y < picture.height; y++) {
    const row = rows[y]! * width;
    for (let x = 0; x < picture.width; x++, p += 4) {
      const o = row + columns[x]!;
      const a = rgba[p + 3]! / 65025;
      const grey = 0.5 * (1 - a * 255);
      red[o]! += rgba[p]! * a + grey;
      green[o]! += rgba[p + 1]! * a + grey;
      blue[o]! += rgba[p + 2]! * a + grey;
      counts[o]!++;
    }
  }
  for (const { data } of out) for (let i = 0; i < data.length; i++) data[i]! /= Math.max(1, counts[i]!);
  return out;
}

/** Mean over a (2r+1)² window, clipped at the borders. */
export function boxBlur({ width, height, data }: Plane, radius: number): Plane {
  const rows = new Float32Array(data.length);
  const out = plane(width, height);
  for (let y = 0; y < height; y++) {
    const base = y * width;
    let sum = 0;
    for (let x = -radius; x < width; x++) {
      if (x + radius < width) sum += data[base + x + radius]!;
      if (x - radius > 0) sum -= data[base + x - radius - 1]!;
      if (x >= 0) rows[base + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  const sums = new Float32Array(width);
  for (let y = -radius; y < height; y++) {
    const enter = (y + radius) * width;
    const leave = (y - radius - 1) * width;
    if (y + radius < height) for (let x = 0; x < width; x++) sums[x]! += rows[enter + x]!;
    if (y - radius > 0) for (let x = 0; x < width; x++) sums[x]! -= rows[leave + x]!;
    if (y < 0) continue;
    const count = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    for (let x = 0; x < width; x++) out.data[y * width + x] = sums[x]! / count;
  }
  return out;
}

/** Calls `write` for every pixel of a `width` × `height` picture with the place in `from` it falls on, for bilinear reading. */
export function forEachUpscaled(
  from: { width: number; height: number },
  width: number,
  height: number,
  write: (index: number, p00: number, p01: number, p10: number, p11: number, u: number, v: number) => void,
): void {
  const across = new Float64Array(width);
  for (let x = 0; x < width; x++)
    across[x] = Math.max(0, Math.min(from.width - 1, ((x + 0.5) * from.width) / width - 0.5));
  for (let y = 0, index = 0; y < height; y++) {
    const sy = Math.max(0, Math.min(from.height - 1, ((y + 0.5) * from.height) / height - 0.5));
    const y0 = Math.floor(sy);
    const down = y0 + 1 < from.height ? from.width : 0;
    for (let x = 0; x < width; x++, index++) {
      const sx = across[x]!;
      const x0 = Math.floor(sx);
      const p = y0 * from.width + x0;
      const right = x0 + 1 < from.width ? 1 : 0;
      write(index, p, p + right, p + down, p + down + right, sx - x0, sy - y0);
    }
  }
}

/** For each of `length` places in a row, which of `cells` it falls into. */
export function cellsOf(length: number, cells: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.min(cells - 1, Math.floor(((i + 0.5) * cells) / length)));
}

/** Coefficients of a guided filter: the result at a pixel is a·r + b·g + c·b + d. */
export type GuidedCoefficients = readonly [Plane, Plane, Plane, Plane];

/**
 * Colour guided filter (He, Sun, Tang, "Guided Image Filtering", 2013, eq. 19): `input` as a locally linear function of the
 * colours. Returned as coefficients, so that they can be applied to the same picture at a larger size ("Fast Guided Filter", 2015).
 */
export function guidedCoefficients(
  guide: ColourPlanes,
  input: Plane,
  radius: number,
  epsilon: number,
): GuidedCoefficients {
  const { width, height } = input;
  const n = width * height;
  const times = (a: Plane, b: Plane): Plane => ({ width, height, data: a.data.map((v, i) => v * b.data[i]!) });
  const mean = (p: Plane): Float32Array => boxBlur(p, radius).data;
  const [r, g, b] = guide;
  const [mr, mg, mb, mp] = [mean(r), mean(g), mean(b), mean(input)];
  const [rr, rg, rb] = [mean(times(r, r)), mean(times(r, g)), mean(times(r, b))];
  const [gg, gb, bb] = [mean(times(g, g)), mean(times(g, b)), mean(times(b, b))];
  const [rp, gp, bp] = [mean(times(r, input)), mean(times(g, input)), mean(times(b, input))];
  const out = [plane(width, height), plane(width, height), plane(width, height), plane(width, height)] as const;
  for (let i = 0; i < n; i++) {
    const a11 = rr[i]! - mr[i]! ** 2 + epsilon;
    const a12 = rg[i]! - mr[i]! * mg[i]!;
    const a13 = rb[i]! - mr[i]! * mb[i]!;
    const a22 = gg[i]! - mg[i]! ** 2 + epsilon;
    const a23 = gb[i]! - mg[i]! * mb[i]!;
    const a33 = bb[i]! - mb[i]! ** 2 + epsilon;
    const c1 = rp[i]! - mr[i]! * mp[i]!;
    const c2 = gp[i]! - mg[i]! * mp[i]!;
    const c3 = bp[i]! - mb[i]! * mp[i]!;
    const i11 = a22 * a33 - a23 * a23;
    const i12 = a13 * a23 - a12 * a33;
    const i13 = a12 * a23 - a13 * a22;
    const det = a11 * i11 + a12 * i12 + a13 * i13 || 1e-12;
    const x1 = (i11 * c1 + i12 * c2 + i13 * c3) / det;
    const x2 = (i12 * c1 + (a11 * a33 - a13 * a13) * c2 + (a12 * a13 - a11 * a23) * c3) / det;
    const x3 = (i13 * c1 + (a12 * a13 - a11 * a23) * c2 + (a11 * a22 - a12 * a12) * c3) / det;
    out[0].data[i] = x1;
    out[1].data[i] = x2;
    out[2].data[i] = x3;
    out[3].data[i] = mp[i]! - x1 * mr[i]! - x2 * mg[i]! - x3 * mb[i]!;
  }
  return out.map((p) => boxBlur(p, radius)) as unknown as GuidedCoefficients;
}

export const smoothstep = (from: number, to: number, x: number): number => {
  const t = Math.max(0, Math.min(1, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
};
