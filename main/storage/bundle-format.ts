/** What a `.shenghua` bundle is made of, and how much of it is taken in. */

export const PROJECT_ENTRY = 'project.json';
export const assetEntry = (sha256: string): string => `assets/${sha256}`;

export interface BundleLimits {
  /** Entries of any kind. */
  entries: number;
  /** Of project.json, unpacked: it is held in memory. */
  projectBytes: number;
  /** Of one file, unpacked. */
  assetBytes: number;
  /** Of all, unpacked. */
  totalBytes: number;
  /** Unpacked over packed, of an entry larger than `ratioFromBytes`. Pictures and sound do not shrink so; JSON hardly does. */
  ratio: number;
  ratioFromBytes: number;
}

export const BUNDLE_LIMITS: BundleLimits = {
  entries: 5000,
  projectBytes: 64 * 2 ** 20,
  assetBytes: 2 * 2 ** 30,
  totalBytes: 8 * 2 ** 30,
  ratio: 200,
  ratioFromBytes: 2 ** 20,
};
