import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program that the electron package runs; null where it was never fetched. The package itself would fetch it when asked. */
export function electronProgram(): string | null {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve('electron/package.json')));
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
    const program = join(dist, readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}
