import { PanelBottom } from 'lucide-react';
import { isPanelOpen, togglePanel, viewOf } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const toggleBottom: Action = {
  id: 'view.toggleBottom',
  label: 'shell.toggleBottom',
  icon: PanelBottom,
  shortcuts: ['Mod+J'],
  menu: { id: 'view', group: 2 },
  enabled: ({ ui }) => viewOf(ui) === 'edit',
  checked: ({ ui }) => isPanelOpen(ui, 'bottom'),
  run: () => togglePanel('bottom'),
};
