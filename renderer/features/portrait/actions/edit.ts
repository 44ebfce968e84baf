import { Crop, Frame, Spline } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';

/** The editor, at one of its three tools. */
export const editActions: Action[] = [
  {
    id: 'portrait.points',
    label: 'portrait.editPoints',
    icon: Spline,
    shortcuts: ['Mod+Alt+P'],
    menu: { id: 'edit', group: 4 },
    enabled: hasProject,
    run: () => openDialog('portrait.edit', { tool: 'points' }),
  },
  {
    id: 'portrait.framing',
    label: 'portrait.editFraming',
    icon: Frame,
    enabled: hasProject,
    run: () => openDialog('portrait.edit', { tool: 'framing' }),
  },
  {
    id: 'portrait.crop',
    label: 'portrait.editCrop',
    icon: Crop,
    enabled: ({ ui, project }) => hasProject({ ui, project }) && project.document?.avatar.portrait.kind === 'asset',
    run: () => openDialog('portrait.edit', { tool: 'crop' }),
  },
];
