/** The program Electron starts. Everything else takes Electron as an argument. */
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  utilityProcess,
} from 'electron';
import { startDesktop } from './desktop.ts';

const appDir = fileURLToPath(new URL('../../', import.meta.url));
const engineProgram = fileURLToPath(new URL('./engine/main.ts', import.meta.url));

startDesktop(
  {
    app,
    BrowserWindow,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain,
    nativeTheme,
    powerSaveBlocker,
    protocol,
    safeStorage,
    screen,
    session,
    shell,
    systemPreferences,
    Tray,
    utilityProcess,
  },
  {
    argv: process.argv,
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    appDir,
    // Threads, native code and programs of others need real files: the engine and all it loads lie beside the archive.
    engineProgram: engineProgram.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'),
  },
);
