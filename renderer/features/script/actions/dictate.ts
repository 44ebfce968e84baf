import { Mic } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { activeLineId } from '../../../state/ui-store.ts';
import { hasLine } from './has-line.ts';

export const dictate: Action = {
  id: 'script.dictate',
  label: 'script.dictate',
  icon: Mic,
  inText: true,
  enabled: hasLine,
  async run({ ui }) {
    const id = activeLineId(ui);
    if (id === null) return;
    const { toggleDictation } = await import('../dictation/dictate.ts');
    await toggleDictation(id);
  },
};
