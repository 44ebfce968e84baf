/** The preload script: built into one CommonJS file, since a sandboxed one may load no other. */
import { contextBridge, ipcRenderer } from 'electron';
import { type BridgeSurroundings, installBridge } from './bridge.ts';

declare const window: BridgeSurroundings['page'];

installBridge({
  contextBridge,
  ipcRenderer,
  page: window,
  platform: process.platform,
  version: process.argv.find((argument) => argument.startsWith('--studio-version='))?.split('=')[1] ?? '',
});
