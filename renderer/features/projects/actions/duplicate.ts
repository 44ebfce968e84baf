import { Copy } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { projectStore } from '../../../state/project.ts';
import { navigate } from '../../../state/ui-store.ts';
import { duplicate } from '../project-operations.ts';

export const duplicateProject: Action = {
  id: 'project.duplicate',
  label: 'projects.duplicateOpen',
  icon: Copy,
  menu: { id: 'file', group: 2 },
  enabled: hasProject,
  async run({ project: { document } }) {
    if (document === null) return;
    await projectStore().flush();
    const { id } = await duplicate(document);
    navigate({ screen: 'workspace', projectId: id });
  },
};
