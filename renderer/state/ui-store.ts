/** What the person sees and has chosen about the interface itself. What lasts is kept by the studio's settings (see settings-sync.ts). */
import { createStore } from 'zustand/vanilla';
import type { Locale } from '../i18n/index.ts';

export type ThemeChoice = 'system' | 'dark' | 'light';
export type Screen = 'projects' | 'workspace' | 'library' | 'settings';
/** A project is edited, or it is on air from its live desk. */
export type WorkspaceView = 'edit' | 'live';
export type Route =
  | { screen: 'projects' | 'library' | 'settings' }
  | { screen: 'workspace'; projectId: string; view?: WorkspaceView };

/** What is selected in the open project. Lines by id, in the order they were chosen; the last is the active one. */
export type Selection = { kind: 'none' } | { kind: 'lines'; ids: readonly string[] } | { kind: 'overlay'; id: string };
export const NOTHING: Selection = { kind: 'none' };

export interface UiState {
  route: Route;
  /** null: as the browser or system says. */
  localeChoice: Locale | null;
  theme: ThemeChoice;
  zoom: number;
  /** Sizes and open states of panels by name; px at 100 %, 0 or 1. */
  layout: Readonly<Record<string, number>>;
  shortcuts: Readonly<Record<string, string>>;
  selection: Selection;
  /** Which tab is open in a dock, by the slot's name. */
  tabs: Readonly<Record<string, string>>;
  /** The one open dialog, by the id a feature gave it, with what it was opened for. */
  dialog: { id: string; argument: unknown } | null;
}

export const ZOOM_STEPS = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;

export const uiStore = createStore<UiState>(() => ({
  route: { screen: 'projects' },
  localeChoice: null,
  theme: 'system',
  zoom: 1,
  layout: {},
  shortcuts: {},
  selection: NOTHING,
  tabs: {},
  dialog: null,
}));

const set = uiStore.setState;

export const select = (selection: Selection): void => set({ selection });
export const selectLine = (id: string): void => set({ selection: { kind: 'lines', ids: [id] } });
/** The line that a panel shows; null when none is chosen. */
export const activeLineId = ({ selection }: UiState): string | null =>
  selection.kind === 'lines' ? (selection.ids.at(-1) ?? null) : null;

export const showTab = (slot: string, id: string): void => set(({ tabs }) => ({ tabs: { ...tabs, [slot]: id } }));
export const openDialog = (id: string, argument: unknown = null): void => set({ dialog: { id, argument } });
export const closeDialog = (): void => set({ dialog: null });
export const setTheme = (theme: ThemeChoice): void => set({ theme });
export const setLocale = (localeChoice: Locale | null): void => set({ localeChoice });
export const setZoom = (zoom: number): void => set({ zoom: Math.min(2, Math.max(0.8, zoom)) });
export function stepZoom(by: 1 | -1): void {
  const { zoom } = uiStore.getState();
  const next =
    by > 0 ? ZOOM_STEPS.find((step) => step > zoom + 0.01) : ZOOM_STEPS.findLast((step) => step < zoom - 0.01);
  if (next !== undefined) setZoom(next);
}
export const setLayout = (name: string, value: number): void =>
  set(({ layout }) => ({ layout: { ...layout, [name]: value } }));

export type Panel = 'left' | 'inspector' | 'bottom';
export const isPanelOpen = ({ layout }: UiState, panel: Panel): boolean => (layout[`panel.${panel}`] ?? 1) !== 0;
export const togglePanel = (panel: Panel): void =>
  setLayout(`panel.${panel}`, isPanelOpen(uiStore.getState(), panel) ? 0 : 1);

// ---- where one is; the address's fragment says it, so that back and reload work

export function routeOf(hash: string): Route {
  const [screen, id, view] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'project' && id)
    return { screen: 'workspace', projectId: decodeURIComponent(id), ...(view === 'live' && { view }) };
  return { screen: screen === 'library' || screen === 'settings' ? screen : 'projects' };
}

export const hashOf = (route: Route): string =>
  route.screen === 'workspace'
    ? `#/project/${encodeURIComponent(route.projectId)}${route.view === 'live' ? '/live' : ''}`
    : `#/${route.screen}`;

/** Of the workspace; null elsewhere. */
export const viewOf = ({ route }: UiState): WorkspaceView | null =>
  route.screen === 'workspace' ? (route.view ?? 'edit') : null;

export function navigate(route: Route): void {
  location.hash = hashOf(route);
}

/** Follows the address from now on. */
export function startRouting(): void {
  const follow = (): void => {
    const route = routeOf(location.hash);
    const before = uiStore.getState().route;
    if (hashOf(route) === hashOf(before)) return;
    set({ route, selection: NOTHING, dialog: null });
  };
  set({ route: routeOf(location.hash) });
  window.addEventListener('hashchange', follow);
}
