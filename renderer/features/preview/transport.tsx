/** Under the picture: where it is, what moves it, how it is looked at. */
import {
  ArrowLeftToLine,
  ArrowRightToLine,
  ChevronDown,
  Fullscreen,
  Pause,
  Play,
  Repeat,
  SlidersHorizontal,
  StepBack,
  StepForward,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { type ReactElement, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { shortcutOfAction, toMenuItem, useAction } from '../../actions/registry.ts';
import { useFormat, useT } from '../../state/language.ts';
import { previewStore } from '../../state/preview-store.ts';
import { Button, IconButton, Menu, type MenuEntry, Tooltip } from '../../ui/index.ts';
import { playbackStore } from './player/playback-store.ts';
import type { Player } from './player/player.ts';
import styles from './preview.module.css';
import { ScrubBar } from './scrub-bar.tsx';
import { timecode } from './timecode.ts';
import { setViewSetting, useViewSetting, ZOOMS } from './view-settings.ts';

const QUALITIES = [480, 640, 960, 1280] as const;

interface TransportProps {
  player: Player | null;
  maxSidePx: number | null;
  onMaxSide: (px: number) => void;
}

export function Transport({ player, maxSidePx, onMaxSide }: TransportProps): ReactElement {
  const t = useT();
  const fullScreen = useAction('preview.fullScreen');
  return (
    <div className={styles.transport}>
      <ScrubBar player={player} />
      <div className={styles.controls}>
        <div className={styles.side}>
          <Timecode />
        </div>
        <Moves player={player} />
        <div className={`${styles.side} ${styles.right}`}>
          <Volume />
          <ViewMenu maxSidePx={maxSidePx} onMaxSide={onMaxSide} />
          <ZoomMenu />
          <IconButton
            icon={Fullscreen}
            label={t('preview.fullScreen')}
            shortcut={fullScreen.shortcut}
            onClick={fullScreen.run}
          />
        </div>
      </div>
    </div>
  );
}

function Timecode(): ReactElement {
  const t = useT();
  const now = useRef<HTMLSpanElement>(null);
  const fps = useStore(previewStore, (state) => state.fps);
  const durationMs = useStore(previewStore, (state) => state.durationMs);
  useEffect(() => {
    const write = (atMs: number): void => {
      now.current!.textContent = timecode(atMs, fps);
    };
    write(previewStore.getState().atMs);
    return previewStore.subscribe((state, before) => {
      if (state.atMs !== before.atMs) write(state.atMs);
    });
  }, [fps]);
  return (
    <span className={styles.time}>
      <Tooltip label={t('preview.time')}>
        <span ref={now} data-timecode />
      </Tooltip>
      <Tooltip label={t('preview.duration')}>
        <span className={styles.of}>{timecode(durationMs, fps)}</span>
      </Tooltip>
    </span>
  );
}

function Moves({ player }: { player: Player | null }): ReactElement {
  const t = useT();
  const playing = useStore(previewStore, (state) => state.playing);
  const loop = useStore(playbackStore, (state) => state.loop);
  const shortcut = (id: string): { shortcut: string | null } => ({ shortcut: shortcutOfAction(id) });
  return (
    <div className={styles.moves}>
      <IconButton
        icon={ArrowLeftToLine}
        label={t('preview.toStart')}
        {...shortcut('preview.toStart')}
        onClick={() => player?.seek(0)}
      />
      <IconButton
        icon={StepBack}
        label={t('preview.stepBack')}
        {...shortcut('preview.stepBack')}
        onClick={() => player?.step(-1)}
      />
      <IconButton
        icon={playing ? Pause : Play}
        label={playing ? t('preview.pause') : t('preview.play')}
        className={styles.play}
        {...shortcut('preview.toggle')}
        onClick={() => (playing ? player?.pause() : player?.play())}
      />
      <IconButton
        icon={StepForward}
        label={t('preview.stepForward')}
        {...shortcut('preview.stepForward')}
        onClick={() => player?.step(1)}
      />
      <IconButton
        icon={ArrowRightToLine}
        label={t('preview.toEnd')}
        {...shortcut('preview.toEnd')}
        onClick={() => player?.seek(previewStore.getState().durationMs)}
      />
      <IconButton
        icon={Repeat}
        label={t('preview.loop')}
        pressed={loop}
        {...shortcut('preview.loop')}
        onClick={() => player?.setLoop(!loop, playbackStore.getState().range)}
      />
    </div>
  );
}

function Volume(): ReactElement {
  const t = useT();
  const volume = useViewSetting('volume');
  const muted = useViewSetting('muted') !== 0;
  const { percent } = useFormat();
  return (
    <span className={styles.volume}>
      <IconButton
        icon={muted || volume === 0 ? VolumeX : volume < 0.5 ? Volume1 : Volume2}
        label={t('preview.mute')}
        shortcut={shortcutOfAction('preview.mute')}
        pressed={muted}
        onClick={() => setViewSetting('muted', muted ? 0 : 1)}
      />
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        aria-label={t('preview.volume')}
        aria-valuetext={percent(volume)}
        value={muted ? 0 : volume}
        onChange={({ currentTarget }) => {
          setViewSetting('volume', Number(currentTarget.value));
          if (muted) setViewSetting('muted', 0);
        }}
      />
    </span>
  );
}

function ViewMenu({ maxSidePx, onMaxSide }: Omit<TransportProps, 'player'>): ReactElement {
  const t = useT();
  const thirds = useAction('preview.thirds');
  const safe = useAction('preview.safeAreas');
  const idle = useAction('preview.idle');
  const entries: MenuEntry[] = [
    ...[thirds, safe, idle].map(toMenuItem),
    'separator',
    ...QUALITIES.map((px) => ({
      label: t('preview.quality', { px: String(px) }),
      checked: px === maxSidePx,
      onSelect: () => onMaxSide(px),
    })),
  ];
  return (
    <Menu align="end" entries={entries} trigger={<IconButton icon={SlidersHorizontal} label={t('preview.view')} />} />
  );
}

function ZoomMenu(): ReactElement {
  const t = useT();
  const { percent } = useFormat();
  const zoom = useViewSetting('zoom');
  const name = (value: number): string => (value === 0 ? t('preview.zoomFit') : percent(value));
  const entries = [0, ...ZOOMS].map((value) => ({
    label: name(value),
    checked: zoom === value,
    onSelect: () => setViewSetting('zoom', value),
  }));
  return (
    <Menu
      align="end"
      entries={entries}
      trigger={
        <Button tone="quiet" className={styles.zoom} aria-label={`${t('preview.zoom')}: ${name(zoom)}`}>
          {name(zoom)}
          <ChevronDown aria-hidden />
        </Button>
      }
    />
  );
}
