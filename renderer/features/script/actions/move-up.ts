import { ArrowUp } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { moveSelected, selectedIds } from '../line-edits.ts';
import { hasLine } from './has-line.ts';

export const moveUp: Action = {
  id: 'script.moveUp',
  label: 'script.moveUp',
  icon: ArrowUp,
  shortcuts: ['Alt+ArrowUp'],
  menu: { id: 'edit', group: 3 },
  inText: true,
  enabled: hasLine,
  run: () => moveSelected(selectedIds(), -1),
};
