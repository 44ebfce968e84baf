import { Brackets } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { activeLineId } from '../../../state/ui-store.ts';
import { putCaret } from '../caret.ts';
import { cueRequests } from '../cue-requests.ts';
import { hasLine } from './has-line.ts';

export const insertCue: Action = {
  id: 'script.insertCue',
  label: 'script.insertCue',
  icon: Brackets,
  shortcuts: ['Mod+['],
  menu: { id: 'edit', group: 3 },
  inText: true,
  enabled: hasLine,
  run({ ui }) {
    const id = activeLineId(ui);
    if (id !== null && !cueRequests.open(id)) putCaret(id, 'end');
  },
};
