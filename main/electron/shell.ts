/**
 * What of Electron the shell uses, typed by Electron itself. `main.ts` hands the real modules over, tests a double; both are
 * checked against the same interfaces.
 */

import type * as electron from 'electron';
import type {
  BrowserWindowConstructorOptions,
  DownloadItem,
  Shell as ElectronShell,
  Event,
  IpcMainInvokeEvent,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  MessagePortMain,
  OpenDialogOptions,
  Rectangle,
  SaveDialogOptions,
  Session,
  WebContents,
  WebContentsWillFrameNavigateEventParams,
  WindowOpenHandlerResponse,
} from 'electron';

export interface ShellContents {
  readonly id: number;
  on(
    event: 'will-frame-navigate',
    listener: (details: Event<WebContentsWillFrameNavigateEventParams>) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: Event) => void): unknown;
  on(event: 'render-process-gone', listener: (event: Event, details: { reason: string }) => void): unknown;
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void;
  setBackgroundThrottling(allowed: boolean): void;
  send(channel: string, ...args: unknown[]): void;
  postMessage(channel: string, message: unknown, transfer?: MessagePortMain[]): void;
  reload(): void;
  isDestroyed(): boolean;
}

export interface ShellWindow {
  readonly webContents: ShellContents;
  loadURL(url: string): Promise<void>;
  on(event: 'close', listener: (event: Event) => void): unknown;
  on(event: 'closed' | 'resize' | 'move' | 'maximize' | 'unmaximize', listener: () => void): unknown;
  once(event: 'ready-to-show', listener: () => void): unknown;
  show(): void;
  hide(): void;
  focus(): void;
  restore(): void;
  maximize(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isDestroyed(): boolean;
  getNormalBounds(): Rectangle;
  destroy(): void;
}

export interface ShellChild {
  readonly pid: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'spawn', listener: () => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(message: unknown, transfer?: MessagePortMain[]): void;
  kill(): boolean;
}

export interface ShellTray {
  setToolTip(text: string): void;
  setContextMenu(menu: ShellMenu | null): void;
  on(event: 'click', listener: () => void): unknown;
  destroy(): void;
}

/** A built menu; the shell only passes it on. */
export type ShellMenu = Pick<electron.Menu, 'items'>;

export interface ShellApp
  extends Pick<
    electron.App,
    | 'requestSingleInstanceLock'
    | 'whenReady'
    | 'quit'
    | 'exit'
    | 'getPath'
    | 'setPath'
    | 'getVersion'
    | 'getPreferredSystemLanguages'
    | 'setAppUserModelId'
    | 'enableSandbox'
  > {
  on(event: 'second-instance', listener: (event: Event, argv: string[], cwd: string) => void): unknown;
  on(event: 'open-file', listener: (event: Event, path: string) => void): unknown;
  on(event: 'activate' | 'window-all-closed', listener: () => void): unknown;
  on(event: 'before-quit', listener: (event: Event) => void): unknown;
  on(event: 'web-contents-created', listener: (event: Event, contents: WebContents) => void): unknown;
}

export type PermissionRequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
export type PermissionCheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;

export interface ShellSession
  extends Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setDisplayMediaRequestHandler'
    | 'setSpellCheckerEnabled'
  > {
  readonly protocol: Pick<electron.Protocol, 'handle'>;
  on(event: 'will-download', listener: (event: Event, item: DownloadItem) => void): unknown;
}

export interface Shell {
  readonly app: ShellApp;
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => ShellWindow;
  readonly Menu: {
    buildFromTemplate(template: MenuItemConstructorOptions[]): ShellMenu;
    setApplicationMenu(menu: ShellMenu | null): void;
  };
  readonly Tray: new (icon: string) => ShellTray;
  readonly MessageChannelMain: new () => { port1: MessagePortMain; port2: MessagePortMain };
  readonly dialog: {
    showOpenDialog(options: OpenDialogOptions): Promise<{ canceled: boolean; filePaths: string[] }>;
    showSaveDialog(options: SaveDialogOptions): Promise<{ canceled: boolean; filePath: string }>;
    showMessageBox(options: MessageBoxOptions): Promise<{ response: number }>;
  };
  readonly ipcMain: {
    handle(channel: string, listener: (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown): void;
  };
  readonly nativeTheme: { themeSource: 'system' | 'light' | 'dark' };
  readonly powerSaveBlocker: Pick<electron.PowerSaveBlocker, 'start' | 'stop'>;
  readonly protocol: Pick<electron.Protocol, 'registerSchemesAsPrivileged'>;
  readonly safeStorage: Pick<
    electron.SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >;
  readonly screen: { getAllDisplays(): { workArea: Rectangle }[] };
  readonly systemPreferences: Pick<electron.SystemPreferences, 'askForMediaAccess'>;
  readonly session: { readonly defaultSession: ShellSession };
  readonly shell: Pick<ElectronShell, 'showItemInFolder' | 'openExternal'>;
  readonly utilityProcess: {
    fork(modulePath: string, args?: string[], options?: electron.ForkOptions): ShellChild;
  };
}
