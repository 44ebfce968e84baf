import { MessageSquareText, Pause, SkipForward, StepForward } from 'lucide-react';
import type { LiveCommand } from '../../../../app/live/protocol.ts';
import { type Action, type ActionState, hasProject } from '../../../actions/action.ts';
import { rpc } from '../../../bridge/index.ts';
import { viewOf } from '../../../state/ui-store.ts';
import { isOnAir, showOf } from '../live-store.ts';

const onAir = (state: ActionState): boolean => hasProject(state) && isOnAir(showOf(state.project.id));
const tell = async ({ project }: ActionState, command: LiveCommand): Promise<void> => {
  if (project.id !== null) await rpc.live.command({ projectId: project.id, command });
};

/** What the desk does most, by keys. */
export const deskActions: readonly Action[] = [
  {
    id: 'live.say',
    label: 'live.sayNow',
    icon: MessageSquareText,
    shortcuts: ['Alt+S'],
    menu: { id: 'play', group: 9 },
    enabled: (state) => onAir(state) && viewOf(state.ui) === 'live',
    run: () => document.querySelector<HTMLElement>('[data-live-say]')?.focus(),
  },
  {
    id: 'live.pause',
    label: 'live.pauseOrResume',
    icon: Pause,
    shortcuts: ['Alt+P'],
    menu: { id: 'play', group: 9 },
    enabled: onAir,
    run: (state) =>
      tell(state, showOf(state.project.id)?.session?.paused ? { type: 'resume' } : { type: 'pause', at: 'sentence' }),
  },
  {
    id: 'live.skipLine',
    label: 'live.skipLine',
    icon: StepForward,
    shortcuts: ['Alt+N'],
    menu: { id: 'play', group: 9 },
    enabled: onAir,
    run: (state) => tell(state, { type: 'skip', what: 'line' }),
  },
  {
    id: 'live.skipSegment',
    label: 'live.skipSegment',
    icon: SkipForward,
    shortcuts: ['Alt+Shift+N'],
    menu: { id: 'play', group: 9 },
    enabled: onAir,
    run: (state) => tell(state, { type: 'skip', what: 'segment' }),
  },
];
