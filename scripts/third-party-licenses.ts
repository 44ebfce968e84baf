/**
 * Writes THIRD-PARTY-LICENSES.md: every package the product ships or may install with it, from the lock file, so that the
 * list is the same on every machine. Fails when a licence is unknown or does not go with GPL-3.0-or-later.
 * With `--check` it only compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LockFile, listPackages, renderList } from './licence-list.ts';

const root = new URL('../', import.meta.url);
const target = fileURLToPath(new URL('THIRD-PARTY-LICENSES.md', root));
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

const { packages, problems } = listPackages(read('package-lock.json') as LockFile, (path) =>
  existsSync(new URL(`${path}/package.json`, root)) ? (read(`${path}/package.json`) as Record<string, unknown>) : null,
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

const text = renderList(packages);
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
  console.log(`THIRD-PARTY-LICENSES.md: ${packages.length} packages`);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('THIRD-PARTY-LICENSES.md is out of date. Run: npm run licenses');
  process.exit(1);
}
