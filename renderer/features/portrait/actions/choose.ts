import { ImageUp } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';

export const choose: Action = {
  id: 'portrait.choose',
  label: 'portrait.choosePicture',
  icon: ImageUp,
  enabled: hasProject,
  run: async () => (await import('../import/take-picture.ts')).choosePicture(),
};
