import { Redo2 } from 'lucide-react';
import { projectStore } from '../../state/project.ts';
import { type Action, hasProject } from '../action.ts';

export const redo: Action = {
  id: 'edit.redo',
  label: 'shell.redo',
  icon: Redo2,
  shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
  menu: { id: 'edit', group: 1 },
  inText: true,
  enabled: (state) => hasProject(state) && state.project.history.redo.length > 0,
  run: () => projectStore().redo(),
};
