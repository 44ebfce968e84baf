import { Plus } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { activeLineId } from '../../../state/ui-store.ts';
import { insertLine } from '../line-edits.ts';

export const addLine: Action = {
  id: 'script.addLine',
  label: 'script.addLine',
  icon: Plus,
  shortcuts: ['Mod+Shift+Enter'],
  menu: { id: 'edit', group: 3 },
  inText: true,
  enabled: hasProject,
  run: ({ ui }) => insertLine(activeLineId(ui)),
};
