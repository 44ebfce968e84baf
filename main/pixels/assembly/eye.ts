/**
 * One eye redrawn in the rig's texture: the lids slide over the ball, the iris turns. The shapes and what they mean are
 * `providers/lipsync/rig/eyes.ts`'s; here is what is done to a pixel. Lengths in face units, colours 0..255, one v128 of
 * f32 (R, G, B, A) a colour.
 */

/** Of `shape`, an array of f32, by index; `eyes.ts` writes it in this order. */
// @ts-ignore: decorator
@inline const INNER_X: i32 = 0, INNER_Y: i32 = 1, OUTER_X: i32 = 2, OUTER_Y: i32 = 3;
// @ts-ignore: decorator
@inline const IRIS_X: i32 = 4, IRIS_Y: i32 = 5, IRIS_R: i32 = 6, SPAN: i32 = 7, IOD: i32 = 8;
/** Texel of a place: u = UX x + UY y + U0, v = VX x + VY y + V0. */
// @ts-ignore: decorator
@inline const UX: i32 = 9, UY: i32 = 10, U0: i32 = 11, VX: i32 = 12, VY: i32 = 13, V0: i32 = 14;
/** Last texel that has a right and a lower neighbour. */
// @ts-ignore: decorator
@inline const U_MAX: i32 = 15, V_MAX: i32 = 16;
/** Where the iris' pull on the white beside it ends, in its radii; the lash band; how far lashes run past the corners. */
// @ts-ignore: decorator
@inline const IRIS_REACH: i32 = 17, LASH_ABOVE: i32 = 18, LASH_BELOW: i32 = 19, WING: i32 = 20;
/** Colour of the lashes: R, G, B, and an unused fourth. */
// @ts-ignore: decorator
@inline const LASH: i32 = 21;

/** Columns of the painted skin's table: each the colour above and the colour below, 4 f32 each. */
// @ts-ignore: decorator
@inline const SKIN_COLUMNS: i32 = 48;

let shape: usize = 0;
let base: usize = 0;
let baseRow: i32 = 0;
let skin: usize = 0;
let blink: f32 = 0, closing: f32 = 0, gazeX: f32 = 0, gazeY: f32 = 0, raise: f32 = 0;
/** The lids over the pixel's column. */
let U: f32 = 0, D: f32 = 0, h: f32 = 0, top: f32 = 0, floor: f32 = 0, lidEdge: f32 = 0, edge: f32 = 0;

// @ts-ignore: decorator
@inline
function measure(index: i32): f32 {
  return load<f32>(shape + <usize>(index << 2));
}

// @ts-ignore: decorator
@inline
function clamp(x: f32, low: f32, high: f32): f32 {
  return min<f32>(high, max<f32>(low, x));
}

// @ts-ignore: decorator
@inline
function mix(a: f32, b: f32, t: f32): f32 {
  return a + (b - a) * t;
}

// @ts-ignore: decorator
@inline
function smoothstep(from: f32, to: f32, x: f32): f32 {
  const t: f32 = clamp((x - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

// @ts-ignore: decorator
@inline
function blend(a: v128, b: v128, t: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(t)));
}

// @ts-ignore: decorator
@inline
function texel(p: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p))));
}

/** The picture at a place, bilinear. */
function read(x: f32, y: f32): v128 {
  const u: f32 = clamp(measure(UX) * x + measure(UY) * y + measure(U0), 0, measure(U_MAX));
  const v: f32 = clamp(measure(VX) * x + measure(VY) * y + measure(V0), 0, measure(V_MAX));
  const iu: i32 = <i32>u, iv: i32 = <i32>v;
  const p: usize = base + <usize>(iv * baseRow + (iu << 2)), q: usize = p + <usize>baseRow;
  const fx: f32 = u - <f32>iu;
  return blend(blend(texel(p), texel(p + 4), fx), blend(texel(q), texel(q + 4), fx), v - <f32>iv);
}

/** ITU-R BT.601 luma. */
// @ts-ignore: decorator
@inline
function luma(colour: v128): f32 {
  return <f32>0.299 * f32x4.extract_lane(colour, 0) + <f32>0.587 * f32x4.extract_lane(colour, 1) +
    <f32>0.114 * f32x4.extract_lane(colour, 2);
}

/** Colour with the alpha of another. */
// @ts-ignore: decorator
@inline
function withAlpha(colour: v128, alpha: v128): v128 {
  return f32x4.replace_lane(colour, 3, f32x4.extract_lane(alpha, 3));
}

/** The skin that a closing lid unrolls, `t` of the way between the corners, `down` from its top to its edge; `bow`: sin πt. */
function painted(t: f32, bow: f32, down: f32): v128 {
  const i: i32 = <i32>clamp(nearest<f32>((t - 0.06) / 0.88 * <f32>(SKIN_COLUMNS - 1)), 0, <f32>(SKIN_COLUMNS - 1));
  const at: usize = skin + <usize>(i << 5);
  // Convex: falling away to the corners and to the lash line.
  const form: f32 = 0.95 + 0.03 * bow - 0.07 * smoothstep(0.6, 1, down);
  return f32x4.mul(blend(v128.load(at), v128.load(at, 16), smoothstep(0, 1.1, down)), f32x4.splat(form));
}

function lidSkin(X: f32, Y: f32, t: f32, bow: f32): v128 {
  const below: f32 = measure(LASH_BELOW), band: f32 = measure(LASH_ABOVE) + below;
  const restEdge: f32 = U + below * min<f32>(1, h * 14);
  const above: f32 = max<f32>(0, edge - Y);
  const own: v128 = read(
    X,
    above < band ? restEdge - above : mix(top, restEdge - band, (Y - top) / max<f32>(1e-6, edge - band - top)),
  );
  if (closing <= 0.02) return own;
  const paint: v128 = painted(t, bow, clamp((Y - top) / max<f32>(1e-6, edge - top), 0, 1));
  const dark: f32 = luma(own) / max<f32>(1, luma(paint));
  // The lash line itself stays; everything above it gives way to skin, dark lines first.
  const line: f32 = smoothstep(0.9, 0.62, dark) * smoothstep(band * 0.85, band * 0.35, above) * smoothstep(0, 0.04, h);
  const from: f32 = top + (1 - min<f32>(1, closing * 1.4)) * (edge - band - top) * 0.9;
  const lines: f32 = smoothstep(0.95, 0.8, dark) * smoothstep(top, mix(top, U, 0.3), Y) * smoothstep(0.1, 0.7, closing);
  // A lid that only droops shows its own skin, stretched; one that closes shows skin that was folded away.
  const unfolded: f32 = smoothstep(0.22, 0.6, closing) * smoothstep(0, 0.1, t) * smoothstep(1, 0.9, t);
  const fold: f32 = smoothstep(from, min<f32>(edge - band * 0.6, U - measure(SPAN) * 0.32), Y) * unfolded;
  const amount: f32 = max<f32>(fold * smoothstep(0, 0.012, h), lines) * (1 - line);
  return withAlpha(lashes(blend(own, paint, amount), above, bow), own);
}

/** Closed lids meet in the line of their lashes, also where those of the open eye are too thin or too pale to be seen. */
function lashes(colour: v128, above: f32, bow: f32): v128 {
  const shown: f32 = smoothstep(0.5, 0.9, closing) * smoothstep(0, 0.5, bow);
  if (shown <= 0) return colour;
  const line: f32 = smoothstep(measure(LASH_ABOVE), measure(LASH_ABOVE) * 0.25, above) * shown;
  const lash: v128 = v128.load(shape + <usize>(LASH << 2));
  return luma(colour) > luma(lash) ? blend(colour, lash, line) : colour;
}

/** Beside the corners the open eye's lashes and liner give way to skin as it closes. */
function wing(X: f32, Y: f32, t: f32, corner: f32, beyond: f32): v128 {
  const span: f32 = measure(SPAN);
  const own: v128 = read(X, Y);
  const paint: v128 = painted(t, 0, clamp((Y - corner + span) / span, 0, 1));
  const dark: f32 = luma(own) / max<f32>(1, luma(paint));
  const near: f32 =
    smoothstep(corner + 0.012, corner - 0.006, Y) * smoothstep(corner - span, corner - span * 0.7, Y);
  const reach: f32 = measure(WING);
  const amount: f32 = smoothstep(0.95, 0.8, dark) * smoothstep(reach, reach * 0.5, beyond) * near * closing;
  return withAlpha(blend(own, paint, amount), own);
}

function eyeball(X: f32, Y: f32): v128 {
  if (Y > floor) {
    // Below the lid: the cheek's skin is pulled up with it.
    const end: f32 = D + 0.17;
    return read(X, raise > 0 && Y < end ? mix(D, end, (Y - floor) / max<f32>(1e-6, end - floor)) : Y);
  }
  let y: f32 = Y;
  if (blink < 0) y -= (lidEdge - U) * smoothstep(0.8, 0, (Y - lidEdge) / max<f32>(1e-6, D - lidEdge)) * 0.6;
  if (raise > 0) y = min<f32>(y, D);
  const dx: f32 = X - measure(IRIS_X) - gazeX, dy: f32 = y - measure(IRIS_Y) - gazeY;
  // The iris turns as a disc; the white stretches and shrinks beside it, and stays put at the lids.
  const turn: f32 = smoothstep(measure(IRIS_REACH), 1.2, sqrt<f32>(dx * dx + dy * dy) / measure(IRIS_R));
  const rim: f32 = smoothstep(-0.002, 0.012, y - U) * smoothstep(-0.002, 0.01, D - y);
  const corner: f32 =
    smoothstep(measure(INNER_X), measure(INNER_X) + 0.04, X) * smoothstep(measure(OUTER_X), measure(OUTER_X) - 0.04, X);
  const seen: v128 = read(X - gazeX * turn * rim * corner, clamp(y - gazeY * turn * rim, U, D));
  if (blink <= 0.02) return seen;
  return withAlpha(f32x4.mul(seen, f32x4.splat(1 - 0.35 * blink * smoothstep(0.06, 0, Y - edge))), seen);
}

/** A pixel of the lids and what lies between them; `shut`: the closed lids' line in its column. */
// @ts-ignore: decorator
@inline
function eyePixel(X: f32, Y: f32, t: f32, shut: f32, bow: f32): v128 {
  h = D - U;
  // The lower lid comes up to where the lids meet.
  floor = mix(D, min<f32>(D, shut), closing) - raise * h;
  const overlap: f32 = 0.026 * closing * min<f32>(1, h * 10);
  lidEdge = blink >= 0 ? U + blink * (max<f32>(floor, U) + overlap - U) : U + blink * h * 0.16;
  edge = lidEdge + measure(LASH_BELOW) * min<f32>(1, h * 14);
  const cover: f32 = clamp((edge - Y) * measure(IOD) * 0.8 + 0.5, 0, 1);
  if (cover <= 0) return eyeball(X, Y);
  const lid: v128 = lidSkin(X, Y, t, bow);
  if (cover >= 1) return lid;
  const ball: v128 = eyeball(X, Y);
  return withAlpha(blend(ball, lid, cover), ball);
}

/**
 * Redraws the eye in `texture`, laid out like `picture` (premultiplied RGBA8, `rowBytes` a row), from it.
 * x, y, upper, lower, shut, bow: planes of f32, one value a pixel of the box (`boxTexel` its first pixel's texel, packed row by
 * row): face coordinates, edges of the open lids, line of the closed ones, sine across the eye.
 * moved: bit 0, the upper lid's skin is or was displaced; bit 1, the cheek's; bit 2, only the gaze changed since
 * (`lastX`, `lastY`). Bit 3: the eye is again as in the picture.
 */
export function drawEye(
  texture: usize, picture: usize, rowBytes: i32, boxTexel: i32, boxWidth: i32, boxHeight: i32,
  eyeShape: usize, skinTable: usize, planes: usize,
  toBlink: f32, toX: f32, toY: f32, toRaise: f32, moved: i32, lastX: f32, lastY: f32,
): void {
  base = picture; baseRow = rowBytes; shape = eyeShape; skin = skinTable;
  blink = toBlink; closing = max<f32>(0, toBlink); gazeX = toX; gazeY = toY; raise = toRaise;
  const plane: usize = <usize>(boxWidth * boxHeight << 2);
  const reach: f32 = measure(IRIS_REACH) * measure(IRIS_R);
  const innerX: f32 = measure(INNER_X), width: f32 = measure(OUTER_X) - innerX;
  const skinMoved: bool = (moved & 1) != 0, cheekMoved: bool = (moved & 2) != 0, turnOnly: bool = (moved & 4) != 0;
  const open: bool = toBlink == 0 && toRaise == 0;
  let at: usize = planes;
  for (let row: i32 = 0; row < boxHeight; row++) {
    let o: usize = <usize>(boxTexel << 2) + <usize>(row * rowBytes);
    if (moved & 8) {
      memory.copy(texture + o, picture + o, <usize>(boxWidth << 2));
      continue;
    }
    for (let column: i32 = 0; column < boxWidth; column++, o += 4, at += 4) {
      const X: f32 = load<f32>(at), Y: f32 = load<f32>(at + plane);
      U = load<f32>(at + plane * 2);
      D = load<f32>(at + plane * 3);
      const t: f32 = (X - innerX) / width;
      if (turnOnly) {
        // Lids and skin stay; of the ball, what either place of the iris reaches.
        if (t <= 0 || t >= 1 || Y < U - 0.02 || Y > D + 0.02) continue;
        const dx: f32 = X - measure(IRIS_X), dy: f32 = Y - measure(IRIS_Y);
        if ((dx - gazeX) * (dx - gazeX) + (dy - gazeY) * (dy - gazeY) > reach * reach) {
          if ((dx - lastX) * (dx - lastX) + (dy - lastY) * (dy - lastY) > reach * reach) continue;
          if (open) {
            store<u32>(texture + o, load<u32>(picture + o));
            continue;
          }
        }
      } else {
        if (!skinMoved && Y < U - 0.02) continue;
        if (!cheekMoved && Y > D + 0.02) continue;
      }
      top = U - measure(SPAN);
      let colour: v128;
      if (t <= 0 || t >= 1 || Y <= top) {
        const corner: f32 = t < 0 ? measure(INNER_Y) : measure(OUTER_Y);
        const beyond: f32 = t < 0 ? -t : t - 1;
        const wings: bool =
          Y > top && closing >= 0.05 && beyond <= measure(WING) && Y <= corner + 0.012 && Y >= corner - measure(SPAN);
        if (!wings) {
          store<u32>(texture + o, load<u32>(picture + o));
          continue;
        }
        colour = wing(X, Y, t, corner, beyond);
      } else colour = eyePixel(X, Y, t, load<f32>(at + plane * 4), load<f32>(at + plane * 5));
      const words: v128 = i32x4.trunc_sat_f32x4_s(f32x4.add(colour, f32x4.splat(0.5)));
      const halves: v128 = i16x8.narrow_i32x4_s(words, words);
      v128.store32_lane(texture + o, i8x16.narrow_i16x8_u(halves, halves), 0);
    }
  }
}
