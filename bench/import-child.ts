/** One import in a fresh process: `import-child.ts PICTURE CACHE_DIR` answers with {@link ImportTimes}. */
import { readFile } from 'node:fs/promises';
import { answer, endSignal } from './children.ts';

export interface ImportTimes {
  /** Everything from "this picture, please" on, in a process that has done nothing yet: code, worker, networks, analysis, cache. */
  coldMs: number;
  /** Of coldMs: loading the importer's code. */
  loadMs: number;
  /** By a new importer that finds the first one's cache. */
  cachedMs: number;
  megapixels: number;
}

const [picture = '', cacheDir = ''] = process.argv.slice(2);
const signal = endSignal();
const start = performance.now();
const bytes = await readFile(picture);
const { createPortraitImporter } = await import('../main/portrait/prepare.ts');
const loaded = performance.now();
const prepare = async (): Promise<{ ms: number; megapixels: number }> => {
  const from = performance.now();
  const importer = createPortraitImporter({ cacheDir });
  try {
    const { width, height } = await importer.prepare(bytes, { faceIndex: 0, landmarks: null, signal });
    return { ms: performance.now() - from, megapixels: (width * height) / 1e6 };
  } finally {
    await importer.dispose();
  }
};
const { megapixels } = await prepare();
const coldMs = performance.now() - start;
const { ms: cachedMs } = await prepare();
answer({ coldMs, loadMs: loaded - start, cachedMs, megapixels } satisfies ImportTimes);
