import { Upload } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';

export const openExport: Action = {
  id: 'export.open',
  label: 'export.open',
  icon: Upload,
  shortcuts: ['Mod+E'],
  menu: { id: 'file', group: 4 },
  enabled: hasProject,
  run: () => openDialog('export'),
};
