/** Writing help as actions: for the palette, the script's toolbar and a line's menu. */
import { ChevronsLeftRight, Languages, PenLine, Shrink, Smile, Sparkles } from 'lucide-react';
import { type Action, type ActionState, hasProject } from '../../../actions/action.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { hasLine } from '../actions/has-line.ts';
import { selectedIds } from '../line-edits.ts';
import { startWriting, writingStore } from './writing-run.ts';

const isFree = (): boolean => writingStore.getState().run === null;
const canRework = (state: ActionState): boolean => hasLine(state) && isFree();

const ASK = 'script.ask';
export const writingActions: readonly Action[] = [
  {
    id: 'writing.draft',
    label: 'writing.draft',
    icon: Sparkles,
    enabled: (state) => hasProject(state) && isFree(),
    run: () => openDialog(ASK, 'draft'),
  },
  {
    ...{ id: 'writing.rewrite', label: 'writing.rewrite', icon: PenLine, enabled: canRework },
    run: () => openDialog(ASK, 'rewrite'),
  },
  {
    ...{ id: 'writing.shorten', label: 'writing.shorten', icon: Shrink, enabled: canRework },
    run: () => startWriting('shorten', selectedIds()),
  },
  {
    ...{ id: 'writing.vary', label: 'writing.vary', icon: ChevronsLeftRight, enabled: canRework },
    run: () => startWriting('vary', selectedIds()),
  },
  {
    ...{ id: 'writing.translate', label: 'writing.translate', icon: Languages, enabled: canRework },
    run: () => openDialog(ASK, 'translate'),
  },
  {
    ...{ id: 'writing.emotions', label: 'writing.emotions', icon: Smile, enabled: canRework },
    run: () => startWriting('emotions', selectedIds()),
  },
];
