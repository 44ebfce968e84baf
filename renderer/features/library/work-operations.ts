/** What is done to a finished work. What goes wrong is told. */
import type { Work, WorkFile } from '../../../app/contract/library.ts';
import { saveFile } from '../../bridge/files.ts';
import { rpc } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';
import { selectWork } from './library-store.ts';

export const LONGEST_NAME = 200;

/** Whatever fails is told. */
export const doing = (work: Promise<unknown>): void => void work.catch(showErrorToast);

export async function removeWork({ id, name }: Pick<Work, 'id' | 'name'>): Promise<void> {
  await rpc.library.remove({ id });
  selectWork(null);
  const { t } = language();
  showToast({
    tone: 'info',
    message: t('library.removed', { name }),
    action: {
      label: t('ui.undo'),
      run: () => doing(rpc.library.restore({ id }).then(() => selectWork(id))),
    },
  });
}

export const save = ({ path, fileName }: WorkFile): Promise<boolean> => saveFile(path, fileName);

export async function copyText(text: string): Promise<void> {
  const { t } = language();
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: 'success', message: t('library.copied') });
  } catch {
    showToast({ tone: 'warning', message: t('library.notCopied'), hint: text });
  }
}
