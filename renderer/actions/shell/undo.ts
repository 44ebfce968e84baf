import { Undo2 } from 'lucide-react';
import { projectStore } from '../../state/project.ts';
import { type Action, hasProject } from '../action.ts';

export const undo: Action = {
  id: 'edit.undo',
  label: 'shell.undo',
  icon: Undo2,
  shortcuts: ['Mod+Z'],
  menu: { id: 'edit', group: 1 },
  inText: true,
  enabled: (state) => hasProject(state) && state.project.history.undo.length > 0,
  run: () => projectStore().undo(),
};
