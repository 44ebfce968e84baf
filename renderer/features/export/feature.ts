import { Upload } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { openExport } from './actions/open.ts';
import { showQueue } from './actions/show-queue.ts';

export const exporting: Feature = {
  id: 'export',
  panels: [
    {
      slot: 'tray',
      id: 'queue',
      title: 'export.queue',
      icon: Upload,
      component: lazy(() => import('./queue-tray.tsx')),
    },
  ],
  dialogs: [{ id: 'export', component: lazy(() => import('./export-dialog.tsx')) }],
  background: lazy(() => import('./queue-news.tsx')),
  actions: [openExport, showQueue],
};
