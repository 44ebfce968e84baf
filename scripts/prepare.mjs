// After `npm ci`: builds the interface and compiles the code, so that the first `npm start` need not. Plain JavaScript, since the Node that runs it may be
// old; and it never fails, since `npm start` builds what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const own = at(process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node');

if (existsSync(own) && existsSync(at('node_modules/vite/package.json')) && existsSync(at('renderer/index.html')))
  for (const script of ['scripts/build-renderer.ts', 'scripts/compiled-code.ts'])
    spawnSync(own, [at(script)], { stdio: 'ignore', timeout: 120_000 });
