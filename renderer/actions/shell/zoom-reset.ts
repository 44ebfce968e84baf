import { setZoom } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const zoomReset: Action = {
  id: 'view.zoomReset',
  label: 'shell.zoomReset',
  shortcuts: ['Mod+0'],
  menu: { id: 'view', group: 3 },
  run: () => setZoom(1),
};
