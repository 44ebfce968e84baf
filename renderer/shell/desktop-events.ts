/** What the desktop shell tells the page: its menu's choices, and project files opened from outside. */
import { createStore } from 'zustand/vanilla';
import type { OpenedFile } from '../../app/contract/desktop.ts';
import { runAction } from '../actions/registry.ts';
import { desktop, rpc } from '../bridge/index.ts';
import { UploadFailed } from '../bridge/upload.ts';
import { followLocale } from '../state/language.ts';
import { showErrorToast } from '../state/show-error.ts';
import { navigate } from '../state/ui-store.ts';

/** The shell has given up starting the engine by itself. */
export const engineStore = createStore(() => ({ failed: false }));

export function startDesktopEvents(): void {
  if (desktop === null) return;
  desktop.onEvent((event) => {
    if (event.type === 'engine') engineStore.setState({ failed: event.engine.state === 'failed' });
    if (event.type === 'action') runAction(event.action);
    if (event.type === 'opened') void openProjectFile(event.file);
  });
  const shell = desktop;
  followLocale((locale) => void shell.setLanguage(locale));
}

async function openProjectFile(file: OpenedFile): Promise<void> {
  if (file.type === 'failed') return showErrorToast(new UploadFailed('refused', file.error));
  if (file.type !== 'opened') return;
  try {
    const { id } = await rpc.projects.importBundle({ bundle: file.asset });
    navigate({ screen: 'workspace', projectId: id });
  } catch (error) {
    showErrorToast(error);
  }
}
