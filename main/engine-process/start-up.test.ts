import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** All modules that are loaded before the engine can answer. */
const LIST = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  await Promise.all([import(${JSON.stringify(new URL('./engine.ts', import.meta.url).href)}),
    import(${JSON.stringify(new URL('./socket-server.ts', import.meta.url).href)})]);
  process.stdout.write(loaded.join('\\n'));
  process.exit(0);
`;

test('what draws is loaded when something is to be drawn, not before the first page', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', LIST], {
    maxBuffer: 10_000_000,
  });
  const loaded = stdout.split('\n');
  assert.ok(loaded.some((url) => url.endsWith('/main/studio/studio-service.ts')));
  const heavy =
    /node_modules\/(@napi-rs\/canvas|@tensorflow|@vladmandic|@echogarden)\b|\/(export-project|frame-worker)\.ts$/;
  assert.deepEqual(
    loaded.filter((url) => heavy.test(url)),
    [],
  );
});
