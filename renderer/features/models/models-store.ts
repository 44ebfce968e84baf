/** Models as the studio has them, followed while somebody looks. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ModelOverview, ModelView } from '../../../app/contract/models.ts';
import { rpc } from '../../bridge/index.ts';
import { useLocale } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { follow } from '../../state/studio-store.ts';

export const modelsStore = createStore<{ overview: ModelOverview | null }>(() => ({ overview: null }));

/** For as long as the component is there. */
export function useModels(): ModelOverview | null {
  useEffect(() => {
    const life = new AbortController();
    void follow(
      (signal) => rpc.models.watch({}, { signal }),
      (overview) => modelsStore.setState({ overview }),
      life.signal,
    );
    return () => life.abort();
  }, []);
  return useStore(modelsStore).overview;
}

export type ModelName = Pick<ModelView['entry'], 'id' | 'version'>;
export const nameOf = ({ id, version }: ModelName): ModelName => ({ id, version });
export const isSame = (a: ModelName, b: ModelName): boolean => a.id === b.id && a.version === b.version;

/** In the person's language; its version with it where there are others of it. */
export function useModelName(): (entry: ModelView['entry']) => string {
  const locale = useLocale();
  return (entry) => (locale === 'zh-CN' ? entry.name.zh : entry.name.en);
}

/** What goes wrong is told. */
export function ask(call: Promise<unknown>): void {
  call.catch(showErrorToast);
}

/** What the dialog `models.ask` is about. */
export type Question =
  | { kind: 'licence' | 'trial' | 'remove'; view: ModelView }
  | { kind: 'import' }
  | { kind: 'bundle'; views: readonly ModelView[] };
