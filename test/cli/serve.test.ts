import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from '../../scripts/build-renderer.ts';

const CLI = fileURLToPath(new URL('../../main/headless/cli.ts', import.meta.url));
let folder: string;
before(async () => {
  await buildRenderer();
  folder = await mkdtemp(join(tmpdir(), 'shenghua-serve-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const start = async (...args: string[]) => {
  const child = spawn(
    process.execPath,
    [CLI, 'serve', '--no-open', '--json', '--data', join(folder, 'data'), '--port', '0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LANG: 'en', LC_ALL: '' } },
  );
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  return { child, url, port };
};

const isFree = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return !open;
};

/** Processes that were started by this one, itself left out. */
async function childrenOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    all.map(async (name) => [Number(name), await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')] as const),
  );
  return stats
    .filter(([, stat]) => Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === pid)
    .map(([own]) => own);
}
const isAlive = async (pid: number): Promise<boolean> =>
  !/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '0 (gone) Z'));

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('prints a link that shows the studio, and Ctrl-C ends it with all it started', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const { child, url, port } = await start();
  const welcome = await fetch(url);
  const cookie = welcome.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
  assert.match(await page.text(), /<script type="module"/);
  const engines = await childrenOf(child.pid!);
  assert.equal(engines.length, 1);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.ok(await isFree(port));
  assert.ok(!(await isAlive(engines[0]!)));
});

test('a host that is killed takes its engine with it', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const { child } = await start();
  const [engine] = await childrenOf(child.pid!);
  child.kill('SIGKILL');
  await until(async () => !(await isAlive(engine!)));
});
