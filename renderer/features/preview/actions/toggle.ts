import { Play } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { previewStore } from '../../../state/preview-store.ts';
import { activePlayer } from '../player/active-player.ts';

export const toggle: Action = {
  id: 'preview.toggle',
  label: 'preview.toggle',
  icon: Play,
  shortcuts: ['Space', 'Mod+Shift+Space'],
  menu: { id: 'play', group: 1 },
  inText: true,
  enabled: hasProject,
  run() {
    if (previewStore.getState().playing) activePlayer()?.pause();
    else activePlayer()?.play();
  },
};
