/** Moving avatar and pictures with the hand: over the picture, which follows as fast as the engine draws. */
import { Minus, Plus, RotateCcw } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Framing } from '../../../app/document/avatar.ts';
import type { Overlay } from '../../../app/document/stage.ts';
import { assetUrl } from '../../bridge/index.ts';
import { useFormat, useT } from '../../state/language.ts';
import { openDocument, sealEdit, useDocument } from '../../state/project.ts';
import { uiStore } from '../../state/ui-store.ts';
import { cx, IconButton } from '../../ui/index.ts';
import { framingInUse, useFramingInUse } from './framing-in-use.ts';
import styles from './on-stage.module.css';
import { useAspect } from './picture-size.ts';
import { type Box, snap, snapLines } from './snapping.ts';
import { changeFraming, changeOverlay, PLAIN_FRAMING, removeOverlay } from './stage-edits.ts';
import { selectAvatar, selectNothing, selectOverlay, stageStore } from './stage-store.ts';

/** Movements smaller than this are a click. */
const CLICK_PX = 3;
const SNAP_PX = 6;
const WHEEL_ENDS_MS = 500;
/** The picture that is dragged lies over the stage until the engine has drawn it there. */
const GHOST_MS = 450;

interface Lines {
  x: number | null;
  y: number | null;
}
const NO_LINES: Lines = { x: null, y: null };

/** `aspect`: the stage's width through its height. */
export function OnStage({ aspect }: { aspect: number }): ReactElement {
  const ids = useDocument(({ stage }) => stage.overlays.map(({ id, layer }) => `${layer} ${id}`).join('\n'));
  const [lines, setLines] = useState<Lines>(NO_LINES);
  const front = ids.split('\n').flatMap((each) => (each.startsWith('front ') ? [each.slice(6)] : []));
  const behind = ids.split('\n').flatMap((each) => (each.startsWith('behind ') ? [each.slice(7)] : []));
  const picture = (id: string): ReactElement => <Picture key={id} {...{ id, aspect, setLines }} />;
  return (
    <div className={styles.layer}>
      {behind.map(picture)}
      <AvatarHandle setLines={setLines} />
      {front.map(picture)}
      {lines.x !== null && <span className={styles.lineX} style={{ left: `${lines.x * 100}%` }} />}
      {lines.y !== null && <span className={styles.lineY} style={{ top: `${lines.y * 100}%` }} />}
    </div>
  );
}

/** A drag over the stage, in shares of it; what it changes is applied once a refresh. */
function useDrag({
  begin,
  move,
  end,
}: {
  begin: () => void;
  /** `free`: the key that lets it rest anywhere is held. */
  move: (by: { x: number; y: number }, reach: { x: number; y: number }, free: boolean) => void;
  end: () => void;
}) {
  const drag = useRef<{ x: number; y: number; box: DOMRect; pending: number; apply: (() => void) | null } | null>(null);
  const finish = (): void => {
    const was = drag.current;
    drag.current = null;
    if (was === null) return;
    // What the last refresh has not yet seen is part of the drag.
    cancelAnimationFrame(was.pending);
    was.apply?.();
    if (was.apply) sealEdit();
    end();
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const box = event.currentTarget.closest(`.${styles.layer}`)!.getBoundingClientRect();
      drag.current = { x: event.clientX, y: event.clientY, box, pending: 0, apply: null };
      sealEdit();
      begin();
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const from = drag.current;
      if (from === null) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (from.apply === null && Math.hypot(x, y) < CLICK_PX) return;
      const { width, height } = from.box;
      const free = event.altKey;
      cancelAnimationFrame(from.pending);
      from.apply = () => move({ x: x / width, y: y / height }, { x: SNAP_PX / width, y: SNAP_PX / height }, free);
      from.pending = requestAnimationFrame(from.apply);
    },
    onPointerUp: finish,
    onPointerCancel: finish,
    onLostPointerCapture: finish,
  };
}

/** How far one stroke of an arrow goes, in shares: 1 %, with Shift 5 %. */
function arrowOf(event: KeyboardEvent): { x: number; y: number } | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const by = event.shiftKey ? 0.05 : 0.01;
  switch (event.key) {
    case 'ArrowLeft':
      return { x: -by, y: 0 };
    case 'ArrowRight':
      return { x: by, y: 0 };
    case 'ArrowUp':
      return { x: 0, y: -by };
    case 'ArrowDown':
      return { x: 0, y: by };
    default:
      return null;
  }
}
const isArrow = (event: KeyboardEvent): boolean => event.key.startsWith('Arrow');
/** 1, -1 or 0: larger, smaller, neither. */
const growthOf = ({ key, ctrlKey, metaKey }: KeyboardEvent): number =>
  ctrlKey || metaKey ? 0 : key === '+' || key === '=' ? 1 : key === '-' ? -1 : 0;

const framing = (): Framing => {
  const document = openDocument();
  return document === null ? PLAIN_FRAMING : framingInUse(document);
};
const zoomBy = (factor: number): void => changeFraming({ zoom: framing().zoom * factor });

function AvatarHandle({ setLines }: { setLines: (lines: Lines) => void }): ReactElement {
  const t = useT();
  const selected = useStore(stageStore, ({ avatar }) => avatar);
  const element = useRef<HTMLDivElement>(null);
  const start = useRef(framing());
  const touches = useRef(new Map<number, { x: number; y: number }>());
  const spread = useRef<{ distance: number; zoom: number } | null>(null);
  const drag = useDrag({
    begin() {
      selectAvatar();
      start.current = framing();
    },
    move(by, reach, free) {
      if (spread.current !== null) return;
      const x = snap(start.current.offsetX + by.x, [0], free ? [] : [0], reach.x);
      const y = snap(start.current.offsetY + by.y, [0], free ? [] : [0], reach.y);
      changeFraming({ offsetX: x.value, offsetY: y.value });
      setLines({ x: x.line === null ? null : 0.5, y: y.line === null ? null : 0.5 });
    },
    end: () => setLines(NO_LINES),
  });

  // React's own wheel listeners cannot keep the page from scrolling.
  useEffect(() => {
    let seal: ReturnType<typeof setTimeout> | undefined;
    const onWheel = (event: WheelEvent): void => {
      // A pinch on a touch pad arrives as a wheel with Ctrl.
      if (!event.ctrlKey && !stageStore.getState().avatar) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      zoomBy(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0012)));
      clearTimeout(seal);
      seal = setTimeout(sealEdit, WHEEL_ENDS_MS);
    };
    const own = element.current!;
    own.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      own.removeEventListener('wheel', onWheel);
      clearTimeout(seal);
    };
  }, []);

  const distance = (): number => {
    const [a, b] = [...touches.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const lift = (event: PointerEvent<HTMLElement>): void => {
    touches.current.delete(event.pointerId);
    if (spread.current === null) return;
    spread.current = null;
    sealEdit();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrowOf(event);
    const growth = growthOf(event);
    const { offsetX, offsetY } = framing();
    if (arrow && selected) changeFraming({ offsetX: offsetX + arrow.x, offsetY: offsetY + arrow.y });
    else if (growth !== 0 && selected) zoomBy(1.05 ** growth);
    else if (event.key === 'Enter' && !selected) selectAvatar();
    else if (event.key === 'Escape' && selected) selectNothing();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={element}
        className={cx(styles.avatar, selected && styles.selected)}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by the keyboard.
        tabIndex={0}
        aria-label={t('stage.avatarHandle')}
        data-selected={selected || undefined}
        {...drag}
        onPointerDown={(event) => {
          touches.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
          if (touches.current.size === 2) spread.current = { distance: distance(), zoom: framing().zoom };
          drag.onPointerDown(event);
        }}
        onPointerMove={(event) => {
          if (touches.current.has(event.pointerId))
            touches.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
          const from = spread.current;
          if (from !== null) changeFraming({ zoom: (from.zoom * distance()) / Math.max(1, from.distance) });
          else drag.onPointerMove(event);
        }}
        onPointerUp={(event) => {
          lift(event);
          drag.onPointerUp();
        }}
        onPointerCancel={(event) => {
          lift(event);
          drag.onPointerCancel();
        }}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => (isArrow(event) || growthOf(event) !== 0) && sealEdit()}
      />
      {selected && <AvatarTools />}
    </>
  );
}

function AvatarTools(): ReactElement {
  const t = useT();
  const { percent } = useFormat();
  const now = useFramingInUse();
  const plain = now.zoom === 1 && now.offsetX === 0 && now.offsetY === 0;
  const grow = (factor: number): void => {
    zoomBy(factor);
    sealEdit();
  };
  return (
    <div className={styles.tools}>
      <IconButton small icon={Minus} label={t('stage.smaller')} onClick={() => grow(1 / 1.1)} />
      <span className={styles.zoom}>{percent(now.zoom)}</span>
      <IconButton small icon={Plus} label={t('stage.larger')} onClick={() => grow(1.1)} />
      <IconButton
        small
        icon={RotateCcw}
        label={t('stage.resetFraming')}
        disabled={plain}
        onClick={() => {
          changeFraming({ zoom: 1, offsetX: 0, offsetY: 0 });
          sealEdit();
        }}
      />
    </div>
  );
}

const CORNERS = ['nw', 'ne', 'sw', 'se'] as const;
type Corner = (typeof CORNERS)[number];

const overlayOf = (id: string): Overlay | undefined => openDocument()?.stage.overlays.find((each) => each.id === id);

interface PictureProps {
  id: string;
  aspect: number;
  setLines: (lines: Lines) => void;
}

function Picture({ id, aspect, setLines }: PictureProps): ReactElement | null {
  const overlay = useDocument(({ stage }) => stage.overlays.find((each) => each.id === id));
  return overlay === undefined ? null : <PictureHandle {...{ overlay, aspect, setLines }} />;
}

function PictureHandle({
  overlay,
  aspect,
  setLines,
}: Omit<PictureProps, 'id'> & { overlay: Overlay }): ReactElement | null {
  const t = useT();
  const { id } = overlay;
  const own = useAspect(overlay.asset);
  const selected = useStore(uiStore, ({ selection }) => selection.kind === 'overlay' && selection.id === id);
  const start = useRef(overlay);
  const [ghost, setGhost] = useState(false);
  const fading = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(fading.current), []);
  /** Height in shares of the stage for a width in shares of it. */
  const heightOf = (width: number): number => (width * aspect) / (own ?? 1);
  const drag = useDrag({
    begin() {
      selectOverlay(id);
      start.current = overlayOf(id) ?? overlay;
    },
    move(by, reach, free) {
      const { x, y, width } = start.current;
      const height = heightOf(width);
      const others = free ? null : otherBoxes(id);
      const sx = snap(x + by.x, [0, width / 2, width], others === null ? [] : snapLines(others, 'x'), reach.x);
      const sy = snap(y + by.y, [0, height / 2, height], others === null ? [] : snapLines(others, 'y'), reach.y);
      changeOverlay(id, { x: sx.value, y: sy.value });
      setLines({ x: sx.line, y: sy.line });
      clearTimeout(fading.current);
      setGhost(true);
    },
    end() {
      setLines(NO_LINES);
      fading.current = setTimeout(() => setGhost(false), GHOST_MS);
    },
  });
  if (own === null) return null;

  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrowOf(event);
    const growth = growthOf(event);
    if (arrow) changeOverlay(id, { x: overlay.x + arrow.x, y: overlay.y + arrow.y });
    else if (growth !== 0) changeOverlay(id, { width: overlay.width * 1.05 ** growth });
    else if (event.key === 'Delete' || event.key === 'Backspace') removeOverlay(id);
    else if (event.key === 'Escape') selectNothing();
    else return;
    event.preventDefault();
  };
  const place = {
    left: `${overlay.x * 100}%`,
    top: `${overlay.y * 100}%`,
    width: `${overlay.width * 100}%`,
    height: `${heightOf(overlay.width) * 100}%`,
  };
  const name = overlay.asset.fileName || t('stage.picture');
  return (
    <div className={cx(styles.overlay, selected && styles.raised)} style={place}>
      {ghost && (
        <img className={styles.ghost} src={assetUrl(overlay.asset)} style={{ opacity: overlay.opacity }} alt="" />
      )}
      <div
        className={cx(styles.overlayFace, selected && styles.selected)}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by the keyboard.
        tabIndex={0}
        aria-label={t('stage.overlayHandle', { name })}
        data-overlay={id}
        onFocus={() => selectOverlay(id)}
        {...drag}
        onKeyDown={onKeyDown}
        onKeyUp={(event) => (isArrow(event) || growthOf(event) !== 0) && sealEdit()}
      />
      {selected && CORNERS.map((corner) => <Corner key={corner} {...{ corner, overlay, heightOf }} />)}
    </div>
  );
}

function Corner({
  corner,
  overlay,
  heightOf,
}: {
  corner: Corner;
  overlay: Overlay;
  heightOf: (width: number) => number;
}): ReactElement {
  const start = useRef(overlay);
  const left = corner.includes('w');
  const top = corner.includes('n');
  const drag = useDrag({
    begin() {
      start.current = overlayOf(overlay.id) ?? overlay;
    },
    move(by, reach, free) {
      const { x, y, width } = start.current;
      // The edge under the hand rests at a line; the opposite corner stays.
      const edge = snap(
        (left ? x : x + width) + by.x,
        [0],
        free ? [] : snapLines(otherBoxes(overlay.id), 'x'),
        reach.x,
      );
      const next = Math.max(0.02, left ? x + width - edge.value : edge.value - x);
      changeOverlay(overlay.id, {
        width: next,
        x: left ? x + width - next : x,
        y: top ? y + heightOf(width) - heightOf(next) : y,
      });
    },
    end() {},
  });
  return <span className={styles.corner} data-corner={corner} {...drag} />;
}

/** As they lie on the stage now, told by what is drawn of them. */
function otherBoxes(id: string): Box[] {
  const layer = document.querySelector(`.${styles.layer}`);
  if (layer === null) return [];
  const stage = layer.getBoundingClientRect();
  return [...layer.querySelectorAll<HTMLElement>('[data-overlay]')].flatMap((element) => {
    if (element.dataset.overlay === id) return [];
    const box = element.getBoundingClientRect();
    return [
      {
        x: (box.left - stage.left) / stage.width,
        y: (box.top - stage.top) / stage.height,
        width: box.width / stage.width,
        height: box.height / stage.height,
      },
    ];
  });
}
