/** The menu bar. Its items send ids of actions to the page, which does what the same key or button there would do. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuAction } from '../../app/contract/desktop.ts';
import type { Locale } from '../../app/errors/index.ts';
import { actionWords, shellWords } from './words.ts';

export interface MenuContext {
  locale: Locale;
  platform: NodeJS.Platform;
  run(action: MenuAction): void;
  quit(): void;
}

export function menuTemplate({ locale, platform, run, quit }: MenuContext): MenuItemConstructorOptions[] {
  const words = shellWords[locale];
  const isMac = platform === 'darwin';
  const action = (id: MenuAction, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label: actionWords[id][locale],
    click: () => run(id),
    // Elsewhere the page hears the keys itself and knows whether a text is being edited; macOS gives them to the menu first.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: isMac }),
  });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const quitItem: MenuItemConstructorOptions = {
    id: 'quit',
    label: words.quit,
    accelerator: 'CmdOrCtrl+Q',
    click: quit,
  };
  const settings = action('settings.open', 'CmdOrCtrl+,');

  return [
    ...(isMac
      ? [
          {
            label: words.appName,
            submenu: [
              { role: 'about' as const, label: words.about },
              line,
              settings,
              line,
              { role: 'hide' as const, label: words.hide },
              { role: 'hideOthers' as const, label: words.hideOthers },
              line,
              quitItem,
            ],
          },
        ]
      : []),
    {
      label: words.file,
      submenu: [
        action('project.new', 'CmdOrCtrl+N'),
        action('project.open', 'CmdOrCtrl+O'),
        line,
        action('project.save', 'CmdOrCtrl+S'),
        action('project.exportBundle', 'CmdOrCtrl+Shift+S'),
        line,
        action('export.open', 'CmdOrCtrl+E'),
        action('library.open', 'CmdOrCtrl+L'),
        line,
        action('project.close', 'CmdOrCtrl+W'),
        ...(isMac ? [] : [line, settings, line, quitItem]),
      ],
    },
    {
      label: words.edit,
      submenu: [
        action('edit.undo', 'CmdOrCtrl+Z'),
        action('edit.redo', isMac ? 'Cmd+Shift+Z' : 'Ctrl+Y'),
        line,
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
        line,
        action('edit.find', 'CmdOrCtrl+F'),
        action('palette.open', 'CmdOrCtrl+K'),
      ],
    },
    {
      label: words.play,
      // Space and Home are typed in every text: shown where showing does not take them.
      submenu: [
        action('preview.toggle', isMac ? undefined : 'Space'),
        action('preview.fromStart', isMac ? undefined : 'Home'),
      ],
    },
    {
      label: words.view,
      submenu: [
        action('view.zoomIn', 'CmdOrCtrl+='),
        action('view.zoomOut', 'CmdOrCtrl+-'),
        action('view.zoomReset', 'CmdOrCtrl+0'),
        line,
        action('view.theme'),
        { role: 'togglefullscreen', label: words.fullScreen },
        { role: 'toggleDevTools', label: words.devTools },
      ],
    },
    ...(isMac
      ? [
          {
            label: words.window,
            role: 'window' as const,
            submenu: [{ role: 'minimize' as const, label: words.minimize }],
          },
        ]
      : []),
    {
      label: words.help,
      role: 'help',
      submenu: [action('help.tour'), action('help.shortcuts', 'F1'), action('help.machine')],
    },
  ];
}

export interface TrayContext {
  locale: Locale;
  status: string;
  show(): void;
  quit(): void;
}

export function trayTemplate({ locale, status, show, quit }: TrayContext): MenuItemConstructorOptions[] {
  const words = shellWords[locale];
  return [
    { label: status, enabled: false },
    { type: 'separator' },
    { label: words.show, click: show },
    { label: words.quit, click: quit },
  ];
}
