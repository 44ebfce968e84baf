import { Radio } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { navigate, openDialog } from '../../../state/ui-store.ts';
import { isRunning, showOf } from '../live-store.ts';

export const goLive: Action = {
  id: 'live.go',
  label: 'live.go',
  icon: Radio,
  shortcuts: ['Mod+Shift+G'],
  menu: { id: 'play', group: 9 },
  enabled: (state) => hasProject(state) && !isRunning(showOf(state.project.id)),
  run({ ui }) {
    if (ui.route.screen === 'workspace' && ui.route.view !== 'live') navigate({ ...ui.route, view: 'live' });
    // Changing the place closes dialogs.
    setTimeout(() => openDialog('live.go'));
  },
};
