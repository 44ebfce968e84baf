/**
 * 32 bits that follow from a seed and names alone: FNV-1a over their UTF-16 units, finished as in MurmurHash3, so that names that are
 * nearly alike give numbers that are not.
 */
export function seeded(seed: number, ...names: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const name of names) {
    const text = `${name}\u0000`;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
