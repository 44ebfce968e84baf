/**
 * `npm run pack`: the installers of this platform, in `dist/installers`. `npm run pack -- --dir` stops at the unpacked program.
 * electron-builder fetches Electron and its tools the first time.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildRenderer } from './build-renderer.ts';
import { packDesktop } from './pack-desktop.ts';
import { packInstallers } from './pack-installers.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });

await buildRenderer();
const code = await packDesktop({ out: join(root, 'dist', 'desktop'), rendererDir: join(root, 'renderer', 'dist') });
for (const path of await packInstallers(code, { dir: values.dir })) console.log(path);
