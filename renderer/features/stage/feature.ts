import { Image, Layers } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';

export const stage: Feature = {
  id: 'stage',
  panels: [
    {
      slot: 'left',
      id: 'assets',
      title: 'stage.assets',
      icon: Layers,
      component: lazy(() => import('./assets-panel.tsx')),
    },
    {
      slot: 'inspector',
      id: 'stage',
      title: 'stage.title',
      icon: Image,
      component: lazy(() => import('./stage-inspector.tsx')),
    },
  ],
};
