/** What takes the place of an emotion that lines use, before it goes. */
import { type ReactElement, useState } from 'react';
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { useT } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { Button, Dialog, Select } from '../../ui/index.ts';
import { usesOf } from './edits.ts';
import styles from './emotion.module.css';
import { removeNow } from './emotion-store.ts';
import { emotionLabel } from './names.ts';

export default function DeleteDialog({ argument }: { argument: unknown }): ReactElement | null {
  const t = useT();
  const own = useDocument(({ emotions }) => emotions);
  const [replacement, setReplacement] = useState<string>('neutral');
  const emotion = own.find(({ id }) => id === argument);
  if (emotion === undefined) return null;
  const { name } = emotion;
  const options = [...EMOTIONS, ...own.filter((other) => other !== emotion).map((other) => other.name)].map(
    (value) => ({
      value,
      label: emotionLabel(value, t),
    }),
  );
  return (
    <Dialog
      title={t('emotion.deleteTitle', { name })}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button
            tone="danger"
            onClick={() => {
              closeDialog();
              removeNow(emotion, replacement);
            }}
          >
            {t('ui.delete')}
          </Button>
        </>
      }
    >
      <p className={styles.dialogText}>{t('emotion.deleteUsed', { count: usesOf(name) })}</p>
      <Select label={t('emotion.deleteReplacement')} value={replacement} options={options} onChange={setReplacement} />
    </Dialog>
  );
}
