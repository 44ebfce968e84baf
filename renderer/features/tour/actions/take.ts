import { Compass } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { startTour } from '../first-start.ts';

export const takeTour: Action = {
  id: 'help.tour',
  label: 'tour.take',
  icon: Compass,
  menu: { id: 'help', group: 1 },
  run: startTour,
};
