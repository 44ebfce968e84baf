/** `npm start`: the studio on the desktop, or in the browser where Electron's program is not there. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from './build-renderer.ts';
import { electronProgram } from './electron-program.ts';

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
    ? // Over the last one nothing is said: it tells the child when this process is gone, however it died.
      spawn(process.execPath, serve, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
    : spawn(electron, [await desktopFolder(), ...given], { stdio: 'inherit' });

/** A terminal gives Ctrl-C to every process of it; from elsewhere it comes to this one only. Both ends bear it twice. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${electron ?? process.execPath}: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal!] ?? 0);
});

/** What Electron runs: the product as it is packed, made anew from the sources. */
async function desktopFolder(): Promise<string> {
  const { packDesktop } = await import('./pack-desktop.ts');
  const out = at('dist/desktop');
  await packDesktop({ out, rendererDir: at('renderer/dist') });
  return out;
}
