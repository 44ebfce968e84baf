/** As much of Electron's distribution as electron-builder needs to pack a program with it: names, and the fuses in its binary. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** https://github.com/electron/fuses: the sentinel, a version, the number of fuses, then a byte each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
export const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const;
/** As Electron ships. */
const SHIPPED = '101100011';

export async function writeStubDist(folder: string, version: string): Promise<void> {
  await mkdir(join(folder, 'resources'), { recursive: true });
  await mkdir(join(folder, 'locales'), { recursive: true });
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, SHIPPED.length]), Buffer.from(SHIPPED)]);
  await writeFile(join(folder, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]), { mode: 0o755 });
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler', 'LICENSE', 'LICENSES.chromium.html'])
    await writeFile(join(folder, name), '');
  await writeFile(join(folder, 'version'), version);
  for (const locale of ['en-US', 'zh-CN']) await writeFile(join(folder, 'locales', `${locale}.pak`), '');
}

/** The fuses of a packed program, by name. */
export function readFuses(binary: Buffer): Record<string, boolean> {
  const at = binary.indexOf(SENTINEL) + SENTINEL.length + 2;
  return Object.fromEntries(
    FUSES.map((name, index) => [name, binary.toString('latin1', at + index, at + index + 1) === '1']),
  );
}
