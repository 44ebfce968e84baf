import { AudioLines, BookA, Mic, MicVocal } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { showPart } from '../voice-store.ts';

export const showVoices: Action = {
  id: 'voice.choose',
  label: 'voice.chooseVoice',
  icon: AudioLines,
  menu: { id: 'edit', group: 6 },
  enabled: hasProject,
  run: () => showPart('voices'),
};

export const showOwnVoices: Action = {
  id: 'voice.own',
  label: 'voice.ownOpen',
  icon: MicVocal,
  menu: { id: 'edit', group: 6 },
  run: () => openDialog('voice.own'),
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
