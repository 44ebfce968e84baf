import { PanelLeft } from 'lucide-react';
import { isPanelOpen, togglePanel, viewOf } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const toggleLeft: Action = {
  id: 'view.toggleLeft',
  label: 'shell.toggleLeft',
  icon: PanelLeft,
  shortcuts: ['Mod+B'],
  menu: { id: 'view', group: 2 },
  enabled: ({ ui }) => viewOf(ui) === 'edit',
  checked: ({ ui }) => isPanelOpen(ui, 'left'),
  run: () => togglePanel('left'),
};
