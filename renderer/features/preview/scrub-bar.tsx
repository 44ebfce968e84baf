/** The whole programme as one line: dragged to look for a place; moved by the player without React. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../state/language.ts';
import { previewStore } from '../../state/preview-store.ts';
import { playbackStore } from './player/playback-store.ts';
import type { Player } from './player/player.ts';
import styles from './preview.module.css';
import { timecode } from './timecode.ts';

const share = (ms: number, durationMs: number): string =>
  `${durationMs > 0 ? Math.min(100, Math.max(0, (ms / durationMs) * 100)) : 0}%`;

/** More than this are thinner than a pixel, with no gap between them to be seen. */
const LINES_TOLD_APART = 200;
const asOne = (lines: readonly { lineId: string; startMs: number; endMs: number }[]) =>
  lines.length <= LINES_TOLD_APART
    ? lines
    : [{ lineId: 'all', startMs: lines[0]!.startMs, endMs: lines.at(-1)!.endMs }];

export function ScrubBar({ player }: { player: Player | null }): ReactElement {
  const t = useT();
  const bar = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLSpanElement>(null);
  const hover = useRef<HTMLSpanElement>(null);
  const dragging = useRef<{ pointerId: number; resume: boolean } | null>(null);
  const durationMs = useStore(previewStore, (state) => state.durationMs);
  const fps = useStore(previewStore, (state) => state.fps);
  const lines = useStore(previewStore, (state) => state.lines);
  const range = useStore(playbackStore, (state) => state.range);

  useEffect(() => {
    const place = ({ atMs }: { atMs: number }): void => {
      head.current!.style.left = share(atMs, durationMs);
      bar.current!.setAttribute('aria-valuenow', String(Math.round(atMs)));
      bar.current!.setAttribute('aria-valuetext', timecode(atMs, fps));
    };
    place(previewStore.getState());
    return previewStore.subscribe((state, before) => {
      if (state.atMs !== before.atMs) place(state);
    });
  }, [durationMs, fps]);

  const timeAt = (event: PointerEvent): number => {
    const box = bar.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * durationMs;
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || player === null || durationMs === 0) return;
    bar.current!.setPointerCapture(event.pointerId);
    dragging.current = { pointerId: event.pointerId, resume: previewStore.getState().playing };
    player.pause();
    player.seek(timeAt(event));
  };
  const onPointerMove = (event: PointerEvent): void => {
    const atMs = timeAt(event);
    hover.current!.style.left = share(atMs, durationMs);
    hover.current!.textContent = timecode(atMs, fps);
    if (dragging.current?.pointerId === event.pointerId) player?.seek(atMs);
  };
  const onPointerUp = (event: PointerEvent): void => {
    if (dragging.current?.pointerId !== event.pointerId) return;
    if (dragging.current.resume) player?.play();
    dragging.current = null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const second = Math.round(fps);
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -second,
      PageUp: second,
    };
    const step = steps[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined) player?.step(event.shiftKey && Math.abs(step) === 1 ? step * second : step);
    else if (event.key === 'Home') player?.seek(0);
    else if (event.key === 'End') player?.seek(durationMs);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={bar}
      className={styles.scrub}
      role="slider"
      tabIndex={0}
      aria-label={t('preview.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs)}
      aria-valuenow={0}
      {...{ onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onKeyDown }}
    >
      <span className={styles.rail}>
        {asOne(lines).map(({ lineId, startMs, endMs }) => (
          <span
            key={lineId}
            className={styles.line}
            style={{ left: share(startMs, durationMs), width: share(endMs - startMs, durationMs) }}
          />
        ))}
      </span>
      {range !== null && (
        <span
          className={styles.range}
          style={{ left: share(range.fromMs, durationMs), width: share(range.toMs - range.fromMs, durationMs) }}
        />
      )}
      <span ref={head} className={styles.head} />
      <span ref={hover} className={styles.hover} aria-hidden />
    </div>
  );
}
