import { Mic, MicVocal } from 'lucide-react';
import type { ReactElement } from 'react';
import { useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Button } from '../../../ui/index.ts';
import styles from '../voice.module.css';
import { voiceView } from '../voice-store.ts';
import { Slots } from './slots.tsx';
import { Tone } from './tone.tsx';
import { VoiceBrowser } from './voice-browser.tsx';

export function VoicesPart(): ReactElement {
  const t = useT();
  const recorded = useDocument(({ script }) => script.recording !== null);
  return (
    <div className={styles.voices}>
      {recorded && (
        <p className={styles.note}>
          <Mic aria-hidden />
          <span>{t('voice.recordingSpeaks')}</span>
          <Button tone="quiet" onClick={() => voiceView.setState({ part: 'recording' })}>
            {t('voice.show')}
          </Button>
        </p>
      )}
      <Slots />
      <Tone />
      <div className={styles.ownRow}>
        <Button icon={MicVocal} onClick={() => openDialog('voice.own')}>
          {t('voice.ownOpen')}
        </Button>
      </div>
      <VoiceBrowser onLarger={() => openDialog('voice.browse')} />
    </div>
  );
}
