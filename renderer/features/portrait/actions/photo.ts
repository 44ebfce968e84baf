import { Camera } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';

export const photo: Action = {
  id: 'portrait.photo',
  label: 'portrait.takePhoto',
  icon: Camera,
  enabled: hasProject,
  run: () => openDialog('portrait.camera'),
};
