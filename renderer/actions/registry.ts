/** All actions, as main.tsx brings them together, and what can be done with them. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { language, useT } from '../state/language.ts';
import { projectStore, useProject } from '../state/project.ts';
import { showErrorToast } from '../state/show-error.ts';
import { type UiState, uiStore } from '../state/ui-store.ts';
import type { MenuEntry } from '../ui/menu.tsx';
import { type Action, type ActionState, MENUS, type MenuId } from './action.ts';

let actions: readonly Action[] = [];
let byId: ReadonlyMap<string, Action> = new Map();

/** Once, before anything is drawn. */
export function provideActions(all: readonly Action[]): void {
  actions = all;
  byId = new Map(all.map((action) => [action.id, action]));
  if (byId.size !== all.length) throw new Error('Two actions share an id');
}
export const hasAction = (id: string): boolean => byId.has(id);
export const allActions = (): readonly Action[] => actions;
const actionState = (): ActionState => ({ ui: uiStore.getState(), project: projectStore().getState() });
const isEnabled = (action: Action, state = actionState()): boolean => action.enabled?.(state) ?? true;

/** Does it if it can be done now; what goes wrong is told. False: it cannot be done. */
export function runAction(id: string): boolean {
  const action = byId.get(id);
  const state = actionState();
  if (action === undefined || !isEnabled(action, state)) return false;
  void (async () => {
    try {
      await action.run(state);
    } catch (error) {
      showErrorToast(error);
    }
  })();
  return true;
}

/** The keys of an action: the person's own instead of the first. */
export function shortcutsOf({ id, shortcuts = [] }: Action, own: UiState['shortcuts']): readonly string[] {
  const chosen = own[id];
  if (chosen === undefined) return shortcuts;
  return chosen === '' ? shortcuts.slice(1) : [chosen, ...shortcuts.slice(1)];
}
export const shortcutOfAction = (id: string): string | null => {
  const action = byId.get(id);
  return action === undefined ? null : (shortcutsOf(action, uiStore.getState().shortcuts)[0] ?? null);
};

/** An action as it is now, for a button or a menu. */
export interface ActionView {
  action: Action;
  label: string;
  shortcut: string | null;
  disabled: boolean;
  checked: boolean | undefined;
  run: () => void;
}

export function viewAction(action: Action, state = actionState()): ActionView {
  return {
    action,
    label: language().t.any(action.label),
    shortcut: shortcutsOf(action, state.ui.shortcuts)[0] ?? null,
    disabled: !isEnabled(action, state),
    checked: action.checked?.(state),
    run: () => void runAction(action.id),
  };
}

/** Follows what the action shows. */
export function useAction(id: string): ActionView {
  const action = byId.get(id);
  if (action === undefined) throw new Error(`There is no action ${id}`);
  const t = useT();
  const summary = (): string => {
    const { shortcut, disabled, checked } = viewAction(action);
    return `${shortcut} ${disabled} ${checked}`;
  };
  const ui = useStore(uiStore, summary);
  const project = useProject(summary);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the summaries and the texts say whether anything that shows has changed.
  return useMemo(() => viewAction(action), [action, ui, project, t]);
}

export const toMenuItem = ({ action, label, shortcut, disabled, checked, run }: ActionView): MenuEntry => ({
  label,
  icon: action.icon,
  shortcut,
  disabled,
  checked,
  onSelect: run,
});

/** The menu bar's menus, as they are now; menus without actions are left out. */
export function menuEntries(menu: MenuId): MenuEntry[] {
  const state = actionState();
  const own = actions.filter((action) => action.menu?.id === menu);
  const groups = [...new Set(own.map((action) => action.menu!.group))].sort((a, b) => a - b);
  return groups.flatMap((group, index) => [
    ...(index > 0 ? (['separator'] as const) : []),
    ...own.filter((action) => action.menu!.group === group).map((action) => toMenuItem(viewAction(action, state))),
  ]);
}
export const filledMenus = (): MenuId[] => MENUS.filter((menu) => actions.some((action) => action.menu?.id === menu));
