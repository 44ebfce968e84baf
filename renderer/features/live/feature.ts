import { Radio } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { deskActions } from './actions/desk.ts';
import { goLive } from './actions/go-live.ts';
import { open } from './actions/open.ts';
import { stop } from './actions/stop.ts';

export const live: Feature = {
  id: 'live',
  panels: [
    { slot: 'live', id: 'live', title: 'live.title', icon: Radio, component: lazy(() => import('./live-screen.tsx')) },
    { slot: 'tray', id: 'on-air', title: 'live.title', icon: Radio, component: lazy(() => import('./air/tray.tsx')) },
  ],
  dialogs: [
    { id: 'live.go', component: lazy(() => import('./air/go-dialog.tsx')) },
    { id: 'live.stop', component: lazy(() => import('./air/stop-dialog.tsx')) },
    { id: 'live.destination', component: lazy(() => import('./destinations/destination-dialog.tsx')) },
  ],
  actions: [open, goLive, stop, ...deskActions],
};
