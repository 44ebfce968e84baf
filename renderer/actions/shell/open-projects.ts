import { FolderOpen } from 'lucide-react';
import { navigate } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const openProjects: Action = {
  id: 'project.open',
  label: 'shell.openProjects',
  icon: FolderOpen,
  shortcuts: ['Mod+O'],
  menu: { id: 'file', group: 1 },
  run: () => navigate({ screen: 'projects' }),
};
