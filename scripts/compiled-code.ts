/**
 * Node's compile cache for a checkout: the sources without their types, and V8's code of them, by what each file says. A start from
 * it takes half the processor time. `node scripts/compiled-code.ts` fills it, as an install does.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/** For this process from now on, and for those it starts. Where the folder cannot be written, nothing is kept. */
export function keepCompiled(): void {
  process.env.NODE_COMPILE_CACHE ??= FOLDER;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** What a start loads, in the order of need; each only says what it is when it is loaded. */
const LOADED = [
  () => import('./build-renderer.ts'),
  () => import('./electron-program.ts'),
  () => import('../main/headless/program.ts'),
  () => import('../main/headless/verbs/serve.ts'),
  () => import('../main/engine-process/engine.ts'),
  () => import('../main/engine-process/socket-server.ts'),
  () => import('../main/preview/session.ts'),
  // What its threads are made of.
  () => import('../main/portrait/pixel-work.ts'),
  () => import('../main/portrait/decode.ts'),
  () => import('../main/providers/lipsync/rig/index.ts'),
  () => import('../main/stage/compositor.ts'),
  () => import('../main/stage/ai-mark.ts'),
  () => import('../main/stage/live-layer.ts'),
  () => import('../main/stage/subtitle-sprites.ts'),
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  keepCompiled();
  for (const load of LOADED) await load();
  // What they opened must not hold the install up; the cache is written on the way out.
  process.exit(0);
}
