import { PackageOpen } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { projectStore } from '../../../state/project.ts';
import { saveBundle } from '../project-files.ts';

export const exportBundle: Action = {
  id: 'project.exportBundle',
  label: 'projects.exportBundle',
  icon: PackageOpen,
  shortcuts: ['Mod+Shift+S'],
  menu: { id: 'file', group: 3 },
  enabled: hasProject,
  async run({ project: { document } }) {
    if (document === null) return;
    await projectStore().flush();
    await saveBundle(document);
  },
};
