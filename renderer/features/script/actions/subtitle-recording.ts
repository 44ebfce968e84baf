import { Captions } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { openDialog } from '../../../state/ui-store.ts';

export const subtitleRecording: Action = {
  id: 'script.subtitle',
  label: 'script.subtitle',
  icon: Captions,
  enabled: hasProject,
  async run() {
    const asset = await chooseFile('sound');
    if (asset !== null) openDialog('script.subtitle', asset);
  },
};
