import { Boxes } from 'lucide-react';
import { lazy } from 'react';
import type { Action } from '../../actions/action.ts';
import type { Feature } from '../feature.ts';
import { showSettings } from '../settings/settings-store.ts';

const openModels: Action = {
  id: 'models.open',
  label: 'models.open',
  icon: Boxes,
  menu: { id: 'file', group: 8 },
  run: () => showSettings('models'),
};

/** Its page is one of the settings' (`settings-screen.tsx`). */
export const models: Feature = {
  id: 'models',
  dialogs: [{ id: 'models.ask', component: lazy(() => import('./model-dialogs.tsx')) }],
  actions: [openModels],
};
