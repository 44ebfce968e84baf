import { Search } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { isPanelOpen, togglePanel } from '../../../state/ui-store.ts';
import { openFind } from '../find-store.ts';

/** What is selected in a line is what is looked for. */
function selectedText(): string | undefined {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement)) return undefined;
  return field.value.slice(field.selectionStart, field.selectionEnd) || undefined;
}

export const find: Action = {
  id: 'edit.find',
  label: 'script.findReplace',
  icon: Search,
  shortcuts: ['Mod+F'],
  menu: { id: 'edit', group: 2 },
  inText: true,
  enabled: hasProject,
  run({ ui }) {
    if (!isPanelOpen(ui, 'bottom')) togglePanel('bottom');
    openFind(selectedText());
  },
};
