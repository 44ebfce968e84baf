import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react';
import { useStore } from 'zustand';
import type { LiveOverlay } from '../../../../app/document/live-overlays.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit, useDocument, useProject } from '../../../state/project.ts';
import styles from '../live.module.css';
import { placeOverlay } from '../live-edits.ts';
import { chooseOverlay, deskStore, useShow } from '../live-store.ts';
import { overlayName, roughShape } from './overlay-words.ts';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A small stage on which overlays are put in their places, by hand or by the arrow keys. */
export function PlacingStage(): ReactElement {
  const t = useT();
  const projectId = useProject(({ id }) => id);
  const size = useDocument(({ stage }) => stage.size) ?? { widthPx: 1280, heightPx: 720 };
  const overlays = useDocument(({ live }) => live.overlays);
  const selected = useStore(deskStore, (state) => state.overlayId);
  const aspect = size.widthPx / size.heightPx;
  return (
    <div className={styles.placing} style={{ aspectRatio: aspect, maxWidth: aspect < 1 ? '55%' : '100%' }} data-placing>
      {projectId !== null && <img src={mediaUrl(`/media/thumbnail/${encodeURIComponent(projectId)}`)} alt="" />}
      {overlays.map((overlay) => (
        <Box key={overlay.id} overlay={overlay} aspect={aspect} selected={overlay.id === selected} />
      ))}
      {overlays.length === 0 && <p>{t('live.placingEmpty')}</p>}
    </div>
  );
}

function Box({ overlay, aspect, selected }: { overlay: LiveOverlay; aspect: number; selected: boolean }): ReactElement {
  const t = useT();
  const { id, place } = overlay;
  const shown = useShow((status) => status?.session?.overlays.includes(id) ?? false);
  const drag = useRef<{ x: number; y: number; box: DOMRect; from: LiveOverlay['place']; sizing: boolean } | null>(null);
  const begin = (sizing: boolean) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.closest('[data-placing]')!.getBoundingClientRect();
    drag.current = { x: event.clientX, y: event.clientY, box, from: place, sizing };
    chooseOverlay(id);
    sealEdit();
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    const now = drag.current;
    if (now === null) return;
    const x = (event.clientX - now.x) / now.box.width;
    const y = (event.clientY - now.y) / now.box.height;
    if (now.sizing) placeOverlay(id, { width: now.from.width + x });
    else placeOverlay(id, { x: now.from.x + x, y: now.from.y + y });
  };
  const end = (): void => {
    if (drag.current !== null) sealEdit();
    drag.current = null;
  };
  const dragging = { onPointerMove: move, onPointerUp: end, onPointerCancel: end, onLostPointerCapture: end };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = ARROWS[event.key];
    if (by !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const step = event.shiftKey ? 0.05 : 0.01;
      placeOverlay(id, { x: place.x + by[0] * step, y: place.y + by[1] * step });
    } else if (event.key === '+' || event.key === '=') placeOverlay(id, { width: place.width + 0.02 });
    else if (event.key === '-') placeOverlay(id, { width: place.width - 0.02 });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={styles.placed}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by the keyboard.
      tabIndex={0}
      aria-label={t('live.placeHandle', { name: overlayName(overlay) })}
      data-selected={selected || undefined}
      data-shown={shown || undefined}
      data-placed={id}
      style={{
        left: `${place.x * 100}%`,
        top: `${place.y * 100}%`,
        width: `${place.width * 100}%`,
        height: `${place.width * aspect * roughShape(overlay) * 100}%`,
      }}
      onFocus={() => chooseOverlay(id)}
      onPointerDown={begin(false)}
      {...dragging}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => ARROWS[event.key] !== undefined && sealEdit()}
    >
      <span>{overlayName(overlay)}</span>
      {selected && <i onPointerDown={begin(true)} {...dragging} />}
    </div>
  );
}
