import { AudioLines, BookA, Mic } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { showPart } from '../voice-store.ts';

export const showVoices: Action = {
  id: 'voice.choose',
  label: 'voice.chooseVoice',
  icon: AudioLines,
  menu: { id: 'edit', group: 6 },
  enabled: hasProject,
  run: () => showPart('voices'),
};

export const showRecording: Action = {
  id: 'voice.record',
  label: 'voice.recordVoice',
  icon: Mic,
  menu: { id: 'edit', group: 6 },
  enabled: hasProject,
  run: () => showPart('recording'),
};

export const showWords: Action = {
  id: 'voice.words',
  label: 'voice.editWords',
  icon: BookA,
  menu: { id: 'edit', group: 6 },
  enabled: hasProject,
  run: () => showPart('words'),
};
