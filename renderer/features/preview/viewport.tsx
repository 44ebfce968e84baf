/** The picture, as large as the view asks for, and what lies over it. */
import {
  type CSSProperties,
  type PointerEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { mediaUrl } from '../../bridge/index.ts';
import { useT } from '../../state/language.ts';
import { useDocument, useProject } from '../../state/project.ts';
import { DropZone } from '../../ui/index.ts';
import { addPictures } from '../stage/add-pictures.ts';
import { OnStage } from '../stage/on-stage.tsx';
import { Cover } from './cover.tsx';
import { playbackStore } from './player/playback-store.ts';
import type { Player } from './player/player.ts';
import styles from './preview.module.css';
import { useViewSetting } from './view-settings.ts';

/** The document's stage; where it leaves the size to the portrait, 720p in the shape that is shown. */
function useStageSize(): { widthPx: number; heightPx: number } {
  const own = useDocument(({ stage }) => stage.size);
  const shown = useStore(playbackStore, ({ size }) => size);
  if (own !== null) return own;
  if (shown === null) return { widthPx: 1280, heightPx: 720 };
  const scale = 720 / Math.min(shown.widthPx, shown.heightPx);
  return { widthPx: Math.round(shown.widthPx * scale), heightPx: Math.round(shown.heightPx * scale) };
}

export function Viewport({ player }: { player: Player | null }): ReactElement {
  const t = useT();
  const size = useStageSize();
  const zoom = useViewSetting('zoom');
  const transparent = useDocument(({ stage }) => stage.background.kind === 'transparent');
  const view = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<{ width: number; height: number } | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watcher.observe(view.current!);
    return () => watcher.disconnect();
  }, []);
  // Larger than the panel, the middle is seen first.
  useEffect(() => {
    const own = view.current!;
    if (zoom > 0) own.scrollTo((own.scrollWidth - own.clientWidth) / 2, (own.scrollHeight - own.clientHeight) / 2);
  }, [zoom]);
  // A canvas keeps the first kind of context it was asked for, so that each player has its own.
  const attach = useCallback(
    (element: HTMLCanvasElement | null) => {
      canvas.current = element;
      player?.attach(element);
    },
    [player],
  );

  const scale = room === null ? 0 : zoom > 0 ? zoom : Math.min(room.width / size.widthPx, room.height / size.heightPx);
  const shape: CSSProperties = {
    width: Math.max(1, Math.round(size.widthPx * scale)),
    height: Math.max(1, Math.round(size.heightPx * scale)),
  };
  return (
    <DropZone label={t('preview.dropPicture')} onFiles={(files) => void addPictures(files)}>
      <div className={styles.around}>
        <div className={styles.view} ref={view} {...pan}>
          <div className={styles.picture} style={shape} data-transparent={transparent || undefined}>
            <canvas
              ref={attach}
              key={player === null ? 'none' : 'player'}
              className={styles.canvas}
              role="img"
              aria-label={t('preview.canvas')}
            />
            <Until />
            <Guides />
            <OnStage aspect={size.widthPx / size.heightPx} />
          </div>
        </div>
        <Cover player={player} />
      </div>
    </DropZone>
  );
}

/** The project's small picture, until the engine's first is there. */
function Until(): ReactElement | null {
  const id = useProject((project) => project.id);
  const shown = useStore(playbackStore, (state) => state.shown);
  if (id === null || shown) return null;
  const source = mediaUrl(`/media/thumbnail/${encodeURIComponent(id)}`, { now: 1 });
  return <img className={styles.until} src={source} alt="" draggable={false} data-still />;
}

/** The middle button pushes a large picture about, as in every editor. */
const pan = {
  onPointerDown(event: PointerEvent<HTMLElement>) {
    if (event.button !== 1) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
  },
  onPointerMove(event: PointerEvent<HTMLElement>) {
    if ((event.buttons & 4) !== 0) event.currentTarget.scrollBy(-event.movementX, -event.movementY);
  },
};

/** Action safe and title safe (SMPTE ST 2046-1) as shares of the picture. */
const SAFE = [0.93, 0.9] as const;

function Guides(): ReactElement | null {
  const thirds = useViewSetting('thirds') !== 0;
  const safe = useViewSetting('safeAreas') !== 0;
  if (!thirds && !safe) return null;
  return (
    <svg className={styles.guides} viewBox="0 0 300 300" preserveAspectRatio="none" aria-hidden>
      {thirds && <path d="M100 0V300M200 0V300M0 100H300M0 200H300" />}
      {safe &&
        SAFE.map((share) => (
          <rect
            key={share}
            x={150 - 150 * share}
            y={150 - 150 * share}
            width={300 * share}
            height={300 * share}
            data-safe
          />
        ))}
    </svg>
  );
}
