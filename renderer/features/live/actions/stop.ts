import { CircleStop } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { isRunning, showOf } from '../live-store.ts';

export const stop: Action = {
  id: 'live.stop',
  label: 'live.stop',
  icon: CircleStop,
  menu: { id: 'play', group: 9 },
  enabled: (state) => hasProject(state) && isRunning(showOf(state.project.id)),
  run: () => openDialog('live.stop'),
};
