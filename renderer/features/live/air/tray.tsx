import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { useFormat, useT } from '../../../state/language.ts';
import { hashOf, uiStore, viewOf } from '../../../state/ui-store.ts';
import styles from '../live.module.css';
import { followShows, isRunning, liveStore } from '../live-store.ts';
import { STATE_WORDS } from './words.ts';

/** What is on air, wherever one is; not on its own desk, which says it itself. */
export default function OnAirTray(): ReactElement | null {
  const t = useT();
  const { clock } = useFormat();
  useEffect(followShows, []);
  const shows = useStore(liveStore, (state) => state.shows);
  const route = useStore(uiStore, (state) => state.route);
  const onDesk = useStore(uiStore, (state) => viewOf(state) === 'live');
  const others = (shows ?? []).filter(
    (show) => isRunning(show) && !(onDesk && route.screen === 'workspace' && route.projectId === show.projectId),
  );
  if (others.length === 0) return null;
  return (
    <>
      {others.map(({ projectId, state, uptimeMs }) => (
        <a
          key={projectId}
          className={styles.trayLink}
          href={hashOf({ screen: 'workspace', projectId: projectId ?? '', view: 'live' })}
        >
          <span className={styles.lamp} data-state={state} aria-hidden />
          {t.any(STATE_WORDS[state])}
          {uptimeMs > 0 && <span className={styles.airClock}>{clock(uptimeMs)}</span>}
        </a>
      ))}
    </>
  );
}
