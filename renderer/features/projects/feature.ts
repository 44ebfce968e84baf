import { FolderOpen } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { duplicateProject } from './actions/duplicate.ts';
import { exportBundle } from './actions/export-bundle.ts';
import { importProject } from './actions/import.ts';
import { newProject } from './actions/new.ts';

export const projects: Feature = {
  id: 'projects',
  panels: [
    {
      slot: 'projects',
      id: 'projects',
      title: 'projects.title',
      icon: FolderOpen,
      component: lazy(() => import('./projects-screen.tsx')),
    },
    {
      slot: 'tray',
      id: 'transfers',
      title: 'projects.transfers',
      icon: FolderOpen,
      component: lazy(() => import('./transfer-tray.tsx')),
    },
  ],
  dialogs: [{ id: 'projects.new', component: lazy(() => import('./new-project-dialog.tsx')) }],
  actions: [newProject, importProject, duplicateProject, exportBundle],
};
