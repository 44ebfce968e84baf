/** The person's portrait with the emotion that is being made, drawn by the engine while it changes. */
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ShownEmotion } from '../../../app/contract/emotions.ts';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { useT } from '../../state/language.ts';
import { previewControls } from '../../state/preview-store.ts';
import { uiStore } from '../../state/ui-store.ts';
import { cx, ErrorBox, Spinner } from '../../ui/index.ts';
import styles from './emotion.module.css';
import { emotionView } from './emotion-store.ts';
import { type LiveStill, useLiveStill } from './stills.ts';
import { useFace } from './use-face.ts';

const SIDE_PX = 320;
export const ON_STAGE = 'emotion.onStage';
export const isOnStage = ({ layout }: { layout: Readonly<Record<string, number>> }): boolean =>
  (layout[ON_STAGE] ?? 1) !== 0;

export function Look({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const face = useFace();
  const { intensity, mouth, compare } = useStore(emotionView);
  const onStage = useStore(uiStore, isOnStage);
  const [held, setHeld] = useState(false);
  const { blend } = emotion;
  const shown = useMemo((): ShownEmotion => ({ kind: 'blend', blend, intensity }), [blend, intensity]);
  const still = useLiveStill({ face, emotion: shown, mouth, sidePx: SIDE_PX }, (wish) => {
    // After the still, so that the two do not wait for one another.
    if (isOnStage(uiStore.getState())) showOnStage(wish.emotion);
  });
  const neutral = useLiveStill({ face, emotion: NEUTRAL, mouth, sidePx: SIDE_PX });
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(() => {
    if (!onStage) return;
    showOnStage(latest.current);
    return () => showOnStage(null);
  }, [onStage]);

  if (still.error !== null && still.url === null) {
    return (
      <div className={styles.lookError}>
        <ErrorBox error={still.error} onRetry={still.retry} />
      </div>
    );
  }
  return (
    <div className={cx(styles.look, compare && styles.compared)}>
      {compare && <Picture still={neutral} label={t('emotion.neutral')} />}
      <Picture
        still={held ? neutral : still}
        label={held ? t('emotion.neutral') : emotion.name}
        hint={compare ? undefined : t('emotion.holdHint')}
        caption={compare || held}
        onHold={compare ? undefined : setHeld}
      />
    </div>
  );
}

const showOnStage = (emotion: ShownEmotion | null): void => previewControls()?.showEmotion(emotion);

const NEUTRAL: ShownEmotion = { kind: 'preset', emotion: 'neutral', intensity: 1 };

interface PictureProps {
  still: LiveStill;
  label: string;
  hint?: string | undefined;
  caption?: boolean;
  onHold?: ((held: boolean) => void) | undefined;
}

function Picture({ still, label, hint, caption = true, onHold }: PictureProps): ReactElement {
  return (
    <figure
      className={styles.picture}
      title={hint}
      onPointerDown={() => onHold?.(true)}
      onPointerUp={() => onHold?.(false)}
      onPointerLeave={() => onHold?.(false)}
    >
      {still.url === null ? <Spinner /> : <img src={still.url} alt={label} draggable={false} data-live-still="" />}
      {caption && <figcaption>{label}</figcaption>}
    </figure>
  );
}
