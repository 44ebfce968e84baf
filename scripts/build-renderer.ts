/** Builds the interface into renderer/dist when something it is made of is newer, or with --force. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = ['renderer', 'app', 'vite.config.ts', 'package-lock.json'];

async function newestMs(path: string): Promise<number> {
  const info = await stat(path).catch(() => null);
  if (info === null) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  // A folder's own time tells of files that were removed.
  const names = (await readdir(path)).filter((name) => name !== 'dist' && name !== 'node_modules');
  return Math.max(info.mtimeMs, ...(await Promise.all(names.map((name) => newestMs(join(path, name))))));
}

/** renderer/ itself changes when dist/ is made in it: only what lies in it counts. */
async function isStale(): Promise<boolean> {
  const built = await stat(join(root, 'renderer/dist/index.html')).catch(() => null);
  if (built === null) return true;
  const inRenderer = (await readdir(join(root, 'renderer'))).filter((name) => name !== 'dist');
  const paths = [...inRenderer.map((name) => join('renderer', name)), ...SOURCES.slice(1)];
  const times = await Promise.all(paths.map((path) => newestMs(join(root, path))));
  return Math.max(...times) > built.mtimeMs;
}

/** Whether it had to be built. */
export async function buildRenderer({ force = false, onStart = () => {} } = {}): Promise<boolean> {
  if (!force && !(await isStale())) return false;
  onStart();
  const { build } = await import('vite');
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await buildRenderer({ force: process.argv.includes('--force') });
