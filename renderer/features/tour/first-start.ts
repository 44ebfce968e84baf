/** Brings the tour to a project that it can be taken on. */
import { rpc } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { projectStore } from '../../state/project.ts';
import { navigate, uiStore } from '../../state/ui-store.ts';
import { createSample } from '../projects/create-project.ts';
import { tourStore } from './tour-store.ts';

const isInWorkspace = (): boolean => uiStore.getState().route.screen === 'workspace';

/** On the open project, else on the one used last, else on a sample. */
export async function startTour(): Promise<void> {
  tourStore.setState({ step: null, wanted: true });
  if (isInWorkspace() && projectStore().getState().document !== null) return;
  const latest = (await rpc.projects.list({})).find(({ trashedAtMs, problem }) => trashedAtMs === null && !problem);
  navigate({ screen: 'workspace', projectId: latest?.id ?? (await sample()) });
}

async function sample(): Promise<string> {
  const [first] = await rpc.portraits.samples({});
  const { locale } = language();
  return (await createSample(first?.avatar.id, first?.avatar.name[locale] ?? '', 'landscape')).id;
}

/** Someone who has never seen the studio sees it at work: the sample project is made and opened. */
export async function openFirstProject(): Promise<void> {
  if (uiStore.getState().route.screen !== 'projects' || uiStore.getState().dialog !== null) return;
  if ((await rpc.projects.list({})).length > 0) return;
  const id = await sample();
  if (uiStore.getState().route.screen === 'projects') navigate({ screen: 'workspace', projectId: id });
}
