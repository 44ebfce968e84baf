/** electron-builder with the configuration of `electron-builder.yml`, less the packages that the packed code does not need. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Configuration } from 'electron-builder';
import type { PackedCode } from './pack-code.ts';
import { sortPackages } from './pack-packages.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export interface InstallerOptions {
  /** Stops at the unpacked program. */
  dir: boolean;
  /** Instead of what the file says. */
  overrides?: Configuration;
}

/** What was made, as paths. */
export async function packInstallers(code: PackedCode, { dir, overrides = {} }: InstallerOptions): Promise<string[]> {
  const { unneeded } = sortPackages(join(root, 'package-lock.json'), code.packages);
  return await build({
    projectDir: root,
    ...(dir ? { dir } : {}),
    publish: 'never',
    config: {
      extends: join(root, 'electron-builder.yml'),
      ...overrides,
      files: unneeded.map((place) => `!${place}/**`),
    },
  });
}
