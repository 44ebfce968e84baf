import { FilePlus } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';

export const newProject: Action = {
  id: 'project.new',
  label: 'projects.new',
  icon: FilePlus,
  // Browsers keep Ctrl+N for themselves.
  shortcuts: ['Mod+Alt+N', 'Mod+N'],
  menu: { id: 'file', group: 0 },
  run: () => openDialog('projects.new'),
};
