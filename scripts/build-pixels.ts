/** Compiles the pixel kernels. `--check` fails when the committed module is not what the source gives. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The compiler is run, not imported: its types redefine globals.
const compiler = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url));
const source = fileURLToPath(new URL('../main/pixels/assembly/index.ts', import.meta.url));
const target = fileURLToPath(new URL('../main/pixels/pixels.wasm', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pixels-'));
try {
  const built = join(folder, 'pixels.wasm');
  const options = [
    '-O3',
    '--runtime',
    'stub',
    '--noAssert',
    '--initialMemory',
    '1',
    '--enable',
    'simd',
    '--enable',
    'relaxed-simd',
    '--enable',
    'nontrapping-f2i',
    '--enable',
    'threads',
    '--importMemory',
    '--sharedMemory',
    '--maximumMemory',
    '16384',
  ];
  const { status } = spawnSync(process.execPath, [compiler, source, '--outFile', built, ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
  else if (!process.argv.includes('--check')) writeFileSync(target, readFileSync(built));
  else if (!readFileSync(target).equals(readFileSync(built))) {
    console.error('main/pixels/pixels.wasm is not what its source gives: run npm run build:pixels');
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
