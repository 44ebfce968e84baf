/**
 * Electron as the shell sees it, without Electron: events, windows, dialogs and processes are objects that a test looks at and
 * speaks through. The engine's process is a thread with a `process.parentPort`; pages run the real preload code.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type {
  BrowserWindowConstructorOptions,
  Event,
  IpcMainInvokeEvent,
  IpcRenderer,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  MessagePortMain,
  OpenDialogOptions,
  Rectangle,
  SaveDialogOptions,
  WebContents,
  WindowOpenHandlerResponse,
} from 'electron';
import type { DesktopBridge, DesktopEvent, EngineState, PortsMessage } from '../../app/contract/desktop.ts';
import { installBridge } from '../../main/electron/bridge.ts';
import type { Timers } from '../../main/electron/engine-supervisor.ts';
import type {
  PermissionCheckHandler,
  PermissionRequestHandler,
  Shell,
  ShellChild,
  ShellContents,
  ShellWindow,
} from '../../main/electron/shell.ts';

/** `MessagePortMain` over Node's own port: no `addEventListener`, messages wrapped in events. */
class DoublePort extends EventEmitter {
  readonly raw: MessagePort;
  constructor(raw: MessagePort) {
    super();
    this.raw = raw;
    raw.on('close', () => this.emit('close'));
  }
  start(): void {
    this.raw.on('message', (data) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown): void {
    this.raw.postMessage(message);
  }
  close(): void {
    this.raw.close();
  }
}
const rawPorts = (ports: readonly MessagePortMain[] = []): MessagePort[] =>
  ports.map((port) => (port as unknown as DoublePort).raw);

export class DoubleChild extends EventEmitter implements ShellChild {
  readonly pid: number | undefined;
  readonly stdout = null;
  readonly stderr = null;
  readonly exited: Promise<number>;
  readonly #worker: Worker;
  constructor(program: string, env: NodeJS.ProcessEnv) {
    super();
    this.#worker = new Worker(new URL('./engine-thread.ts', import.meta.url), { workerData: { program }, env });
    this.pid = this.#worker.threadId;
    this.#worker.on('message', (message) => this.emit('message', message));
    this.#worker.on('error', (error) => console.error(error));
    const exited = Promise.withResolvers<number>();
    this.exited = exited.promise;
    this.#worker.on('exit', (code) => {
      exited.resolve(code);
      this.emit('exit', code);
    });
  }
  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = rawPorts(transfer);
    this.#worker.postMessage({ data: message, ports }, ports);
  }
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}

/** What of a page a test needs: its bridge, the events it was told, the ports it was given. */
export class DoublePage {
  readonly events: DesktopEvent[] = [];
  readonly ports: { message: PortsMessage; rpc: MessagePort; preview: MessagePort }[] = [];
  readonly happened = new EventEmitter();
  bridge!: DesktopBridge;

  /** The first for which it holds, of those told so far or to come. */
  async event<T extends DesktopEvent['type']>(
    type: T,
    fits: (event: Extract<DesktopEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<DesktopEvent, { type: T }>> {
    const is = (event: DesktopEvent): event is Extract<DesktopEvent, { type: T }> =>
      event.type === type && fits(event as Extract<DesktopEvent, { type: T }>);
    for (;;) {
      const found = this.events.find(is);
      if (found !== undefined) return found;
      await new Promise((resolve) => this.happened.once('told', resolve));
    }
  }
  async engine(state: EngineState['state']): Promise<EngineState> {
    return (await this.event('engine', ({ engine }) => engine.state === state)).engine;
  }
  async portsOfRun(run: number): Promise<{ rpc: MessagePort; preview: MessagePort }> {
    for (;;) {
      const found = this.ports.find(({ message }) => message.engineRun === run);
      if (found !== undefined) return found;
      await new Promise((resolve) => this.happened.once('told', resolve));
    }
  }
}

class DoubleContents extends EventEmitter implements ShellContents {
  readonly id = 1;
  readonly page = new DoublePage();
  throttling = true;
  reloads = 0;
  openHandler: ((details: { url: string }) => WindowOpenHandlerResponse) | undefined;
  /** What the preload script listens to. */
  readonly ipc = new EventEmitter();
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void {
    this.openHandler = handler;
  }
  setBackgroundThrottling(allowed: boolean): void {
    this.throttling = allowed;
  }
  send(channel: string, ...args: unknown[]): void {
    this.ipc.emit(channel, { ports: [] }, ...structuredClone(args));
  }
  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    this.ipc.emit(channel, { ports: rawPorts(transfer) }, structuredClone(message));
  }
  reload(): void {
    this.reloads += 1;
  }
  isDestroyed(): boolean {
    return false;
  }
}

export class DoubleWindow extends EventEmitter implements ShellWindow {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new DoubleContents();
  readonly shown: string[] = [];
  url = '';
  maximized = false;
  minimized = false;
  destroyed = false;
  bounds: Rectangle;
  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.bounds = {
      x: options.x ?? 10,
      y: options.y ?? 10,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
  }
  async loadURL(url: string): Promise<void> {
    this.url = url;
  }
  show(): void {
    this.shown.push('show');
  }
  hide(): void {
    this.shown.push('hide');
  }
  focus(): void {
    this.shown.push('focus');
  }
  restore(): void {
    this.minimized = false;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds(): Rectangle {
    return this.bounds;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
  /** As the person does. Whether it went. */
  close(): boolean {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
    return !prevented;
  }
}

export interface ElectronDouble {
  readonly shell: Shell;
  readonly app: EventEmitter;
  /** By their order of making. */
  readonly windows: DoubleWindow[];
  readonly children: DoubleChild[];
  /** What was asked in message boxes; `answers` are taken one after another, the box's cancel where there is none. */
  readonly asked: MessageBoxOptions[];
  readonly answers: number[];
  /** Paths the open and save dialogs give, one after another; cancelled where there is none. */
  readonly chosen: string[];
  readonly opened: { type: 'open' | 'save'; options: OpenDialogOptions | SaveDialogOptions }[];
  readonly revealed: string[];
  readonly openedUrls: string[];
  readonly menus: MenuItemConstructorOptions[][];
  readonly log: string[];
  readonly exited: Promise<number>;
  permissionRequest: PermissionRequestHandler | undefined;
  permissionCheck: PermissionCheckHandler | undefined;
  fetch(request: Request): Promise<Response>;
  /** Calls the shell as a page at `url` would. */
  call(name: string, args: unknown[], url?: string, isMainFrame?: boolean): Promise<unknown>;
  becomeReady(): Promise<void>;
}

export interface DoubleOptions {
  userData: string;
  env?: NodeJS.ProcessEnv;
  firstInstance?: boolean;
  languages?: string[];
  /** false: the system has no keychain. */
  keychain?: boolean;
}

export function createElectronDouble({
  userData,
  env = process.env,
  firstInstance = true,
  languages = ['en-GB'],
  keychain = true,
}: DoubleOptions): ElectronDouble {
  const app = new EventEmitter();
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<number>();
  const calls = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  let handler: ((request: Request) => Response | Promise<Response>) | undefined;
  let paths = { userData };

  const double: ElectronDouble = {
    app,
    ...{ windows: [], children: [], asked: [], answers: [], chosen: [], opened: [] },
    ...{ revealed: [], openedUrls: [], menus: [], log: [] },
    exited: exited.promise,
    permissionRequest: undefined,
    permissionCheck: undefined,
    async fetch(request) {
      if (handler === undefined) throw new Error('no protocol handler');
      return await handler(request);
    },
    async call(name, args, url = 'studio://app/', isMainFrame = true) {
      const senderFrame = { url, parent: isMainFrame ? null : {} };
      const answer = await calls.get('shenghua:call')?.(
        { senderFrame } as unknown as IpcMainInvokeEvent,
        ...(structuredClone([name, args]) as unknown[]),
      );
      return structuredClone(answer);
    },
    async becomeReady() {
      ready.resolve();
      await ready.promise;
      await Promise.resolve();
    },
    shell: undefined as unknown as Shell,
  };

  class BrowserWindow extends DoubleWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options);
      double.windows.push(this);
      this.on('closed', () => {
        if (double.windows.every(({ destroyed }) => destroyed)) app.emit('window-all-closed');
      });
      app.emit('web-contents-created', {} as Event, this.webContents as unknown as WebContents);
      const { page, ipc } = this.webContents;
      installBridge({
        contextBridge: {
          exposeInMainWorld(_name, api) {
            page.bridge = api as DesktopBridge;
          },
        },
        ipcRenderer: {
          invoke: (_channel: string, name: string, args: unknown[]) => double.call(name, args),
          on: (channel: string, listener: (...args: unknown[]) => void) => ipc.on(channel, listener),
          off: (channel: string, listener: (...args: unknown[]) => void) => ipc.off(channel, listener),
        } as unknown as Pick<IpcRenderer, 'invoke' | 'on' | 'off'>,
        page: {
          postMessage(message, _origin, [rpc, preview]) {
            page.ports.push({
              message: message as PortsMessage,
              rpc: rpc as unknown as MessagePort,
              preview: preview as unknown as MessagePort,
            });
            page.happened.emit('told');
          },
        },
        platform: 'linux',
        version: '0.0.0',
      });
      page.bridge.onEvent((event) => {
        page.events.push(event);
        page.happened.emit('told');
      });
    }
  }

  const shell: Shell = {
    app: Object.assign(app, {
      requestSingleInstanceLock: () => firstInstance,
      whenReady: () => ready.promise,
      quit: () => {
        double.log.push('quit');
        let prevented = false;
        app.emit('before-quit', { preventDefault: () => (prevented = true) });
        if (!prevented) exited.resolve(0);
      },
      exit: (code = 0) => {
        double.log.push('exit');
        exited.resolve(code);
      },
      getPath: (name: string) => (name === 'userData' ? paths.userData : userData),
      setPath: (name: string, path: string) => {
        if (name === 'userData') paths = { userData: path };
      },
      getVersion: () => '0.0.0',
      getPreferredSystemLanguages: () => languages,
      setAppUserModelId: () => {},
      enableSandbox: () => double.log.push('sandbox'),
    }),
    BrowserWindow,
    Menu: {
      buildFromTemplate(template) {
        double.menus.push(template);
        return { items: [] };
      },
      setApplicationMenu: () => {},
    },
    Tray: class extends EventEmitter {
      readonly icon: string;
      constructor(icon: string) {
        super();
        this.icon = icon;
      }
      setToolTip(text: string): void {
        double.log.push(`tray: ${text}`);
      }
      setContextMenu(): void {}
      destroy(): void {}
    },
    MessageChannelMain: class {
      readonly port1: MessagePortMain;
      readonly port2: MessagePortMain;
      constructor() {
        const { port1, port2 } = new MessageChannel();
        this.port1 = new DoublePort(port1) as unknown as MessagePortMain;
        this.port2 = new DoublePort(port2) as unknown as MessagePortMain;
      }
    },
    dialog: {
      async showOpenDialog(options) {
        double.opened.push({ type: 'open', options });
        const path = double.chosen.shift();
        return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] };
      },
      async showSaveDialog(options) {
        double.opened.push({ type: 'save', options });
        const path = double.chosen.shift();
        return { canceled: path === undefined, filePath: path ?? '' };
      },
      async showMessageBox(options) {
        double.asked.push(options);
        return { response: double.answers.shift() ?? options.cancelId ?? 0 };
      },
    },
    ipcMain: { handle: (channel, listener) => void calls.set(channel, listener) },
    nativeTheme: { themeSource: 'system' },
    powerSaveBlocker: {
      start: (type) => double.log.push(`awake: ${type}`),
      stop: () => double.log.push('may sleep') > 0,
    },
    protocol: { registerSchemesAsPrivileged: (schemes) => double.log.push(`scheme: ${schemes[0]?.scheme}`) },
    safeStorage: {
      isAsyncEncryptionAvailable: async () => keychain,
      encryptStringAsync: async (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
      decryptStringAsync: async (bytes) => ({
        result: Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString(),
        shouldReEncrypt: false,
      }),
      getSelectedStorageBackend: () => 'gnome_libsecret',
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] },
    systemPreferences: { askForMediaAccess: async () => true },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (given) => {
          double.permissionRequest = given ?? undefined;
        },
        setPermissionCheckHandler: (given) => {
          double.permissionCheck = given ?? undefined;
        },
        setDevicePermissionHandler: (given) => {
          double.log.push(`devices: ${given?.({} as Parameters<typeof given>[0])}`);
        },
        setDisplayMediaRequestHandler: () => {},
        setSpellCheckerEnabled: (on) => double.log.push(`spelling: ${on}`),
        protocol: {
          handle(_scheme, given) {
            handler = given as (request: Request) => Response | Promise<Response>;
          },
        },
        on: () => {},
      },
    },
    shell: {
      showItemInFolder: (path) => void double.revealed.push(path),
      openExternal: async (url) => void double.openedUrls.push(url),
    },
    utilityProcess: {
      fork(program) {
        const child = new DoubleChild(program, env);
        double.children.push(child);
        return child;
      },
    },
  };
  return Object.assign(double, { shell });
}

/** Time that passes when a test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  #waiting: { at: number; then: () => void }[] = [];
  after(ms: number, then: () => void): { cancel(): void } {
    const timer = { at: this.#now + ms, then };
    this.#waiting.push(timer);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== timer);
      },
    };
  }
  nowMs(): number {
    return this.#now;
  }
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#waiting.filter(({ at }) => at <= this.#now);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now);
    for (const { then } of due) then();
  }
}
