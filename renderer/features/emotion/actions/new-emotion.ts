import { SmilePlus } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';

import { isPanelOpen, showTab, togglePanel, uiStore } from '../../../state/ui-store.ts';

export const newEmotion: Action = {
  id: 'emotion.new',
  label: 'emotion.create',
  icon: SmilePlus,
  menu: { id: 'edit', group: 6 },
  enabled: hasProject,
  async run() {
    // Loaded with the panel, not with the first page.
    const { createEmotion } = await import('../emotion-store.ts');
    if (!isPanelOpen(uiStore.getState(), 'inspector')) togglePanel('inspector');
    showTab('inspector', 'emotion');
    createEmotion();
  },
};
