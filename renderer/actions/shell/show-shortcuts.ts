import { Keyboard } from 'lucide-react';
import { openDialog } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const showShortcuts: Action = {
  id: 'help.shortcuts',
  label: 'shell.showShortcuts',
  icon: Keyboard,
  shortcuts: ['?'],
  menu: { id: 'help', group: 2 },
  run: () => openDialog('shortcuts'),
};
