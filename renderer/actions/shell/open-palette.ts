import { Search } from 'lucide-react';
import { openDialog } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const openPalette: Action = {
  id: 'palette.open',
  label: 'shell.openPalette',
  icon: Search,
  shortcuts: ['Mod+K', 'F1'],
  menu: { id: 'view', group: 1 },
  run: () => openDialog('palette'),
};
