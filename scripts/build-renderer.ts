/** Builds the interface into renderer/dist when something it is made of is newer, or with --force. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = ['renderer', 'app', 'vite.config.ts', 'package-lock.json'];

/** Looks at hundreds of files before every start: one after another, which is several times as fast as all at once. */
function isNewer(path: string, thanMs: number): boolean {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return false;
  // A folder's own time tells of files that were removed.
  if (info.mtimeMs > thanMs) return true;
  return info.isDirectory() && partsOf(path).some((entry) => isNewer(join(path, entry.name), thanMs));
}
const partsOf = (folder: string): Dirent[] =>
  readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== 'dist' && name !== 'node_modules');

/** renderer/ itself changes when dist/ is made in it: only what lies in it counts. */
function isStale(): boolean {
  const built = statSync(join(root, 'renderer/dist/index.html'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  const paths = [...partsOf(join(root, 'renderer')).map(({ name }) => join('renderer', name)), ...SOURCES.slice(1)];
  return paths.some((path) => isNewer(join(root, path), built.mtimeMs));
}

/** Whether it had to be built. */
export async function buildRenderer({ force = false, onStart = () => {} } = {}): Promise<boolean> {
  if (!force && !isStale()) return false;
  onStart();
  const { build } = await import('vite');
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await buildRenderer({ force: process.argv.includes('--force') });
