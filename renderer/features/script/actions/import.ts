import { FileInput } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { openDialog } from '../../../state/ui-store.ts';

export const importScript: Action = {
  id: 'script.import',
  label: 'script.import',
  icon: FileInput,
  menu: { id: 'file', group: 3 },
  enabled: hasProject,
  async run() {
    const asset = await chooseFile('script');
    if (asset !== null) openDialog('script.import', asset);
  },
};
