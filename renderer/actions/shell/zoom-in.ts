import { ZoomIn } from 'lucide-react';
import { stepZoom } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const zoomIn: Action = {
  id: 'view.zoomIn',
  label: 'shell.zoomIn',
  icon: ZoomIn,
  shortcuts: ['Mod+=', 'Mod++'],
  menu: { id: 'view', group: 3 },
  enabled: ({ ui }) => ui.zoom < 2,
  run: () => stepZoom(1),
};
