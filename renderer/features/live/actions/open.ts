import { Radio } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { navigate, viewOf } from '../../../state/ui-store.ts';

/** To the live desk of the open project, and back to its editor. */
export const open: Action = {
  id: 'live.open',
  label: 'live.open',
  icon: Radio,
  shortcuts: ['Mod+Shift+A'],
  menu: { id: 'view', group: 0 },
  enabled: hasProject,
  checked: ({ ui }) => viewOf(ui) === 'live',
  run({ ui }) {
    if (ui.route.screen === 'workspace') navigate({ ...ui.route, view: ui.route.view === 'live' ? 'edit' : 'live' });
  },
};
