/** The person's own recording in place of a voice: what is used, the microphone, a file, and the takes. */
import { CircleCheck, FileAudio, Trash2, Undo2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { AssetRef } from '../../../../app/document/asset.ts';
import type { Take } from '../../../../app/document/take.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { upload } from '../../../bridge/index.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { useDocument, useProject } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { Badge, Button, DropZone, IconButton, ProgressBar, Spinner, TextField } from '../../../ui/index.ts';
import styles from '../voice.module.css';
import { examine } from './examined.ts';
import { Recorder } from './recorder.tsx';
import { SoundCard } from './sound-card.tsx';
import { removeTake, renameTake, setRecording, useTakes } from './takes.ts';

export function RecordingPart(): ReactElement {
  const t = useT();
  const recording = useDocument(({ script }) => script.recording);
  const projectId = useProject(({ id }) => id);
  const takes = useTakes(projectId);
  const [sent, setSent] = useState<number | null>(null);

  const bring = async (ask: (onProgress: (share: number) => void) => Promise<AssetRef | null>): Promise<void> => {
    try {
      const asset = await ask(setSent);
      if (asset === null) return;
      setSent(1);
      // Whatever is wrong with it is told before it takes the place of anything.
      await examine(asset);
      setRecording(asset);
    } catch (error) {
      showErrorToast(error);
    } finally {
      setSent(null);
    }
  };
  const importFile = (): void => void bring((onProgress) => chooseFile('sound', { onProgress }));
  const used = takes?.find(({ asset }) => asset.sha256 === recording?.sha256);
  return (
    <DropZone
      label={t('voice.dropHere')}
      onFiles={([file]) => file && void bring((onProgress) => upload(file, { onProgress }))}
    >
      <div className={styles.part}>
        {recording === null ? (
          <p className={styles.explain}>{t('voice.recordingExplain')}</p>
        ) : (
          <section className={styles.used} aria-label={t('voice.recordingInUse')}>
            <SoundCard
              asset={recording}
              name={used?.name ?? recording.fileName}
              inUse
              heading={
                <>
                  <b className={styles.soundName} title={recording.fileName}>
                    {used?.name ?? (recording.fileName || t('voice.ownRecording'))}
                  </b>
                  <Badge tone="success">{t('voice.inUse')}</Badge>
                </>
              }
            >
              <Button icon={Undo2} onClick={() => setRecording(null)}>
                {t('voice.backToVoice')}
              </Button>
            </SoundCard>
            <p className={styles.explain}>{t('voice.recordingMeans')}</p>
          </section>
        )}
        <Recorder onImport={importFile} />
        <div className={styles.importRow}>
          <Button icon={FileAudio} onClick={importFile} disabled={sent !== null}>
            {t('voice.import')}
          </Button>
          <span>{t('voice.importHint')}</span>
        </div>
        {sent !== null && <ProgressBar label={t('voice.importing')} value={sent < 1 ? sent : null} />}
        <h3 className={styles.heading}>{t('voice.takes')}</h3>
        {takes === null ? (
          <Spinner label={t('ui.busy')} />
        ) : takes.length === 0 ? (
          <p className={styles.explain}>{t('voice.takesNone')}</p>
        ) : (
          <ul className={styles.takes}>
            {takes.map((take) => (
              <li key={take.id}>
                <TakeCard take={take} inUse={take.asset.sha256 === recording?.sha256} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </DropZone>
  );
}

function TakeCard({ take, inUse }: { take: Take; inUse: boolean }): ReactElement {
  const t = useT();
  const format = useFormat();
  return (
    <SoundCard
      asset={take.asset}
      name={take.name}
      durationMs={take.durationMs}
      inUse={inUse}
      heading={
        <TextField
          label={t('voice.takeNameLabel')}
          bare
          className={styles.takeName ?? ''}
          value={take.name}
          title={format.dateTime(take.recordedAtMs)}
          onCommit={(name) => name.trim() !== '' && void renameTake(take, name.trim())}
        />
      }
    >
      {inUse ? (
        <Badge tone="success">{t('voice.inUse')}</Badge>
      ) : (
        <Button icon={CircleCheck} onClick={() => setRecording(take.asset)}>
          {t('voice.useTake')}
        </Button>
      )}
      <IconButton
        icon={Trash2}
        label={t('voice.deleteTake', { name: take.name })}
        onClick={() => void removeTake(take)}
      />
    </SoundCard>
  );
}
