import { Clapperboard } from 'lucide-react';
import { navigate } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const openLibrary: Action = {
  id: 'library.open',
  label: 'shell.openLibrary',
  icon: Clapperboard,
  shortcuts: ['Mod+Shift+L'],
  menu: { id: 'file', group: 1 },
  run: () => navigate({ screen: 'library' }),
};
