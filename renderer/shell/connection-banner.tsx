import { type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { connection, desktop } from '../bridge/index.ts';
import { useT } from '../state/language.ts';
import { Button } from '../ui/index.ts';
import { engineStore } from './desktop-events.ts';
import styles from './shell.module.css';

/** A short break is not worth a word. */
const SHOWN_AFTER_MS = 700;

export function ConnectionBanner(): ReactElement | null {
  const t = useT();
  const state = useStore(connection.store);
  const broken = state.phase !== 'open';
  const [shown, setShown] = useState(false);
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    setShown(false);
    if (!broken) return;
    const appear = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    const tick = setInterval(() => setNowMs(Date.now()), 500);
    return () => {
      clearTimeout(appear);
      clearInterval(tick);
    };
  }, [broken]);
  const failed = useStore(engineStore, (engine) => engine.failed);
  if (failed && desktop !== null) {
    return (
      <div className={styles.banner}>
        <span role="status">{t('shell.engineFailed')}</span>
        <Button onClick={() => void desktop?.restartEngine()}>{t('shell.engineRestart')}</Button>
      </div>
    );
  }
  if (!broken || !shown) return null;
  const words =
    state.phase === 'refused'
      ? `${t('shell.refused')} ${t('shell.refusedHint')}`
      : state.phase === 'waiting'
        ? t('shell.lost', { seconds: Math.max(1, Math.ceil((state.retryAtMs - nowMs) / 1000)) })
        : t(state.attempt === 0 ? 'shell.connecting' : 'shell.lostTrying');
  return (
    <div className={styles.banner}>
      <span role="status">{words}</span>
      {state.phase === 'waiting' && <Button onClick={connection.retryNow}>{t('shell.retryNow')}</Button>}
    </div>
  );
}
