/** What the desktop shell tells the page: its menu's choices, and project files opened from outside. */
import type { OpenedFile } from '../../app/contract/desktop.ts';
import { runAction } from '../actions/registry.ts';
import { desktop, rpc } from '../bridge/index.ts';
import { UploadFailed } from '../bridge/upload.ts';
import { language } from '../state/language.ts';
import { showErrorToast } from '../state/show-error.ts';
import { navigate } from '../state/ui-store.ts';

export function startDesktopEvents(): void {
  if (desktop === null) return;
  desktop.onEvent((event) => {
    if (event.type === 'action') runAction(event.action);
    if (event.type === 'opened') void openProjectFile(event.file);
  });
  void desktop.setLanguage(language().locale);
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
