import { FileInput } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { importChosen } from '../project-files.ts';

export const importProject: Action = {
  id: 'project.import',
  label: 'projects.import',
  icon: FileInput,
  menu: { id: 'file', group: 3 },
  run: importChosen,
};
