/** Compiles the pixel kernels. `--check` fails when the committed module is not what the source gives. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const target = fileURLToPath(new URL('../main/pixels/pixels.wasm', import.meta.url));
const files = new Map<string, Uint8Array>();
const { error, stderr } = await asc.main(
  [
    fileURLToPath(new URL('../main/pixels/assembly/index.ts', import.meta.url)),
    ...['--outFile', 'pixels.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--initialMemory', '1'],
    ...['--enable', 'simd', '--enable', 'nontrapping-f2i'],
  ],
  { writeFile: (name, contents) => void files.set(name, Buffer.from(contents)) },
);
const built = files.get('pixels.wasm');
if (error || !built) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}
if (!process.argv.includes('--check')) writeFileSync(target, built);
else if (!readFileSync(target).equals(built)) {
  process.stderr.write('main/pixels/pixels.wasm is not what its source gives: run npm run build:pixels\n');
  process.exit(1);
}
