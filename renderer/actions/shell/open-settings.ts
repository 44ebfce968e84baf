import { Settings } from 'lucide-react';
import { navigate } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const openSettings: Action = {
  id: 'settings.open',
  label: 'shell.openSettings',
  icon: Settings,
  shortcuts: ['Mod+,'],
  menu: { id: 'file', group: 8 },
  run: () => navigate({ screen: 'settings' }),
};
