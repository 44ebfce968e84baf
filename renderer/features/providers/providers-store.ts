/** Providers as the studio has them, followed while somebody looks, and what the person does about them. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ProviderStatus, ProviderTest } from '../../../app/contract/providers.ts';
import { type ProviderSettings, providerSettingsSchema } from '../../../app/providers/settings.ts';
import { rpc } from '../../bridge/index.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { follow } from '../../state/studio-store.ts';
import { type FieldPath, withValue } from './form/fields.ts';

interface ProvidersState {
  status: ProviderStatus | null;
  settings: ProviderSettings | null;
  /** What the last test of a provider said; `null` while it runs. */
  tests: Readonly<Record<string, ProviderTest | null>>;
}
export const providersStore = createStore<ProvidersState>(() => ({ status: null, settings: null, tests: {} }));

let lookers = 0;
let life = new AbortController();

/** For as long as the component is there. */
export function useProviders(): ProvidersState {
  useEffect(() => {
    lookers += 1;
    if (lookers === 1) {
      life = new AbortController();
      void follow(
        (signal) => rpc.providers.watch({}, { signal }),
        (status) => providersStore.setState({ status }),
        life.signal,
      );
      void follow(
        (signal) => rpc.providers.watchSettings({}, { signal }),
        (settings) => {
          if (saving === 0) providersStore.setState({ settings });
        },
        life.signal,
      );
    }
    return () => {
      lookers -= 1;
      if (lookers === 0) life.abort();
    };
  }, []);
  return useStore(providersStore);
}

let saving = 0;
let lastSave: Promise<unknown> = Promise.resolve();

/** False: the schema does not take it, and nothing was changed. */
export function changeSetting(path: FieldPath, value: unknown): boolean {
  const { settings } = providersStore.getState();
  if (settings === null) return false;
  const changed = providerSettingsSchema.safeParse(withValue(settings, path, value));
  if (!changed.success) return false;
  providersStore.setState({ settings: changed.data });
  saving += 1;
  lastSave = lastSave.then(async () => {
    try {
      const kept = await rpc.providers.setSettings(changed.data);
      if (saving === 1) providersStore.setState({ settings: kept });
    } catch (error) {
      showErrorToast(error);
      const kept = await rpc.providers.getSettings({}).catch(() => null);
      if (kept !== null) providersStore.setState({ settings: kept });
    } finally {
      saving -= 1;
    }
  });
  return true;
}

const setTest = (id: string, result: ProviderTest | null): void =>
  providersStore.setState(({ tests }) => ({ tests: { ...tests, [id]: result } }));

export async function testProvider(providerId: string): Promise<ProviderTest | null> {
  // What was set a moment ago is what is to be tested.
  await lastSave;
  setTest(providerId, null);
  try {
    const result = await rpc.providers.test({ providerId });
    setTest(providerId, result);
    return result;
  } catch (error) {
    providersStore.setState(({ tests: { [providerId]: _, ...tests } }) => ({ tests }));
    showErrorToast(error);
    return null;
  }
}

/** Every one that is in a chain and could be asked. */
export async function testAll(): Promise<void> {
  const { status, settings } = providersStore.getState();
  if (status === null || settings === null) return;
  const { chains } = settings.policy;
  const asked = status.lights.filter(({ id, stage }) => chains[stage].includes(id));
  await Promise.all(asked.map(({ id }) => testProvider(id)));
}
