// After `npm ci`: builds the interface, so that the first `npm start` need not. Plain JavaScript, since the Node that runs it may be
// old; and it never fails, since `npm start` builds what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const own = at(process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node');

if (existsSync(own) && existsSync(at('node_modules/vite/package.json')) && existsSync(at('renderer/index.html')))
  spawnSync(own, [at('scripts/build-renderer.ts')], { stdio: 'ignore', timeout: 120_000 });
