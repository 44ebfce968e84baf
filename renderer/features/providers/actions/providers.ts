import { PlugZap, ServerCog, WifiOff } from 'lucide-react';
import type { Action } from '../../../actions/action.ts';
import { rpc } from '../../../bridge/index.ts';
import { showSettings } from '../../settings/settings-store.ts';
import { providersStore, testAll } from '../providers-store.ts';

export const openProviders: Action = {
  id: 'providers.open',
  label: 'providers.open',
  icon: ServerCog,
  menu: { id: 'file', group: 8 },
  run: () => showSettings('providers'),
};

export const testProviders: Action = {
  id: 'providers.test',
  label: 'providers.testAll',
  icon: PlugZap,
  run: async () => {
    showSettings('providers');
    await testAll();
  },
};

/** On and off; off leads back to the cloud first. */
export const goOffline: Action = {
  id: 'providers.offline',
  label: 'providers.goOffline',
  icon: WifiOff,
  checked: () => providersStore.getState().settings?.policy.mode === 'offline',
  run: async () => {
    const settings = await rpc.providers.getSettings({});
    const mode = settings.policy.mode === 'offline' ? 'cloud-first' : 'offline';
    await rpc.providers.setSettings({ ...settings, policy: { ...settings.policy, mode } });
  },
};
