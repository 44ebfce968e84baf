import { Stethoscope } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { showSettings } from '../settings-store.ts';

export const checkMachineAction: Action = {
  id: 'help.machine',
  label: 'settings.checkMachine',
  icon: Stethoscope,
  menu: { id: 'help', group: 2 },
  run: () => showSettings('machine'),
};
