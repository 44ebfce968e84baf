/** Two emotions of one name: which the library is to keep. */
import type { ReactElement } from 'react';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { useT } from '../../state/language.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { Button, Dialog } from '../../ui/index.ts';
import styles from './emotion.module.css';
import { replaceInLibrary } from './library.ts';

export default function ReplaceDialog({ argument }: { argument: unknown }): ReactElement {
  const t = useT();
  const { emotion, other } = argument as { emotion: OwnEmotion; other: OwnEmotion };
  return (
    <Dialog
      title={t('emotion.replaceTitle')}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button
            tone="primary"
            onClick={() => {
              closeDialog();
              void replaceInLibrary(emotion, other);
            }}
          >
            {t('emotion.replace')}
          </Button>
        </>
      }
    >
      <p className={styles.dialogText}>{t('emotion.replaceText', { name: other.name })}</p>
    </Dialog>
  );
}
