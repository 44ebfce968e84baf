/** How the stage is looked at and listened to. */
import { Expand, Fullscreen, Grid3x3, HeartPulse, SquareDashed, Volume2 } from 'lucide-react';
import { type Action, hasProject } from '../../../actions/action.ts';
import { activePlayer, toggleFullScreen } from '../player/active-player.ts';
import { setViewSetting, toggleViewSetting, viewSetting } from '../view-settings.ts';

const menu = { id: 'play', group: 4 } as const;

const mute: Action = {
  id: 'preview.mute',
  label: 'preview.mute',
  icon: Volume2,
  shortcuts: ['M'],
  menu,
  enabled: hasProject,
  checked: ({ ui }) => viewSetting(ui, 'muted') !== 0,
  run: () => toggleViewSetting('muted'),
};
const idle: Action = {
  id: 'preview.idle',
  label: 'preview.idle',
  icon: HeartPulse,
  menu,
  enabled: hasProject,
  checked: ({ ui }) => viewSetting(ui, 'idle') !== 0,
  run: () => toggleViewSetting('idle'),
};
const thirds: Action = {
  id: 'preview.thirds',
  label: 'preview.thirds',
  icon: Grid3x3,
  shortcuts: ["'"],
  menu,
  enabled: hasProject,
  checked: ({ ui }) => viewSetting(ui, 'thirds') !== 0,
  run: () => toggleViewSetting('thirds'),
};
const safeAreas: Action = {
  id: 'preview.safeAreas',
  label: 'preview.safeAreas',
  icon: SquareDashed,
  shortcuts: [';'],
  menu,
  enabled: hasProject,
  checked: ({ ui }) => viewSetting(ui, 'safeAreas') !== 0,
  run: () => toggleViewSetting('safeAreas'),
};
const fit: Action = {
  id: 'preview.fit',
  label: 'preview.fit',
  icon: Expand,
  shortcuts: ['0'],
  menu,
  enabled: hasProject,
  run: () => setViewSetting('zoom', 0),
};
const fullScreen: Action = {
  id: 'preview.fullScreen',
  label: 'preview.fullScreen',
  icon: Fullscreen,
  shortcuts: ['F'],
  menu,
  enabled: (state) => hasProject(state) && activePlayer() !== null && document.fullscreenEnabled,
  run: toggleFullScreen,
};

export const lookActions: readonly Action[] = [mute, idle, thirds, safeAreas, fit, fullScreen];
