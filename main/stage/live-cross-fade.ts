/** From one picture to another, both whole I420 frames of one size. */

/**
 * `into` = a·(1 − share) + b·share for every byte, to one part in 256; `share` 0 gives `a` and 1 gives `b` to the bit. `into` may be one
 * of them. All three have the same length.
 */
export function crossFade(a: Uint8Array, b: Uint8Array, share: number, into: Uint8Array): void {
  const weight = Math.round(Math.min(1, Math.max(0, share)) * 256);
  if (weight === 0 || weight === 256) {
    const whole = weight === 0 ? a : b;
    if (whole !== into) into.set(whole);
    return;
  }
  const rest = 256 - weight;
  let from = 0;
  if ((a.byteOffset | b.byteOffset | into.byteOffset) % 4 === 0) {
    const words = into.length >> 2;
    const aw = new Uint32Array(a.buffer, a.byteOffset, words);
    const bw = new Uint32Array(b.buffer, b.byteOffset, words);
    const out = new Uint32Array(into.buffer, into.byteOffset, words);
    // Four bytes at once, every other one in a lane of sixteen bits: 255 × 256 + 128 fits.
    for (let i = 0; i < words; i++) {
      const x = aw[i]!;
      const y = bw[i]!;
      const even = Math.imul(x & 0xff00ff, rest) + Math.imul(y & 0xff00ff, weight) + 0x800080;
      const odd = Math.imul((x >>> 8) & 0xff00ff, rest) + Math.imul((y >>> 8) & 0xff00ff, weight) + 0x800080;
      out[i] = ((even >>> 8) & 0xff00ff) | (odd & 0xff00ff00);
    }
    from = words * 4;
  }
  for (let i = from; i < into.length; i++) into[i] = (a[i]! * rest + b[i]! * weight + 128) >> 8;
}

/** Slow at both ends; 0 to 0, 1 to 1. */
export const eased = (level: number): number => level * level * (3 - 2 * level);
