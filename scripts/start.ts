/** `npm start`: the studio on the desktop, or in the browser where Electron's program is not there. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from './build-renderer.ts';
import { keepCompiled } from './compiled-code.ts';
import { electronProgram } from './electron-program.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isChinese = /^zh/i.test(
  process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || Intl.DateTimeFormat().resolvedOptions().locale,
);
const say = (en: string, zh: string): void => console.error(isChinese ? zh : en);

keepCompiled();
await buildRenderer({
  onStart: () => say('Building the interface (once, and after changes) …', '正在构建界面（仅首次及更新后）……'),
});

const given = process.argv.slice(2);
const words = given.filter((word) => word !== '--browser');
const electron = given.includes('--browser') ? null : electronProgram();
if (electron !== null) await openDesktop(electron);
else {
  if (!given.includes('--browser')) {
    say(
      'Electron’s program is not installed here, so the studio opens in your browser instead.',
      '本机未安装 Electron 程序，改为在浏览器中打开。',
    );
  }
  // In this very process: another one would cost a quarter of a second, and would have to be told of every signal.
  const program = at('main/headless/cli.ts');
  endWithNpm();
  process.argv.splice(1, Number.POSITIVE_INFINITY, program, 'serve', ...words);
  await import('../main/headless/cli.ts');
}

/** npm hands a signal on to its shell, and the shell dies of it without a word: what it ran must notice by itself. */
function endWithNpm(): void {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  look.unref();
}

async function openDesktop(program: string): Promise<void> {
  const child = spawn(program, [await desktopFolder(), ...given], { stdio: 'inherit' });
  /** A terminal gives Ctrl-C to every process of it; from elsewhere it comes to this one only. Both ends bear it twice. */
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${program}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal!] ?? 0);
  });
}

/** What Electron runs: the product as it is packed, made anew from the sources. */
async function desktopFolder(): Promise<string> {
  const { packDesktop } = await import('./pack-desktop.ts');
  const out = at('dist/desktop');
  await packDesktop({ out, rendererDir: at('renderer/dist') });
  return out;
}
