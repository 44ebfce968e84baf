import { ListVideo } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { studioStore } from '../../../state/studio-store.ts';
import { queueStore } from '../queue-store.ts';

export const showQueue: Action = {
  id: 'export.queue',
  label: 'export.showQueue',
  icon: ListVideo,
  menu: { id: 'file', group: 4 },
  enabled: () => (studioStore.getState().jobs?.length ?? 0) > 0,
  run: () => queueStore.setState({ open: true }),
};
