/** Where the play head goes. */
import { ArrowLeftToLine, ArrowRightToLine, ChevronFirst, ChevronLast, StepBack, StepForward } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { previewStore } from '../../../state/preview-store.ts';
import { activePlayer } from '../player/active-player.ts';

const menu = { id: 'play', group: 2 } as const;

const stepBack: Action = {
  id: 'preview.stepBack',
  label: 'preview.stepBack',
  icon: StepBack,
  shortcuts: ['ArrowLeft', ','],
  menu,
  enabled: hasProject,
  run: () => activePlayer()?.step(-1),
};
const stepForward: Action = {
  id: 'preview.stepForward',
  label: 'preview.stepForward',
  icon: StepForward,
  shortcuts: ['ArrowRight', '.'],
  menu,
  enabled: hasProject,
  run: () => activePlayer()?.step(1),
};
const secondBack: Action = {
  id: 'preview.secondBack',
  label: 'preview.secondBack',
  shortcuts: ['Shift+ArrowLeft'],
  enabled: hasProject,
  run: () => activePlayer()?.step(-Math.round(previewStore.getState().fps)),
};
const secondForward: Action = {
  id: 'preview.secondForward',
  label: 'preview.secondForward',
  shortcuts: ['Shift+ArrowRight'],
  enabled: hasProject,
  run: () => activePlayer()?.step(Math.round(previewStore.getState().fps)),
};
const toStart: Action = {
  id: 'preview.toStart',
  label: 'preview.toStart',
  icon: ArrowLeftToLine,
  shortcuts: ['Home'],
  menu,
  enabled: hasProject,
  run: () => activePlayer()?.seek(0),
};
const toEnd: Action = {
  id: 'preview.toEnd',
  label: 'preview.toEnd',
  icon: ArrowRightToLine,
  shortcuts: ['End'],
  menu,
  enabled: hasProject,
  run: () => activePlayer()?.seek(previewStore.getState().durationMs),
};
const previousLine: Action = {
  id: 'preview.previousLine',
  label: 'preview.previousLine',
  icon: ChevronFirst,
  shortcuts: ['['],
  menu,
  enabled: hasProject,
  run() {
    const { lines, atMs } = previewStore.getState();
    activePlayer()?.seek(lines.findLast(({ startMs }) => startMs < atMs - 300)?.startMs ?? 0);
  },
};
const nextLine: Action = {
  id: 'preview.nextLine',
  label: 'preview.nextLine',
  icon: ChevronLast,
  shortcuts: [']'],
  menu,
  enabled: hasProject,
  run() {
    const { lines, atMs, durationMs, fps } = previewStore.getState();
    activePlayer()?.seek(lines.find(({ startMs }) => startMs > atMs + 1000 / fps)?.startMs ?? durationMs);
  },
};

export const moves: readonly Action[] = [
  stepBack,
  stepForward,
  secondBack,
  secondForward,
  toStart,
  toEnd,
  previousLine,
  nextLine,
];
