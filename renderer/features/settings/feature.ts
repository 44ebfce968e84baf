import { Settings } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { checkMachineAction } from './actions/machine.ts';

export const settings: Feature = {
  id: 'settings',
  panels: [
    {
      slot: 'settings',
      id: 'settings',
      title: 'settings.title',
      icon: Settings,
      component: lazy(() => import('./settings-screen.tsx')),
    },
  ],
  actions: [checkMachineAction],
};
