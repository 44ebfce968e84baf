import type { Action } from '../action.ts';
import { closeProject } from './close-project.ts';
import { openLibrary } from './open-library.ts';
import { openPalette } from './open-palette.ts';
import { openProjects } from './open-projects.ts';
import { openSettings } from './open-settings.ts';
import { redo } from './redo.ts';
import { saveProject } from './save-project.ts';
import { showShortcuts } from './show-shortcuts.ts';
import { switchLanguage } from './switch-language.ts';
import { toggleBottom } from './toggle-bottom.ts';
import { toggleInspector } from './toggle-inspector.ts';
import { toggleLeft } from './toggle-left.ts';
import { toggleTheme } from './toggle-theme.ts';
import { undo } from './undo.ts';
import { zoomIn } from './zoom-in.ts';
import { zoomOut } from './zoom-out.ts';
import { zoomReset } from './zoom-reset.ts';

/** The shell's own actions, in the order they stand in menus. */
export const shellActions: readonly Action[] = [
  openProjects,
  openLibrary,
  saveProject,
  openSettings,
  closeProject,
  undo,
  redo,
  openPalette,
  toggleLeft,
  toggleInspector,
  toggleBottom,
  zoomIn,
  zoomOut,
  zoomReset,
  toggleTheme,
  switchLanguage,
  showShortcuts,
];
