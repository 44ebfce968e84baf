import { AudioLines, Mic } from 'lucide-react';
import { lazy } from 'react';
import type { Feature } from '../feature.ts';
import { showOwnVoices, showRecording, showVoices, showWords } from './actions/show-parts.ts';

export const voice: Feature = {
  id: 'voice',
  panels: [
    {
      ...{ slot: 'inspector', id: 'voice', title: 'voice.title', icon: AudioLines },
      component: lazy(() => import('./voice-panel.tsx')),
    },
    {
      ...{ slot: 'tray', id: 'recording', title: 'voice.recording', icon: Mic },
      component: lazy(() => import('./record/recording-tray.tsx')),
    },
  ],
  dialogs: [
    { id: 'voice.browse', component: lazy(() => import('./choose/browse-dialog.tsx')) },
    { id: 'voice.own', component: lazy(() => import('./own/own-voices-dialog.tsx')) },
  ],
  actions: [showVoices, showOwnVoices, showRecording, showWords],
};
