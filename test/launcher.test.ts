import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A copy of the launcher before a command line that tells what it was given. */
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'shenghua-launcher-'));
  for (const folder of ['bin', 'main/headless', 'node_modules/node/bin'])
    await mkdir(join(root, folder), { recursive: true });
  await copyFile(fileURLToPath(new URL('../bin/shenghua.mjs', import.meta.url)), join(root, 'bin/shenghua.mjs'));
  await writeFile(
    join(root, 'main/headless/cli.ts'),
    `const asked: string[] = process.argv.slice(2);
     if (asked[0] === 'wait') {
       process.on('SIGINT', () => process.exit(130));
       process.on('SIGTERM', () => process.kill(process.pid, 'SIGKILL'));
       setInterval(() => {}, 1000);
     } else process.exitCode = 7;
     console.log(JSON.stringify({ asked }));`,
  );
});
after(() => rm(root, { recursive: true, force: true }));

function launch(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'bin/shenghua.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, closed: once(child, 'close') as Promise<[number | null, string | null]> };
}

test('words, output and exit code go through unchanged', async () => {
  const { child, closed } = launch('export', '--text', '你好 "world"', '');
  const output = (await child.stdout.toArray()).join('');
  assert.deepEqual((await closed)[0], 7);
  assert.deepEqual((JSON.parse(output) as { asked: string[] }).asked, ['export', '--text', '你好 "world"', '']);
});

test('an interrupt reaches the command, whose exit code it is; a command that is killed is told as 128 and the signal', async () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 137],
  ] as const) {
    const { child, closed } = launch('wait');
    await once(child.stdout, 'data');
    child.kill(signal);
    assert.deepEqual(await closed, [code, null], signal);
  }
});

test('when it is killed, the command it started ends as well', async () => {
  const cli = fileURLToPath(new URL('../main/headless/cli.ts', import.meta.url));
  const data = join(root, 'data');
  await writeFile(
    join(root, 'main/headless/cli.ts'),
    `process.argv.splice(2, Infinity, 'serve', '--no-open', '--port', '0', '--data', ${JSON.stringify(data)});
     await import(${JSON.stringify(pathToFileURL(cli).href)});`,
  );
  const { child, closed } = launch();
  const said = createInterface({ input: child.stdout });
  await once(said, 'line');
  child.kill('SIGKILL');
  // Closes when nobody holds the other end of the pipe any more.
  await closed;
});

test('the Node that the project brings goes before the one that started', async () => {
  const own = join(root, 'node_modules/node/bin/node');
  await symlink('/bin/echo', own);
  const { child, closed } = launch('hello');
  const output = (await child.stdout.toArray()).join('');
  await closed;
  assert.match(output, /cli\.ts hello\n$/);
  await rm(own);
});
