/** In the top bar: what is being recorded while its panel is away, and a way to end it. Brings back takes that were not sent. */
import { Square } from 'lucide-react';
import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { connection } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { useProject } from '../../../state/project.ts';
import { Button } from '../../../ui/index.ts';
import styles from '../voice.module.css';
import { Elapsed } from './recorder.tsx';
import { recorderStore, stopRecording } from './recorder-store.ts';
import { bringBackTakes } from './takes.ts';

export default function RecordingTray(): ReactElement | null {
  const t = useT();
  const { phase, shown } = useStore(recorderStore);
  const isOpen = useStore(connection.store, (state) => state.phase === 'open');
  const projectId = useProject(({ id }) => id);
  useEffect(() => {
    if (isOpen) void bringBackTakes().catch(() => {});
  }, [isOpen]);
  // A take belongs to the project it was begun in.
  useEffect(() => () => void (projectId !== null && stopRecording()), [projectId]);
  if (shown || (phase !== 'recording' && phase !== 'counting')) return null;
  return (
    <Button tone="danger" icon={Square} onClick={() => void stopRecording()}>
      {t('voice.stopTake')}
      <span className={styles.trayTime}>
        <Elapsed />
      </span>
    </Button>
  );
}
