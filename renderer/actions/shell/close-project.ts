import { navigate } from '../../state/ui-store.ts';
import { type Action, hasProject } from '../action.ts';

export const closeProject: Action = {
  id: 'project.close',
  label: 'shell.closeProject',
  menu: { id: 'file', group: 9 },
  enabled: hasProject,
  run: () => navigate({ screen: 'projects' }),
};
