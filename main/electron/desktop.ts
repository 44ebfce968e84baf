/** The desktop shell: what is started, in which order, and who tells whom. Everything it can do otherwise lies in its neighbours. */
import { join } from 'node:path';
import type { WireError } from '../../app/contract/base.ts';
import {
  type DesktopAnswers,
  type DesktopCall,
  type DesktopCallArguments,
  type DesktopEvent,
  desktopCalls,
  type MenuAction,
  PORTS_MESSAGE,
  type PortsMessage,
} from '../../app/contract/desktop.ts';
import { describeError, type Locale } from '../../app/errors/index.ts';
import { studioPaths } from '../storage/paths.ts';
import { APP_SCHEME, createAppProtocol, isOurs } from './app-protocol.ts';
import { CALL_CHANNEL, EVENT_CHANNEL, PORTS_CHANNEL } from './channels.ts';
import { createEngineSupervisor, type Timers } from './engine-supervisor.ts';
import { createFileDialogs } from './file-dialogs.ts';
import { lockContents, lockSession, type MediaKind } from './lock-down.ts';
import { type MainWindow, openMainWindow } from './main-window.ts';
import { menuTemplate, trayTemplate } from './menu.ts';
import { projectFileIn } from './opened-files.ts';
import { createQuitting, type QuitAnswer } from './quit.ts';
import { createSecretStore } from './secrets.ts';
import type { Shell, ShellTray } from './shell.ts';
import { type Activity, IDLE, type Question } from './wire/engine-protocol.ts';
import { filled, type ShellWords, shellWords } from './words.ts';

export interface DesktopSurroundings {
  argv: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Where package.json, renderer/dist and resources lie; inside the archive once packed. */
  appDir: string;
  /** The engine's program: outside of the archive. */
  engineProgram: string;
  timers?: Timers;
}

/** Returns at once; the rest happens as Electron tells. Does nothing but leave where another instance runs already. */
export function startDesktop(shell: Shell, around: DesktopSurroundings): void {
  const { app } = shell;
  const isMac = around.platform === 'darwin';
  // Data in a place of the person's choice: the window's own memory, and with it the question of the first instance, goes along.
  if (around.env.SHENGHUA_DATA) app.setPath('userData', join(studioPaths({ env: around.env }).dataDir, 'desktop'));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Both must be said before Electron is ready.
  shell.protocol.registerSchemesAsPrivileged([APP_SCHEME]);
  app.enableSandbox();
  app.setAppUserModelId('studio.shenghua.desktop');

  const { dataDir } = studioPaths({ env: around.env });
  const stateFile = join(app.getPath('userData'), 'window.json');
  const icon = join(around.appDir, 'resources', 'icons', 'icon.png');
  const trayIcon = join(around.appDir, 'resources', 'icons', 'tray.png');
  let locale: Locale = app.getPreferredSystemLanguages()[0]?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
  let activity: Activity = IDLE;
  let main: MainWindow | undefined;
  /** The page has asked for ports, and gets new ones whenever the engine has. */
  let connected = false;
  let tray: ShellTray | undefined;
  let sleepBlocker: number | undefined;
  const words = (): ShellWords => shellWords[locale];
  /** Opened before there was a page to tell. */
  const opened: string[] = [];

  const tell = (event: DesktopEvent): void => {
    if (main !== undefined && !main.window.isDestroyed()) main.window.webContents.send(EVENT_CHANNEL, event);
  };
  const engine = createEngineSupervisor(shell, {
    program: around.engineProgram,
    ...(around.timers ? { timers: around.timers } : {}),
    onState(state) {
      if (state.state !== 'running') onActivity(IDLE);
      else connectPage();
      tell({ type: 'engine', engine: state });
      if (state.state === 'failed') void tellFailure(state.error);
    },
    onMessage(message) {
      if (message.type === 'activity') onActivity(message.activity);
      else {
        if (message.locale !== null) setLanguage(message.locale);
        shell.nativeTheme.themeSource = message.theme;
      }
    },
    answer,
  });
  const files = createFileDialogs(shell, { engine, locale: () => locale, dataDir });
  const secrets = createSecretStore(shell.safeStorage, {
    file: join(app.getPath('userData'), 'secrets.json'),
    platform: around.platform,
  });
  const quitting = createQuitting({
    activity: () => activity,
    ask: askBeforeQuitting,
    onFinishing: () => main?.window.hide(),
    async leave() {
      await engine.end();
      tray?.destroy();
      if (main !== undefined && !main.window.isDestroyed()) main.window.destroy();
      app.exit(0);
    },
  });

  function answer(question: Question): Promise<unknown> {
    switch (question.ask) {
      case 'secret.get':
        return secrets.get(question.name);
      case 'secret.set':
        return secrets.set(question.name, question.value);
      case 'secret.delete':
        return secrets.delete(question.name);
      case 'secret.names':
        return secrets.names();
      case 'reveal':
        shell.shell.showItemInFolder(question.path);
        return Promise.resolve(true);
      case 'chooseFolder':
        return files.chooseFolder();
    }
  }

  function onActivity(now: Activity): void {
    const before = activity;
    activity = now;
    const busy = now.exports > 0 || now.live;
    if (busy !== (before.exports > 0 || before.live)) {
      if (busy) sleepBlocker ??= shell.powerSaveBlocker.start('prevent-app-suspension');
      else if (sleepBlocker !== undefined) {
        shell.powerSaveBlocker.stop(sleepBlocker);
        sleepBlocker = undefined;
      }
      // A hidden window's timers would be slowed, and the page's part in the work with them.
      if (main !== undefined && !main.window.isDestroyed()) main.window.webContents.setBackgroundThrottling(!busy);
    }
    drawTray();
    quitting.update();
  }

  function connectPage(): void {
    if (!connected || main === undefined || main.window.isDestroyed()) return;
    const ports = engine.connect();
    if (ports === null) return;
    const message: PortsMessage = { type: PORTS_MESSAGE, engineRun: ports.engineRun };
    main.window.webContents.postMessage(PORTS_CHANNEL, message, [ports.rpc, ports.preview]);
  }

  function setLanguage(next: Locale): void {
    if (next === locale) return;
    locale = next;
    drawMenu();
    drawTray();
  }

  function drawMenu(): void {
    const run = (action: MenuAction): void => tell({ type: 'action', action });
    shell.Menu.setApplicationMenu(
      shell.Menu.buildFromTemplate(
        menuTemplate({ locale, platform: around.platform, run, quit: () => quitting.quit() }),
      ),
    );
  }

  let drawn = '';
  function drawTray(): void {
    if (tray === undefined) return;
    const { live, exports, progress } = activity;
    const percent = Math.floor((progress ?? 0) * 100);
    const status = live
      ? words().live
      : exports > 0
        ? filled(words().exporting, { percent, count: exports })
        : words().idle;
    if (drawn === `${locale} ${status}`) return;
    drawn = `${locale} ${status}`;
    tray.setToolTip(`${words().appName} · ${status}`);
    tray.setContextMenu(
      shell.Menu.buildFromTemplate(trayTemplate({ locale, status, show: present, quit: () => quitting.quit() })),
    );
  }

  /** Without an engine the page can do nothing: said by the system, whatever the page shows. */
  async function tellFailure(error: WireError | null): Promise<void> {
    const told = error && describeError(error, locale);
    const { response } = await shell.dialog.showMessageBox({
      type: 'error',
      message: told?.message ?? words().engineFailed,
      detail: told?.hint ?? words().engineFailedDetail,
      buttons: [words().quit, words().tryAgain],
      defaultId: 1,
      cancelId: 0,
      noLink: true,
    });
    if (response === 1) engine.restart();
    else quitting.quit();
  }

  async function askBeforeQuitting(now: Activity): Promise<QuitAnswer> {
    const answers: QuitAnswer[] = ['no', 'when-done', 'now'];
    const { response } = await shell.dialog.showMessageBox({
      type: 'question',
      message: now.live ? words().live : words().quitTitle,
      detail: now.live ? words().quitLive : words().quitDetail,
      buttons: [words().quitNot, words().quitLater, words().quitNow],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    return answers[response] ?? 'no';
  }

  async function askForMedia(kinds: readonly MediaKind[]): Promise<boolean> {
    const { response } = await shell.dialog.showMessageBox({
      type: 'question',
      message: kinds.length > 1 ? words().both : words()[kinds[0]!],
      detail: words().mediaDetail,
      buttons: [words().deny, words().allow],
      defaultId: 1,
      cancelId: 0,
      noLink: true,
    });
    return response === 1;
  }

  function present(): void {
    quitting.stay();
    if (main === undefined || main.window.isDestroyed()) open();
    else main.present();
  }

  function open(): void {
    connected = false;
    main = openMainWindow(shell, {
      preload: join(around.appDir, 'main', 'electron', 'preload.cjs'),
      icon,
      title: words().appName,
      stateFile,
      version: app.getVersion(),
      mayClose() {
        // Where the window is the program, closing it is leaving.
        if (isMac || quitting.state() === 'leaving' || (activity.exports === 0 && !activity.live)) return true;
        quitting.quit();
        return false;
      },
      onClosed() {
        main = undefined;
        connected = false;
      },
      onBroken() {
        void shell.dialog
          .showMessageBox({ type: 'error', message: words().brokenTitle, detail: words().brokenDetail })
          .finally(() => quitting.quit());
      },
    });
    if (activity.exports > 0 || activity.live) main.window.webContents.setBackgroundThrottling(false);
  }

  async function tellOpened(): Promise<void> {
    for (const path of opened.splice(0)) tell({ type: 'opened', file: await files.take(path, 'project') });
  }
  function openFromOutside(path: string): void {
    opened.push(path);
    // A page that is not there yet hears of it once it is.
    if (connected) void tellOpened();
  }

  type Calls = { [Call in DesktopCall]: (...args: DesktopCallArguments<Call>) => Promise<DesktopAnswers[Call]> };
  const calls: Calls = {
    async connect() {
      connected = true;
      const state = engine.state();
      if (state.state !== 'ended') tell({ type: 'engine', engine: state });
      connectPage();
      void tellOpened();
      return undefined;
    },
    openFile: (kind) => files.openFile(kind),
    saveFile: (request) => files.saveFile(request),
    chooseFolder: () => files.chooseFolder(),
    reveal: (path) => files.reveal(path),
    async setLanguage(next) {
      setLanguage(next);
      return undefined;
    },
    async setTheme(theme) {
      shell.nativeTheme.themeSource = theme;
      return undefined;
    },
    async restartEngine() {
      engine.restart();
      return undefined;
    },
  };

  app.on('second-instance', (_event, argv, cwd) => {
    const path = projectFileIn(argv, cwd);
    if (path !== null) openFromOutside(path);
    present();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openFromOutside(path);
    if (tray !== undefined) present();
  });
  app.on('web-contents-created', (_event, contents) => lockContents(contents, shell.shell));
  app.on('activate', present);
  app.on('window-all-closed', () => {
    if (!isMac && quitting.state() === 'open') quitting.quit();
  });
  app.on('before-quit', (event) => {
    if (quitting.state() === 'leaving') return;
    event.preventDefault();
    quitting.quit();
  });

  const path = projectFileIn(around.argv, around.cwd);
  if (path !== null) opened.push(path);

  void app.whenReady().then(() => {
    const { defaultSession } = shell.session;
    lockSession(defaultSession, {
      ask: askForMedia,
      askSystem: (kind) => (isMac ? shell.systemPreferences.askForMediaAccess(kind) : Promise.resolve(true)),
    });
    const handle = createAppProtocol({ rendererDir: join(around.appDir, 'renderer', 'dist'), engine });
    defaultSession.protocol.handle(APP_SCHEME.scheme, handle);
    shell.ipcMain.handle(CALL_CHANNEL, (event, name, args) => {
      const frame = event.senderFrame;
      if (frame === null || frame.parent !== null || !isOurs(frame.url)) throw new Error('not for this page');
      if (typeof name !== 'string' || !Object.hasOwn(desktopCalls, name)) throw new Error('no such call');
      const call = name as DesktopCall;
      const run = calls[call] as (...given: unknown[]) => Promise<unknown>;
      return run(...desktopCalls[call].parse(args));
    });
    engine.start();
    drawMenu();
    tray = new shell.Tray(trayIcon);
    tray.on('click', present);
    drawTray();
    open();
  });
}
