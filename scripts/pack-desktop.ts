/**
 * Makes `dist/desktop`, a folder that Electron can start (`electron dist/desktop`) and that electron-builder packs: the product's
 * code as JavaScript, the preload script in one file, the built interface, and what both read.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type PackedCode, packCode } from './pack-code.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What Electron starts, what it starts as the engine, and nothing else: threads are found from there. */
const ENTRIES = ['main/electron/main.ts', 'main/electron/engine/main.ts'];
/** Written here, not copied. */
const GIVEN = new Set(['package.json']);

export interface DesktopOptions {
  out: string;
  /** The built interface. */
  rendererDir: string;
}

export async function packDesktop({ out, rendererDir }: DesktopOptions): Promise<PackedCode> {
  if (!existsSync(join(rendererDir, 'index.html'))) throw new Error(`${rendererDir} holds no built interface`);
  await rm(out, { recursive: true, force: true });
  const code = await packCode(root, ENTRIES, out, GIVEN);
  await packPreload(join(out, 'main', 'electron', 'preload.cjs'));
  await cp(rendererDir, join(out, 'renderer', 'dist'), { recursive: true });
  await cp(join(root, 'resources', 'icons'), join(out, 'resources', 'icons'), { recursive: true });
  const { name, productName, version, description, license, author } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  await writeFile(
    join(out, 'package.json'),
    `${JSON.stringify({ name, productName, version, description, license, author, type: 'module', main: 'main/electron/main.js' }, null, 2)}\n`,
  );
  return code;
}

/** A sandboxed preload script is CommonJS and may load nothing but `electron`. */
async function packPreload(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: dirname(path),
      emptyOutDir: false,
      target: 'es2023',
      minify: false,
      reportCompressedSize: false,
      lib: { entry: join(root, 'main/electron/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
}
