/** A picture as its difference from another: where the two part, and what stands there. Read back at the speed of copying. */

/** Runs nearer to each other than this are joined. */
const JOIN_PX = 16;

/** Starts and lengths in pixels as pairs of u32 (of this machine's byte order), and the RGBA of those pixels one run after another. */
export function packPatches(
  picture: Uint8Array,
  from: Uint8Array,
): [runs: Uint8Array<ArrayBuffer>, patches: Uint8Array<ArrayBuffer>] {
  const runs: number[] = [];
  const a = asPixels(picture);
  const b = asPixels(from);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const start = i;
    let end = i + 1;
    for (i = end; i < a.length && i < end + JOIN_PX; i++) if (a[i] !== b[i]) end = i + 1;
    runs.push(start, end - start);
    i = end;
  }
  let total = 0;
  for (let k = 1; k < runs.length; k += 2) total += runs[k]!;
  const patches = new Uint8Array(total * 4);
  for (let k = 0, at = 0; k < runs.length; k += 2) {
    const [start, length] = [runs[k]! * 4, runs[k + 1]! * 4];
    patches.set(picture.subarray(start, start + length), at);
    at += length;
  }
  return [new Uint8Array(Uint32Array.from(runs).buffer), patches];
}

/** Null where the parts do not belong together. */
export function unpackPatches(runs: Uint8Array, patches: Uint8Array, from: Uint8Array): Uint8Array | null {
  if (runs.length % 8 !== 0) return null;
  const pairs = new Uint32Array(runs.slice().buffer);
  const out = from.slice();
  let at = 0;
  for (let k = 0; k < pairs.length; k += 2) {
    const [start, length] = [pairs[k]! * 4, pairs[k + 1]! * 4];
    if (start + length > out.length || at + length > patches.length) return null;
    out.set(patches.subarray(at, at + length), start);
    at += length;
  }
  return at === patches.length ? out : null;
}

function asPixels(rgba: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  return new Uint32Array(buffer, byteOffset, length >> 2);
}
