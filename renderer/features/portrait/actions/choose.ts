import { ImageUp } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { choosePicture } from '../import/take-picture.ts';

export const choose: Action = {
  id: 'portrait.choose',
  label: 'portrait.choosePicture',
  icon: ImageUp,
  enabled: hasProject,
  // At once: a browser opens its dialog only in answer to a click.
  run: choosePicture,
};
