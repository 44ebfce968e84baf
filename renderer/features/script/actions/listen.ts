import { Play } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { activeLineId } from '../../../state/ui-store.ts';
import { toggleListening } from '../listen.ts';
import { hasLine } from './has-line.ts';

export const listen: Action = {
  id: 'script.listen',
  label: 'script.listen',
  icon: Play,
  shortcuts: ['Mod+Enter'],
  menu: { id: 'play', group: 3 },
  inText: true,
  enabled: hasLine,
  async run({ ui }) {
    const id = activeLineId(ui);
    if (id !== null) await toggleListening(id);
  },
};
