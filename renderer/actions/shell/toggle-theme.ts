import { SunMoon } from 'lucide-react';
import { setTheme } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const toggleTheme: Action = {
  id: 'view.theme',
  label: 'shell.toggleTheme',
  icon: SunMoon,
  shortcuts: ['Mod+Shift+D'],
  menu: { id: 'view', group: 4 },
  run: () => setTheme(document.documentElement.dataset.theme === 'light' ? 'dark' : 'light'),
};
