import { type KeyboardEvent, type ReactElement, useLayoutEffect, useRef } from 'react';
import { useLanguage } from '../../state/language.ts';
import { previewControls, previewStore } from '../../state/preview-store.ts';
import { toPx, type View } from './time-axis.ts';
import styles from './timeline.module.css';

const STEP_MS = 100;

/** Moved by hand with every frame: nothing is drawn anew for it. */
export function PlayHead(props: {
  view: View;
  height: number;
  rulerPx: number;
  held: { readonly current: View };
}): ReactElement {
  const { view, height, rulerPx, held } = props;
  const { t, format } = useLanguage();
  const head = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new view, which `held` holds, moves it too.
  useLayoutEffect(() => {
    const place = (): void => {
      const { atMs, durationMs } = previewStore.getState();
      const element = head.current;
      if (element === null) return;
      element.style.transform = `translateX(${toPx(held.current, atMs)}px)`;
      element.setAttribute('aria-valuenow', String(Math.round(atMs)));
      element.setAttribute('aria-valuemax', String(Math.round(durationMs)));
      element.setAttribute('aria-valuetext', format.clock(atMs, true));
    };
    place();
    return previewStore.subscribe(place);
  }, [view, held, format]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const { atMs, durationMs } = previewStore.getState();
    const step = STEP_MS * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowLeft: atMs - step,
      ArrowRight: atMs + step,
      PageUp: atMs - 5000,
      PageDown: atMs + 5000,
      Home: 0,
      End: durationMs,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    previewControls()?.seek(Math.min(durationMs, Math.max(0, to)));
  };
  return (
    <div
      ref={head}
      role="slider"
      tabIndex={0}
      aria-label={t('timeline.playHead')}
      aria-valuemin={0}
      aria-valuenow={0}
      className={styles.playHead}
      style={{ height }}
      onKeyDown={onKeyDown}
    >
      <span style={{ height: rulerPx }} />
    </div>
  );
}
