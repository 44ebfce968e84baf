/**
 * The product's code as plain JavaScript, file by file, in the folders it has here: types blanked out, `.ts` in imports and in
 * `new URL('./worker.ts', import.meta.url)` turned into `.js`. Nothing is merged, so that every path relative to a module holds in
 * the package as it does here, threads and data files among them, and a line in a stack trace is the line of the source.
 * Only what is reached from the entries comes along.
 */
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules, stripTypeScriptTypes } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';

const IMPORTED = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\2/g;
const NAMED = /(\bnew URL\(\s*)(['"])(\.{1,2}\/[^'"\n]*)\2(?=,\s*import\.meta\.url\s*\))/g;

/** A module that asks where the whole lies names no data. */
const ROOT = '/';

export interface PackedCode {
  /** Relative to the root, with slashes, as written. */
  modules: string[];
  /** Files and folders (with a slash at the end) that modules name beside code. */
  data: string[];
  /** Packages that modules import by name. */
  packages: string[];
}

/** Writes what is reached from `entries` (relative to `root`) below `out`. `given` are data files that somebody else puts there. */
export async function packCode(
  root: string,
  entries: readonly string[],
  out: string,
  given: ReadonlySet<string> = new Set(),
): Promise<PackedCode> {
  const modules = new Set<string>();
  const data = new Set<string>();
  const packages = new Set<string>();
  const queue = [...entries];
  const pathOf = (from: string, specifier: string): string =>
    relative(root, resolve(root, dirname(from), specifier))
      .split(sep)
      .join('/') + (specifier.endsWith('/') ? '/' : '');

  for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
    const target = toJs(source);
    if (modules.has(target)) continue;
    modules.add(target);
    const from = source;
    const text = stripTypeScriptTypes(await readFile(join(root, from), 'utf8'));
    const follow = (specifier: string): string => {
      const path = pathOf(from, specifier);
      // Words in a comment look like an import too.
      if (!existsSync(join(root, path))) return specifier;
      if (path.endsWith('.ts')) queue.push(path);
      else if (!given.has(path) && path !== ROOT) data.add(path);
      return toJs(specifier);
    };
    const code = text
      .replace(IMPORTED, (whole, before: string, quote: string, specifier: string) => {
        if (!specifier.startsWith('.')) {
          const name = packageOf(specifier);
          if (name !== null) packages.add(name);
          return whole;
        }
        return `${before}${quote}${follow(specifier)}${quote}`;
      })
      .replace(
        NAMED,
        (_, before: string, quote: string, specifier: string) => `${before}${quote}${follow(specifier)}${quote}`,
      );
    const path = join(out, target);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
  for (const path of data)
    await cp(join(root, path), join(out, path), { recursive: statSync(join(root, path)).isDirectory() });
  return { modules: [...modules].sort(), data: [...data].sort(), packages: [...packages].sort() };
}

const toJs = (path: string): string => path.replace(/(?<!\.d)\.ts$/, '.js');

function packageOf(specifier: string): string | null {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return null;
  const parts = posix.normalize(specifier).split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
  return /^(@[a-z0-9-~][\w.-]*\/)?[a-z0-9-~][\w.-]*$/.test(name) ? name : null;
}
