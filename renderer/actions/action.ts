/** A user action is data: where it shows, which keys bring it, when it can be done, and what it does. */
import type { LucideIcon } from 'lucide-react';
import type { MessageKey } from '../i18n/index.ts';
import type { ProjectState } from '../state/project-state.ts';
import type { UiState } from '../state/ui-store.ts';

export const MENUS = ['file', 'edit', 'view', 'play', 'help'] as const;
export type MenuId = (typeof MENUS)[number];

/** What there is when it is asked whether an action can be done. */
export interface ActionState {
  ui: UiState;
  project: ProjectState;
}

export interface Action {
  /** `area.verb`; those of app/contract/desktop.ts MENU_ACTIONS also stand in the desktop shell's menu. */
  id: string;
  label: MessageKey;
  icon?: LucideIcon;
  /** As in shortcut.ts; the first is shown. The person may choose another (settings `shortcuts`). */
  shortcuts?: readonly string[];
  /** Where in the menu bar; groups of one menu are parted by lines, in the order of their numbers. */
  menu?: { id: MenuId; group: number };
  /** Also while the focus is in a text field that does not handle the keys itself. Needed by shortcuts with Mod that a field has a use for. */
  inText?: boolean;
  /** Absent: always. */
  enabled?: (state: ActionState) => boolean;
  /** Of a switch: whether it is on. */
  checked?: (state: ActionState) => boolean;
  run: (state: ActionState) => void | Promise<void>;
}

/** A project is open and can be edited. */
export const hasProject = ({ ui, project }: ActionState): boolean =>
  ui.route.screen === 'workspace' && project.document !== null;
