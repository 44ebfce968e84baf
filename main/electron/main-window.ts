/** The one window: opened where it was, shown when it has something to show, and never left dead. */
import type { BrowserWindowConstructorOptions } from 'electron';
import { APP_URL } from './app-protocol.ts';
import type { Shell, ShellWindow } from './shell.ts';
import { MIN_SIZE, placeWindow, readWindowState, writeWindowState } from './window-state.ts';

/** A page that dies so often is not shown again: the machine cannot draw it. */
const MOST_RELOADS = 3;

export interface MainWindowOptions {
  preload: string;
  icon: string;
  title: string;
  stateFile: string;
  version: string;
  /** Asked when the person closes it. */
  mayClose(): boolean;
  onClosed(): void;
  /** Its page has died too often. */
  onBroken(): void;
}

export interface MainWindow {
  readonly window: ShellWindow;
  /** To the front, whatever it was. */
  present(): void;
}

export function openMainWindow(
  shell: Pick<Shell, 'BrowserWindow' | 'screen'>,
  { preload, icon, title, stateFile, version, mayClose, onClosed, onBroken }: MainWindowOptions,
): MainWindow {
  const saved = readWindowState(stateFile);
  const options: BrowserWindowConstructorOptions = {
    ...placeWindow(
      saved,
      shell.screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    title,
    icon,
    show: false,
    backgroundColor: '#16181d',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
      additionalArguments: [`--studio-version=${version}`],
      // A file dropped beside the drop zones must not replace the page.
      navigateOnDragDrop: false,
    },
  };
  const window = new shell.BrowserWindow(options);
  if (saved?.maximized) window.maximize();
  let reloads = 0;

  let kept: string | undefined;
  const keep = (): void => {
    if (window.isDestroyed() || window.isMinimized()) return;
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    const told = JSON.stringify(state);
    if (told === kept) return;
    kept = told;
    writeWindowState(stateFile, state);
  };
  // Not only at the end, which a crash or a power cut does not announce.
  let settling: NodeJS.Timeout | undefined;
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const)
    window.on(event, () => {
      clearTimeout(settling);
      settling = setTimeout(keep, 500).unref();
    });
  window.on('close', (event) => {
    keep();
    if (!mayClose()) event.preventDefault();
  });
  window.on('closed', () => {
    clearTimeout(settling);
    onClosed();
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    reloads += 1;
    if (reloads > MOST_RELOADS) onBroken();
    else window.webContents.reload();
  });
  window.loadURL(APP_URL).catch(onBroken);

  return {
    window,
    present() {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}
