import { ArrowDown } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { moveSelected, selectedIds } from '../line-edits.ts';
import { hasLine } from './has-line.ts';

export const moveDown: Action = {
  id: 'script.moveDown',
  label: 'script.moveDown',
  icon: ArrowDown,
  shortcuts: ['Alt+ArrowDown'],
  menu: { id: 'edit', group: 3 },
  inText: true,
  enabled: hasLine,
  run: () => moveSelected(selectedIds(), 1),
};
