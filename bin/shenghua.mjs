#!/usr/bin/env node
// The command `shenghua`: hands everything to main/headless/cli.ts under a Node that runs TypeScript as it is. Plain
// JavaScript without dependencies, since the Node that starts it may be old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The Node that `npm ci` brought, else this one if it is at least 22.18 (type stripping without a flag). */
function findNode() {
  const own = at(process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node');
  if (existsSync(own)) return own;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const strips = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
  return strips ? process.execPath : null;
}

const node = findNode();
if (node === null) {
  process.stderr.write(
    `Shenghua Studio needs Node 22.18 or newer; this is ${process.versions.node}. Run "npm ci" in its folder, which brings one.\n` +
      `需要 Node 22.18 或更新版本，当前为 ${process.versions.node}。请在程序目录中运行 “npm ci”，它会自带一个。\n`,
  );
  process.exit(1);
}

const child = spawn(node, [at('main/headless/cli.ts'), ...process.argv.slice(2)], {
  // Over the last one nothing is said: it tells the child when this process is gone, however it died.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal gives Ctrl-C to the child as well; twice would be once too often.
    if (signal !== 'SIGINT' || !inTerminal) child.kill(signal);
  });
}
child.on('error', (error) => {
  process.stderr.write(`${node}: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
