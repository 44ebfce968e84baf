/** `npm start`: the studio on the desktop, or in the browser where Electron's program is not there. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from './build-renderer.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isChinese = /^zh/i.test(
  process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || Intl.DateTimeFormat().resolvedOptions().locale,
);
const say = (en: string, zh: string): void => console.error(isChinese ? zh : en);

await buildRenderer({
  onStart: () => say('Building the interface (once, and after changes) …', '正在构建界面（仅首次及更新后）……'),
});

const given = process.argv.slice(2);
const electron = given.includes('--browser') ? null : electronProgram();
const serve = [at('main/headless/cli.ts'), 'serve', ...given.filter((word) => word !== '--browser')];
if (electron === null && !given.includes('--browser')) {
  say(
    'Electron’s program is not installed here, so the studio opens in your browser instead.',
    '本机未安装 Electron 程序，改为在浏览器中打开。',
  );
}
const child =
  electron === null
    ? spawn(process.execPath, serve, { stdio: 'inherit' })
    : spawn(electron, [at('.'), ...given], { stdio: 'inherit' });

/** A terminal gives Ctrl-C to every process of it; from elsewhere it comes to this one only. Both ends bear it twice. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${electron ?? process.execPath}: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal!] ?? 0);
});

/** The program that the electron package runs; null where it was never fetched. The package itself would fetch it when asked. */
function electronProgram(): string | null {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve('electron/package.json')));
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
    const program = join(dist, readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}
