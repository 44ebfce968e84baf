import { type ReactElement, useState } from 'react';
import { useT } from '../state/language.ts';
import { projectStore, useProject } from '../state/project.ts';
import { navigate } from '../state/ui-store.ts';
import { Dialog, ErrorBox } from '../ui/index.ts';
import styles from './shell.module.css';

/** Another window was faster. It stays until the person has chosen. */
export function ConflictDialog(): ReactElement | null {
  const t = useT();
  const name = useProject((state) => (state.conflict === null ? null : (state.document?.name ?? '')));
  const [error, setError] = useState<unknown>(null);
  if (name === null) return null;
  const choose = async (choice: 'theirs' | 'copy'): Promise<void> => {
    try {
      const copyId = await projectStore().resolveConflict(choice);
      if (copyId !== null) navigate({ screen: 'workspace', projectId: copyId });
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Dialog title={t('shell.conflictTitle')}>
      <p>{t('shell.conflictText', { name })}</p>
      <div className={styles.choices}>
        <button type="button" className={styles.choice} onClick={() => void choose('copy')}>
          <span>{t('shell.conflictCopy')}</span>
          <span>{t('shell.conflictCopyText')}</span>
        </button>
        <button type="button" className={styles.choice} onClick={() => void choose('theirs')}>
          <span>{t('shell.conflictTheirs')}</span>
          <span>{t('shell.conflictTheirsText')}</span>
        </button>
      </div>
      {error !== null && <ErrorBox error={error} />}
    </Dialog>
  );
}
