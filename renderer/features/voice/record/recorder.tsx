/** The microphone: its level, its choice, and the button that records. */
import { Circle, CloudUpload, Mic, Settings2, Square } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useFormat, useT } from '../../../state/language.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { setLayout, uiStore } from '../../../state/ui-store.ts';
import { Button, IconButton, Popover, Select, Switch, ToneIcon } from '../../../ui/index.ts';
import styles from '../voice.module.css';
import { LevelMeter } from './level-meter.tsx';
import { microphoneWords } from './microphone-words.ts';
import {
  CLEANED,
  COUNTDOWN,
  openRecorder,
  record,
  recorderStore,
  setCleaned,
  showRecorder,
  stopRecording,
} from './recorder-store.ts';
import { sendTakes, unsentStore } from './takes.ts';

export function Recorder({ onImport }: { onImport: () => void }): ReactElement {
  const t = useT();
  const { phase, fault, countdown, clipping, silent } = useStore(recorderStore);
  const unsent = useStore(unsentStore, ({ takes }) => takes.length);
  useEffect(() => {
    showRecorder(true);
    return () => showRecorder(false);
  }, []);

  if (fault !== null) {
    const { message, hint } = microphoneWords(fault);
    return (
      <div role="alert" className={styles.fault}>
        <ToneIcon tone="error" />
        <div>
          <p>{t.any(message)}</p>
          <p>{t.any(hint)}</p>
          <p className={styles.faultButtons}>
            <Button onClick={() => void openRecorder()}>{t('ui.retry')}</Button>
            <Button onClick={onImport}>{t('voice.import')}</Button>
          </p>
        </div>
      </div>
    );
  }
  const on = phase === 'recording' || phase === 'counting';
  return (
    <div className={styles.recorder} data-phase={phase}>
      <div className={styles.recordRow}>
        {on ? (
          <Button large tone="danger" icon={Square} className={styles.stop} onClick={() => void stopRecording()}>
            {t(phase === 'counting' ? 'ui.cancel' : 'voice.stop')}
          </Button>
        ) : (
          <Button
            large
            icon={phase === 'off' ? Mic : Circle}
            className={styles.record}
            busy={phase === 'opening' || phase === 'saving'}
            onClick={() => void record()}
          >
            {t(phase === 'saving' ? 'voice.saving' : 'voice.record')}
          </Button>
        )}
        <span className={styles.time} role="timer">
          {phase === 'counting' ? <b>{countdown}</b> : <Elapsed />}
        </span>
        <Options />
      </div>
      <LevelMeter />
      <p className={styles.warn} role="status">
        {clipping ? (
          <>
            <ToneIcon tone="error" />
            {t('voice.clipping')}
          </>
        ) : silent && phase !== 'off' ? (
          <>
            <ToneIcon tone="warning" />
            {t('voice.silent')}
          </>
        ) : phase === 'counting' ? (
          t('voice.counting')
        ) : phase === 'recording' ? (
          t('voice.recordingNow')
        ) : (
          t('voice.recordHint')
        )}
      </p>
      {unsent > 0 && phase !== 'saving' && (
        <Button icon={CloudUpload} onClick={() => void sendTakes().catch(showErrorToast)}>
          {t('voice.sendTakes', { count: unsent })}
        </Button>
      )}
    </div>
  );
}

export function Elapsed(): ReactElement {
  const format = useFormat();
  const { phase, startedAtMs } = useStore(recorderStore);
  const [nowMs, setNow] = useState(0);
  useEffect(() => {
    if (phase !== 'recording') return;
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, [phase]);
  return <>{format.clock(phase === 'recording' ? Math.max(0, nowMs - startedAtMs) : 0, true)}</>;
}

/** Which microphone, and how. */
function Options(): ReactElement {
  const t = useT();
  const { devices, deviceId, phase } = useStore(recorderStore);
  const cleaned = useStore(uiStore, ({ layout }) => (layout[CLEANED] ?? 0) !== 0);
  const countdown = useStore(uiStore, ({ layout }) => (layout[COUNTDOWN] ?? 1) !== 0);
  const fixed = phase === 'recording' || phase === 'counting' || phase === 'saving';
  return (
    <Popover
      label={t('voice.micOptions')}
      align="end"
      trigger={<IconButton icon={Settings2} label={t('voice.micOptions')} />}
    >
      <div className={styles.micOptions}>
        {devices.length === 0 ? (
          <Button icon={Mic} onClick={() => void openRecorder()}>
            {t('voice.micTest')}
          </Button>
        ) : (
          <Select
            label={t('voice.microphone')}
            stacked
            disabled={fixed}
            value={deviceId}
            options={devices.map(({ id, label }, index) => ({
              value: id,
              label: label || t('voice.microphoneNumber', { count: index + 1 }),
            }))}
            onChange={(id) => void openRecorder(id)}
          />
        )}
        <Switch label={t('voice.cleaned')} checked={cleaned} disabled={fixed} onChange={setCleaned} />
        <Switch
          label={t('voice.countdown')}
          checked={countdown}
          onChange={(next) => setLayout(COUNTDOWN, next ? 1 : 0)}
        />
      </div>
    </Popover>
  );
}
