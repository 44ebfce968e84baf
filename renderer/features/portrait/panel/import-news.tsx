/** What becomes of a picture that is being taken in: its progress, or why it cannot be used and what to do then. */
import { Crop, ImageUp, Spline, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { isAbort } from '../../../bridge/errors.ts';
import { useT } from '../../../state/language.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Button, ErrorBox, IconButton, ProgressBar } from '../../../ui/index.ts';
import { cancelImport, choosePicture, importStore } from '../import/take-picture.ts';
import { placeByHand } from './place-by-hand.ts';
import styles from './portrait.module.css';

export function ImportNews(): ReactElement | null {
  const t = useT();
  const state = useStore(importStore, (store) => store.state);
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new state.
  useEffect(() => void place.current?.scrollIntoView({ block: 'nearest' }), [state.phase]);
  if (state.phase === 'idle') return null;
  if (state.phase !== 'failed') {
    const label = t(state.phase === 'sending' ? 'portrait.sending' : 'portrait.looking');
    return (
      <div className={styles.news} role="status" ref={place}>
        <div className={styles.newsHead}>
          <span>{label}</span>
          <IconButton small icon={X} label={t('ui.cancel')} onClick={cancelImport} />
        </div>
        <ProgressBar label={label} value={state.phase === 'sending' ? state.share : null} />
      </div>
    );
  }
  const { portrait, seen } = state;
  const hasNoFace = seen !== null && seen.faces.length === 0;
  if (isAbort(state.error)) return null;
  return (
    <div className={styles.news} ref={place}>
      <ErrorBox error={state.error}>
        <Button icon={ImageUp} onClick={() => void choosePicture()}>
          {t('portrait.chooseAnother')}
        </Button>
        {portrait !== null && seen !== null && (
          <Button icon={Crop} onClick={() => openDialog('portrait.edit', { tool: 'crop', pending: portrait })}>
            {t('portrait.cropIt')}
          </Button>
        )}
        {portrait !== null && seen !== null && hasNoFace && (
          <Button icon={Spline} onClick={() => void placeByHand(portrait, seen).catch(showErrorToast)}>
            {t('portrait.placeByHand')}
          </Button>
        )}
        <Button tone="quiet" onClick={cancelImport}>
          {t('ui.close')}
        </Button>
      </ErrorBox>
    </div>
  );
}
