import { Save } from 'lucide-react';
import { language } from '../../state/language.ts';
import { projectStore } from '../../state/project.ts';
import { showToast } from '../../state/toasts.ts';
import { type Action, hasProject } from '../action.ts';

export const saveProject: Action = {
  id: 'project.save',
  label: 'shell.save',
  icon: Save,
  shortcuts: ['Mod+S'],
  menu: { id: 'file', group: 2 },
  enabled: hasProject,
  async run() {
    await projectStore().flush();
    // Anything else is shown, with its reason, by the save state in the top bar.
    if (projectStore().getState().save.kind === 'saved')
      showToast({ tone: 'success', message: language().t('shell.savedAlready') });
  },
};
