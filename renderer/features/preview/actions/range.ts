/** What is played again and again, and from where to where. */
import { BracketsIcon, Repeat, SquareX } from 'lucide-react';
import { type Action, type ActionState, hasProject } from '../../../actions/action.ts';
import { previewStore } from '../../../state/preview-store.ts';
import { activePlayer } from '../player/active-player.ts';
import { playbackStore } from '../player/playback-store.ts';

const menu = { id: 'play', group: 3 } as const;
const LEAST_MS = 200;

const loop: Action = {
  id: 'preview.loop',
  label: 'preview.loop',
  icon: Repeat,
  shortcuts: ['L'],
  menu,
  enabled: hasProject,
  checked: () => playbackStore.getState().loop,
  run() {
    const state = playbackStore.getState();
    activePlayer()?.setLoop(!state.loop, state.range);
  },
};
/** From the selected lines' beginning to their end. */
const loopSelection: Action = {
  id: 'preview.loopSelection',
  label: 'preview.loopSelection',
  icon: BracketsIcon,
  shortcuts: ['Shift+L'],
  menu,
  enabled: (state) => hasProject(state) && state.ui.selection.kind === 'lines',
  run({ ui }: ActionState) {
    if (ui.selection.kind !== 'lines') return;
    const ids = new Set(ui.selection.ids);
    const lines = previewStore.getState().lines.filter(({ lineId }) => ids.has(lineId));
    const first = lines[0];
    if (first === undefined) return;
    activePlayer()?.setLoop(true, { fromMs: first.startMs, toMs: lines.at(-1)!.endMs });
    activePlayer()?.play();
  },
};
const markIn: Action = {
  id: 'preview.markIn',
  label: 'preview.markIn',
  shortcuts: ['I'],
  menu,
  enabled: hasProject,
  run() {
    const { atMs, durationMs } = previewStore.getState();
    const { loop: loops, range } = playbackStore.getState();
    const toMs = range !== null && range.toMs > atMs + LEAST_MS ? range.toMs : durationMs;
    if (toMs > atMs) activePlayer()?.setLoop(loops, { fromMs: atMs, toMs });
  },
};
const markOut: Action = {
  id: 'preview.markOut',
  label: 'preview.markOut',
  shortcuts: ['O'],
  menu,
  enabled: hasProject,
  run() {
    const { atMs, fps } = previewStore.getState();
    const { loop: loops, range } = playbackStore.getState();
    const toMs = atMs + 1000 / fps;
    const fromMs = range !== null && range.fromMs < atMs - LEAST_MS ? range.fromMs : 0;
    if (toMs > fromMs) activePlayer()?.setLoop(loops, { fromMs, toMs });
  },
};
const clearMarks: Action = {
  id: 'preview.clearMarks',
  label: 'preview.clearMarks',
  icon: SquareX,
  shortcuts: ['Shift+X'],
  menu,
  enabled: hasProject,
  run: () => activePlayer()?.setLoop(playbackStore.getState().loop, null),
};

export const rangeActions: readonly Action[] = [loop, loopSelection, markIn, markOut, clearMarks];
