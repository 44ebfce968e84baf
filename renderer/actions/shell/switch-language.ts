import { Languages } from 'lucide-react';
import { language } from '../../state/language.ts';
import { setLocale } from '../../state/ui-store.ts';
import type { Action } from '../action.ts';

export const switchLanguage: Action = {
  id: 'view.language',
  label: 'shell.switchLanguage',
  icon: Languages,
  menu: { id: 'view', group: 4 },
  run: () => setLocale(language().locale === 'en' ? 'zh-CN' : 'en'),
};
