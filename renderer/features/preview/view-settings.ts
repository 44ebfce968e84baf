/** How the stage is looked at. Kept with the sizes of the panels. */
import { useStore } from 'zustand';
import { setLayout, type UiState, uiStore } from '../../state/ui-store.ts';

const DEFAULTS = {
  /** Of the whole picture; 0 fits it into the panel. */
  zoom: 0,
  thirds: 0,
  safeAreas: 0,
  idle: 0,
  volume: 1,
  muted: 0,
} as const;
export type ViewSetting = keyof typeof DEFAULTS;

export const viewSetting = ({ layout }: UiState, name: ViewSetting): number =>
  layout[`preview.${name}`] ?? DEFAULTS[name];
export const setViewSetting = (name: ViewSetting, value: number): void => setLayout(`preview.${name}`, value);
export const toggleViewSetting = (name: ViewSetting): void =>
  setViewSetting(name, viewSetting(uiStore.getState(), name) === 0 ? 1 : 0);
export const useViewSetting = (name: ViewSetting): number => useStore(uiStore, (state) => viewSetting(state, name));

export const ZOOMS = [0.25, 0.5, 1, 2, 4] as const;
