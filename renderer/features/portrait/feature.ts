import { CircleUserRound } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { choose } from './actions/choose.ts';
import { editActions } from './actions/edit.ts';
import { photo } from './actions/photo.ts';

export const portrait: Feature = {
  id: 'portrait',
  panels: [
    {
      slot: 'inspector',
      id: 'portrait',
      title: 'portrait.title',
      icon: CircleUserRound,
      component: lazy(() => import('./panel/portrait-panel.tsx')),
    },
  ],
  dialogs: [
    { id: 'portrait.edit', component: lazy(() => import('./editor/editor-dialog.tsx')) },
    { id: 'portrait.camera', component: lazy(() => import('./camera/camera-dialog.tsx')) },
    { id: 'portrait.faces', component: lazy(() => import('./panel/faces-dialog.tsx')) },
    { id: 'portrait.fix', component: lazy(() => import('./panel/fix-dialog.tsx')) },
    { id: 'portrait.consent', component: lazy(() => import('./consent/consent-dialog.tsx')) },
  ],
  actions: [choose, photo, ...editActions],
};
