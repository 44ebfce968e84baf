import { Volume2, VolumeX } from 'lucide-react';
import { lazy, type ReactElement, useEffect, useRef, useState } from 'react';
import { mediaUrl } from '../../../bridge/index.ts';
import { Guarded } from '../../../shell/guarded.tsx';
import { useT } from '../../../state/language.ts';
import { useProject } from '../../../state/project.ts';
import { IconButton, Spinner } from '../../../ui/index.ts';
import styles from '../live.module.css';
import { useIsRunning, useShow } from '../live-store.ts';
import { type FlvState, playFlv } from './flv-player.ts';

const StagePanel = lazy(() => import('../../preview/stage-panel.tsx'));

/** What goes out, as viewers get it; before that, the stage. */
export function Picture(): ReactElement {
  const running = useIsRunning();
  if (running) return <OnAirPicture />;
  return (
    <Guarded>
      <StagePanel />
    </Guarded>
  );
}

function OnAirPicture(): ReactElement {
  const t = useT();
  const projectId = useProject(({ id }) => id);
  const state = useShow((status) => status?.state);
  const begun = useShow((status) => (status?.uptimeMs ?? 0) > 0);
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState<FlvState>('waiting');
  const [muted, setMuted] = useState(true);
  useEffect(() => {
    if (projectId === null || !begun) return;
    return playFlv(video.current!, mediaUrl(`/media/live/${encodeURIComponent(projectId)}.flv`), setPlaying);
  }, [projectId, begun]);
  const words =
    playing === 'unsupported'
      ? t('live.pictureUnsupported')
      : state === 'stopping'
        ? t('live.pictureStopping')
        : state === 'recovering'
          ? t('live.pictureRecovering')
          : playing === 'waiting'
            ? t('live.pictureStarting')
            : null;
  return (
    <div className={styles.onAir}>
      <video ref={video} muted={muted} playsInline aria-label={t('live.picture')} data-live-picture={playing} />
      {words !== null && (
        <p className={styles.pictureNote} role="status">
          {playing === 'waiting' && <Spinner />}
          {words}
        </p>
      )}
      <div className={styles.pictureTools}>
        <IconButton
          icon={muted ? VolumeX : Volume2}
          label={muted ? t('live.soundOn') : t('live.soundOff')}
          pressed={!muted}
          onClick={() => setMuted(!muted)}
        />
      </div>
    </div>
  );
}
