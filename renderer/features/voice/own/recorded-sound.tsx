/** A place for one recording: made here or brought as a file, heard, looked at, and made again. */
import { Circle, FileAudio, Mic, Square } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { Button, ErrorBox, ToneIcon } from '../../../ui/index.ts';
import { examine } from '../record/examined.ts';
import { microphoneWords } from '../record/microphone-words.ts';
import { SoundCard } from '../record/sound-card.tsx';
import styles from './own.module.css';
import { useSoundRecorder } from './sound-recorder.ts';

interface RecordedSoundProps {
  /** Of the recording, and of its file. */
  name: string;
  value: AssetRef | null;
  onChange: (value: AssetRef | null) => void;
}

export function RecordedSound({ name, value, onChange }: RecordedSoundProps): ReactElement {
  const t = useT();
  const [error, setError] = useState<unknown>(null);
  /** Whatever is wrong with it is told before it is taken. */
  const take = (asset: AssetRef): void => {
    setError(null);
    examine(asset).then(() => onChange(asset), setError);
  };
  const { phase, startedAtMs, fault, error: sendError, start, stop } = useSoundRecorder(name, take);
  const bring = (): void => void chooseFile('sound').then((asset) => asset && take(asset), setError);
  const buttons = (
    <>
      {phase === 'recording' ? (
        <Button tone="danger" icon={Square} onClick={() => void stop()}>
          {t('voice.stop')} <Seconds sinceMs={startedAtMs} />
        </Button>
      ) : (
        <Button
          icon={value === null ? Mic : Circle}
          busy={phase === 'opening' || phase === 'sending'}
          aria-label={t(value === null ? 'voice.ownRecord' : 'voice.ownRecordAgain', { name })}
          onClick={() => void start()}
        >
          {t(value === null ? 'voice.record' : 'voice.ownAgain')}
        </Button>
      )}
      <Button icon={FileAudio} disabled={phase !== 'off'} aria-label={t('voice.ownImport', { name })} onClick={bring}>
        {t('voice.import')}
      </Button>
    </>
  );
  const words = fault === null ? null : microphoneWords(fault);
  return (
    <div className={styles.recorded} data-recorded={phase}>
      {value === null ? (
        <div className={styles.buttons}>{buttons}</div>
      ) : (
        <SoundCard asset={value} name={name} heading={<b className={styles.fileName}>{value.fileName || name}</b>}>
          {buttons}
        </SoundCard>
      )}
      {words !== null && (
        <p role="alert" className={styles.remark}>
          <ToneIcon tone="error" />
          <span>
            {t.any(words.message)} {t.any(words.hint)}
          </span>
        </p>
      )}
      {(error ?? sendError) !== null && <ErrorBox error={error ?? sendError} />}
    </div>
  );
}

function Seconds({ sinceMs }: { sinceMs: number }): ReactElement {
  const format = useFormat();
  const [nowMs, setNow] = useState(sinceMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 200);
    return () => clearInterval(timer);
  }, []);
  return <span className={styles.seconds}>{format.clock(Math.max(0, nowMs - sinceMs))}</span>;
}
