import { type ReactElement, useEffect, useRef, useState } from 'react';
import { connection, rpc } from '../../bridge/index.ts';
import { setPreviewControls } from '../../state/preview-store.ts';
import { useProject } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { setActivePlayer } from './player/active-player.ts';
import { resetPlayback } from './player/playback-store.ts';
import { Player } from './player/player.ts';
import styles from './preview.module.css';
import { Transport } from './transport.tsx';
import { useViewSetting } from './view-settings.ts';
import { Viewport } from './viewport.tsx';

/** The open project's stage, playing live. */
export default function StagePanel(): ReactElement {
  const projectId = useProject(({ id }) => id);
  const [maxSidePx, setMaxSidePx] = useMaxSide();
  const [player, setPlayer] = useState<Player | null>(null);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (projectId === null || maxSidePx === null) return;
    resetPlayback();
    const next = new Player({ projectId, maxSidePx });
    setPlayer(next);
    setPreviewControls(next);
    const takeAway = setActivePlayer(next, element.current!);
    return () => {
      takeAway();
      setPreviewControls(null);
      setPlayer(null);
      void next.dispose();
    };
  }, [projectId, maxSidePx]);

  const volume = useViewSetting('volume');
  const muted = useViewSetting('muted') !== 0;
  const idle = useViewSetting('idle') !== 0;
  useEffect(() => player?.setVolume(muted ? 0 : volume ** 2), [player, muted, volume]);
  useEffect(() => player?.setIdle(idle), [player, idle]);

  return (
    <div className={styles.stage} ref={element}>
      <Viewport player={player} />
      <Transport player={player} maxSidePx={maxSidePx} onMaxSide={setMaxSidePx} />
    </div>
  );
}

/** The longer side of the preview's picture, as the studio's settings have it. */
function useMaxSide(): [number | null, (px: number) => void] {
  const [px, setPx] = useState<number | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          await connection.whenOpen(stop.signal);
          return setPx((await rpc.settings.get({})).previewMaxSidePx);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      }
    };
    void read();
    return () => stop.abort();
  }, []);
  const change = (next: number): void => {
    setPx(next);
    rpc.settings.set({ previewMaxSidePx: next }).catch(showErrorToast);
  };
  return [px, change];
}
