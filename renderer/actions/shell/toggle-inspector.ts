import { PanelRight } from 'lucide-react';
import { isPanelOpen, togglePanel, viewOf } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const toggleInspector: Action = {
  id: 'view.toggleInspector',
  label: 'shell.toggleInspector',
  icon: PanelRight,
  shortcuts: ['Mod+Alt+B'],
  menu: { id: 'view', group: 2 },
  enabled: ({ ui }) => viewOf(ui) === 'edit',
  checked: ({ ui }) => isPanelOpen(ui, 'inspector'),
  run: () => togglePanel('inspector'),
};
