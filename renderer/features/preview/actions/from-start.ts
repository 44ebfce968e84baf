import { RotateCcw } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { activePlayer } from '../player/active-player.ts';

export const fromStart: Action = {
  id: 'preview.fromStart',
  label: 'preview.fromStart',
  icon: RotateCcw,
  shortcuts: ['Shift+Space'],
  menu: { id: 'play', group: 1 },
  enabled: hasProject,
  run: () => activePlayer()?.play({ fromMs: 0, toMs: null }),
};
