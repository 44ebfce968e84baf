import { Clapperboard } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { fromStart } from './actions/from-start.ts';
import { lookActions } from './actions/look.ts';
import { moves } from './actions/moves.ts';
import { rangeActions } from './actions/range.ts';
import { toggle } from './actions/toggle.ts';

export const preview: Feature = {
  id: 'preview',
  panels: [
    {
      slot: 'stage',
      id: 'preview',
      title: 'preview.title',
      icon: Clapperboard,
      component: lazy(() => import('./stage-panel.tsx')),
    },
  ],
  actions: [toggle, fromStart, ...moves, ...rangeActions, ...lookActions],
};
