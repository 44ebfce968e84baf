/** The microphone's level with its highest mark, drawn outside of React: it moves twenty times a second. */
import { type ReactElement, useEffect, useRef } from 'react';
import { useFormat, useT } from '../../../state/language.ts';
import styles from '../voice.module.css';
import { FLOOR_DB } from './level.ts';
import { levelListeners } from './recorder-store.ts';

const shareOf = (db: number): string => `${(100 * (db - FLOOR_DB)) / -FLOOR_DB}%`;

export function LevelMeter(): ReactElement {
  const t = useT();
  const format = useFormat();
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const show = ({ db, heldDb }: { db: number; heldDb: number }): void => {
      const element = meter.current;
      if (element === null) return;
      element.style.setProperty('--level', shareOf(db));
      element.style.setProperty('--held', shareOf(heldDb));
      element.dataset.hot = heldDb > -1 ? 'clip' : heldDb > -6 ? 'loud' : '';
      element.setAttribute('aria-valuenow', db.toFixed(0));
    };
    levelListeners.add(show);
    return () => void levelListeners.delete(show);
  }, []);
  return (
    <div className={styles.meter}>
      {/* biome-ignore lint/a11y/useSemanticElements: meter draws itself, without a mark that stays. */}
      <div
        ref={meter}
        className={styles.meterBar}
        role="meter"
        aria-label={t('voice.level')}
        aria-valuemin={FLOOR_DB}
        aria-valuemax={0}
        aria-valuenow={FLOOR_DB}
      >
        <i />
        <b />
      </div>
      <div className={styles.meterScale} aria-hidden>
        {[-48, -36, -24, -12, -6].map((db) => (
          <span key={db} style={{ left: shareOf(db) }}>
            {format.number(db)}
          </span>
        ))}
      </div>
    </div>
  );
}
