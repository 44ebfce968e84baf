import { spawn } from 'node:child_process';

/** Shows the address in the person's browser, where there is one. That it fails is no failure: the address has been printed. */
export function openBrowser(url: string): void {
  const command = commandFor(url, process.platform, process.env);
  if (command === null) return;
  const [program, args] = command;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

/** null where no screen is: there the usual program would open a browser for terminals, in this one. */
export function commandFor(url: string, platform: string, env: NodeJS.ProcessEnv): [string, string[]] | null {
  if (platform === 'darwin') return ['open', [url]];
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', [url]] : null;
}
