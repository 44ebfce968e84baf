import { CopyPlus } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { duplicate, selectedIds } from '../line-edits.ts';
import { hasLine } from './has-line.ts';

export const duplicateAction: Action = {
  id: 'script.duplicate',
  label: 'script.duplicate',
  icon: CopyPlus,
  shortcuts: ['Mod+D'],
  menu: { id: 'edit', group: 3 },
  inText: true,
  enabled: hasLine,
  run: () => duplicate(selectedIds()),
};
