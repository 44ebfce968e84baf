import { ChartNoAxesGantt } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';

export const timeline: Feature = {
  id: 'timeline',
  panels: [
    {
      ...{ slot: 'timeline', id: 'timeline', title: 'shell.timeline', icon: ChartNoAxesGantt },
      component: lazy(() => import('./timeline-panel.tsx')),
    },
  ],
};
