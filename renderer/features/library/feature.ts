import { Clapperboard } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';

export const library: Feature = {
  id: 'library',
  panels: [
    {
      slot: 'library',
      id: 'library',
      title: 'library.title',
      icon: Clapperboard,
      component: lazy(() => import('./library-screen.tsx')),
    },
  ],
};
