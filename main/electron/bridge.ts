/** What the preload script gives the page. Runs in a sandbox: of Node and Electron only what is passed in. */
import type { ContextBridge, IpcRenderer, IpcRendererEvent } from 'electron';
import type { DESKTOP_GLOBAL, DesktopBridge, DesktopCall, DesktopEvent } from '../../app/contract/desktop.ts';
import { CALL_CHANNEL, EVENT_CHANNEL, PORTS_CHANNEL } from './channels.ts';

/** Written out, because importing it would bring all of the contract's schemas into the sandbox. */
const NAME: typeof DESKTOP_GLOBAL = 'shenghuaDesktop';

export interface BridgeSurroundings {
  contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>;
  ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on' | 'off'>;
  /** The page's own window. */
  page: { postMessage(message: unknown, targetOrigin: string, transfer: IpcRendererEvent['ports']): void };
  platform: string;
  version: string;
}

export function installBridge({ contextBridge, ipcRenderer, page, platform, version }: BridgeSurroundings): void {
  const call =
    <Call extends DesktopCall>(name: Call): DesktopBridge[Call] =>
    (...args: unknown[]) =>
      ipcRenderer.invoke(CALL_CHANNEL, name, args);
  // Ports cannot cross the bridge; they reach the page's world as a message from its own window.
  ipcRenderer.on(PORTS_CHANNEL, (event, message) => page.postMessage(message, '*', event.ports));
  const bridge: DesktopBridge = {
    platform,
    version,
    connect: call('connect'),
    openFile: call('openFile'),
    saveFile: call('saveFile'),
    chooseFolder: call('chooseFolder'),
    reveal: call('reveal'),
    setLanguage: call('setLanguage'),
    setTheme: call('setTheme'),
    restartEngine: call('restartEngine'),
    onEvent(listener) {
      const hear = (_event: unknown, told: DesktopEvent): void => listener(told);
      ipcRenderer.on(EVENT_CHANNEL, hear);
      return () => {
        ipcRenderer.off(EVENT_CHANNEL, hear);
      };
    },
  };
  contextBridge.exposeInMainWorld(NAME, bridge);
}
