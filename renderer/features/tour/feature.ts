import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { takeTour } from './actions/take.ts';

export const tour: Feature = {
  id: 'tour',
  background: lazy(() => import('./tour.tsx')),
  actions: [takeTour],
};
