/** The list of voices with more room. */
import { type ReactElement, useEffect } from 'react';
import { useT } from '../../../state/language.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog } from '../../../ui/index.ts';
import { hush } from '../hearing.ts';
import styles from '../voice.module.css';
import { Slots } from './slots.tsx';
import { VoiceBrowser } from './voice-browser.tsx';

export default function BrowseDialog(): ReactElement {
  const t = useT();
  useEffect(() => hush, []);
  return (
    <Dialog
      title={t('voice.all')}
      size="wide"
      onClose={closeDialog}
      footer={
        <Button tone="primary" onClick={closeDialog}>
          {t('voice.done')}
        </Button>
      }
    >
      <div className={styles.dialog}>
        <Slots />
        <VoiceBrowser />
      </div>
    </Dialog>
  );
}
