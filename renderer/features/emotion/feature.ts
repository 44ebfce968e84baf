import { Smile } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { newEmotion } from './actions/new-emotion.ts';

export const emotion: Feature = {
  id: 'emotion',
  panels: [
    {
      ...{ slot: 'inspector', id: 'emotion', title: 'emotion.title', icon: Smile },
      component: lazy(() => import('./emotion-panel.tsx')),
    },
  ],
  dialogs: [
    { id: 'emotion.delete', component: lazy(() => import('./delete-dialog.tsx')) },
    { id: 'emotion.replace', component: lazy(() => import('./replace-dialog.tsx')) },
  ],
  actions: [newEmotion],
};
