import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../state/language.ts';
import { Split, Tabs } from '../../ui/index.ts';
import { AirBar } from './air/air-bar.tsx';
import { HealthStrip } from './air/health-strip.tsx';
import { Desk } from './desk/desk.tsx';
import { Picture } from './desk/picture.tsx';
import { DestinationsPanel } from './destinations/destinations-panel.tsx';
import styles from './live.module.css';
import { deskStore, followShows, type LiveTab, showLiveTab } from './live-store.ts';
import { OverlaysTab } from './look/overlays-tab.tsx';
import { ScenesTab } from './look/scenes-tab.tsx';
import { RunOfShow } from './show/run-of-show.tsx';
import { SegmentTab } from './show/segment-tab.tsx';
import { StreamTab } from './show/stream-tab.tsx';

/** The live desk: what is played, what goes out, where it goes, and how it is. */
export default function LiveScreen(): ReactElement {
  const t = useT();
  useEffect(followShows, []);
  return (
    <div className={styles.screen}>
      <AirBar />
      <div className={styles.columns}>
        <Split
          id="live.left"
          label={t('live.resizeShow')}
          axis="x"
          sized="first"
          size={272}
          min={220}
          max={520}
          first={
            <section className={styles.panel} aria-label={t('live.runOfShow')}>
              <RunOfShow />
            </section>
          }
          second={
            <Split
              id="live.right"
              label={t('live.resizeSide')}
              axis="x"
              sized="second"
              size={332}
              min={280}
              max={620}
              first={
                <div className={styles.middle}>
                  <section className={styles.picture} aria-label={t('live.picture')}>
                    <Picture />
                  </section>
                  <section className={styles.desk} aria-label={t('live.desk')}>
                    <Desk />
                  </section>
                </div>
              }
              second={
                <div className={styles.side}>
                  <section className={styles.destinations} aria-label={t('live.destinations')}>
                    <DestinationsPanel />
                  </section>
                  <section className={styles.editors} aria-label={t('live.editors')}>
                    <Editors />
                  </section>
                </div>
              }
            />
          }
        />
      </div>
      <HealthStrip />
    </div>
  );
}

function Editors(): ReactElement {
  const t = useT();
  const tab = useStore(deskStore, (state) => state.tab);
  return (
    <Tabs
      label={t('live.editors')}
      value={tab}
      onChange={(next) => showLiveTab(next as LiveTab)}
      tabs={[
        { id: 'segment', label: t('live.tab_segment'), content: <SegmentTab /> },
        { id: 'overlays', label: t('live.tab_overlays'), content: <OverlaysTab /> },
        { id: 'scenes', label: t('live.tab_scenes'), content: <ScenesTab /> },
        { id: 'stream', label: t('live.tab_stream'), content: <StreamTab /> },
      ]}
    />
  );
}
