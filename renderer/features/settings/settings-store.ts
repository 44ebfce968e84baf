import { createStore } from 'zustand/vanilla';
import { navigate } from '../../state/ui-store.ts';

export const SECTIONS = [
  'general',
  'export',
  'providers',
  'models',
  'live',
  'data',
  'machine',
  'shortcuts',
  'about',
] as const;
export type SettingsSection = (typeof SECTIONS)[number];

/** Which page of the settings is open. */
export const settingsStore = createStore<{ section: SettingsSection }>(() => ({ section: 'general' }));

export function showSettings(section: SettingsSection): void {
  settingsStore.setState({ section });
  navigate({ screen: 'settings' });
}
