import { ScrollText } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { addLine } from './actions/add-line.ts';
import { dictate } from './actions/dictate.ts';
import { duplicateAction } from './actions/duplicate.ts';
import { exportActions } from './actions/export.ts';
import { find } from './actions/find.ts';
import { importScript } from './actions/import.ts';
import { insertCue } from './actions/insert-cue.ts';
import { listen } from './actions/listen.ts';
import { moveDown } from './actions/move-down.ts';
import { moveUp } from './actions/move-up.ts';
import { subtitleRecording } from './actions/subtitle-recording.ts';
import { writingActions } from './writing/writing-actions.ts';

export const script: Feature = {
  id: 'script',
  panels: [
    {
      ...{ slot: 'script', id: 'script', title: 'shell.script', icon: ScrollText },
      component: lazy(() => import('./script-panel.tsx')),
    },
  ],
  dialogs: [
    { id: 'script.import', component: lazy(() => import('./import-dialog.tsx')) },
    { id: 'script.subtitle', component: lazy(() => import('./dictation/subtitle-dialog.tsx')) },
    { id: 'script.ask', component: lazy(() => import('./writing/ask-dialog.tsx')) },
  ],
  actions: [
    find,
    addLine,
    duplicateAction,
    moveUp,
    moveDown,
    insertCue,
    listen,
    dictate,
    importScript,
    subtitleRecording,
    ...exportActions,
    ...writingActions,
  ],
};
