/** Projects as files: brought in from a bundle, saved as one. */
import type { ProjectSummary } from '../../../app/contract/projects.ts';
import type { AssetRef } from '../../../app/document/asset.ts';
import { chooseFile, saveFile } from '../../bridge/files.ts';
import { rpc, upload } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { showToast } from '../../state/toasts.ts';
import { navigate } from '../../state/ui-store.ts';
import { transfer } from './transfers.ts';

/** Asks for a project file, brings it in and opens it. */
export async function importChosen(): Promise<void> {
  const { t } = language();
  await transfer(t('projects.importing'), async (progress) => {
    const asset = await chooseFile('project', { onProgress: progress });
    if (asset !== null) await takeIn(asset);
  });
}

/** A project file that was dropped. */
export async function importFile(file: File): Promise<void> {
  const { t } = language();
  await transfer(t('projects.importing'), async (progress) => {
    await takeIn(await upload(file, { onProgress: progress }));
  });
}

async function takeIn(bundle: AssetRef): Promise<void> {
  const { id, name } = await rpc.projects.importBundle({ bundle });
  showToast({ tone: 'success', message: language().t('projects.imported', { name }) });
  navigate({ screen: 'workspace', projectId: id });
}

/** Packs a project with all its files and hands it to the person. */
export async function saveBundle({ id, name }: Pick<ProjectSummary, 'id' | 'name'>): Promise<void> {
  const { t, format } = language();
  await transfer(t('projects.packing', { name }), async () => {
    const { path, fileName, bytes } = await rpc.projects.exportBundle({ id });
    if (await saveFile(path, fileName))
      showToast({ tone: 'success', message: t('projects.packed', { fileName, size: format.bytes(bytes) }) });
  });
}

/** The stored text of a project that does not open. */
export async function saveDocument({ id }: Pick<ProjectSummary, 'id'>): Promise<void> {
  const { path, fileName } = await rpc.projects.exportDocument({ id });
  await saveFile(path, fileName);
}
