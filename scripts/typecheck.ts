/** Type-checks each world on its own: what `app/` may not see (Node, DOM) it cannot name. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const worlds = ['app', 'main', 'renderer', 'renderer/tsconfig.test.json', 'native-models', 'tsconfig.tooling.json'];
let failed = false;
for (const world of worlds) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', world, '--pretty', 'false'], { stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
