/** Which installed packages the packed code needs, by the lock file: those it names, and what they need in turn. */
import { readFileSync } from 'node:fs';

/** Read as files, by path: no import names them. */
const READ_BY_PATH = ['@ffmpeg-installer/ffmpeg', '@expo-google-fonts/noto-sans-sc', '@vladmandic/human'];
/** Electron's own, and what the sandboxed code gets from it. */
const PROVIDED = new Set(['electron']);
/** Nothing of them is left once types are stripped. */
const TYPES_ALONE = /^@(types|webgpu)\//;

interface LockedPackage {
  dev?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** Places in `node_modules` of packages for production, told apart by whether code that names `packages` needs them. */
export function sortPackages(lockFile: string, packages: readonly string[]): { needed: string[]; unneeded: string[] } {
  const { packages: locked } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const needed = new Set<string>();
  const need = (name: string, from: string): void => {
    const place = TYPES_ALONE.test(name) ? null : placeOf(name, from);
    if (place === null || needed.has(place)) return;
    needed.add(place);
    const { dependencies, optionalDependencies } = locked[place]!;
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) need(next, place);
  };
  /** As Node looks for it: beside whoever asks, then further out. */
  const placeOf = (name: string, from: string): string | null => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      if (Object.hasOwn(locked, place)) return place;
      if (folder === '') return null;
    }
  };
  for (const name of [...packages, ...READ_BY_PATH]) if (!PROVIDED.has(name)) need(name, '');
  const production = Object.keys(locked).filter((place) => place !== '' && locked[place]!.dev !== true);
  return {
    needed: production.filter((place) => needed.has(place)).sort(),
    unneeded: production.filter((place) => !needed.has(place)).sort(),
  };
}
