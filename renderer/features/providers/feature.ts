import { ServerCog } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { goOffline, openProviders, testProviders } from './actions/providers.ts';

/** Its page is one of the settings' (`settings-screen.tsx`). */
export const providers: Feature = {
  id: 'providers',
  panels: [
    {
      ...{ slot: 'tray', id: 'providers', title: 'providers.title', icon: ServerCog },
      component: lazy(() => import('./tray.tsx')),
    },
  ],
  actions: [openProviders, testProviders, goOffline],
};
