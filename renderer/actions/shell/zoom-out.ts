import { ZoomOut } from 'lucide-react';
import { stepZoom } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const zoomOut: Action = {
  id: 'view.zoomOut',
  label: 'shell.zoomOut',
  icon: ZoomOut,
  shortcuts: ['Mod+-'],
  menu: { id: 'view', group: 3 },
  enabled: ({ ui }) => ui.zoom > 0.8,
  run: () => stepZoom(-1),
};
