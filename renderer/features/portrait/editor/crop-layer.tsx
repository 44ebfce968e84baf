/** The picture, turned, with the rectangle to be cut over it. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import type { Box, Point } from '../model/face-points.ts';
import { movedBox, resizedBox, SIDES, type Side } from './crop-box.ts';
import styles from './editor.module.css';
import type { Viewport } from './viewport.ts';

interface CropLayerProps {
  seen: ExaminedPortrait;
  viewport: Viewport;
  rect: Box;
  /** Degrees, clockwise, about the picture's middle. */
  angle: number;
  aspect: number | null;
  onChange: (rect: Box) => void;
}

const CURSORS: Readonly<Record<Side, string>> = {
  ...{ nw: 'nwse-resize', se: 'nwse-resize', ne: 'nesw-resize', sw: 'nesw-resize' },
  ...{ n: 'ns-resize', s: 'ns-resize', e: 'ew-resize', w: 'ew-resize' },
};

export function CropLayer({ seen, viewport, rect, angle, aspect, onChange }: CropLayerProps): ReactElement {
  const t = useT();
  const { view, toScreen, toPicture } = viewport;
  const picture = { width: seen.widthPx, height: seen.heightPx };
  const drag = useRef<{ id: number; from: Point; start: Box; side: Side | null } | null>(null);

  const apply = (start: Box, side: Side | null, by: Point): Box =>
    side === null ? movedBox(start, by, picture) : resizedBox(start, side, by, aspect, picture);
  const begin = (event: PointerEvent<Element>, side: Side | null): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { id: event.pointerId, from: toPicture(event), start: rect, side };
  };
  const move = (event: PointerEvent<Element>): void => {
    const now = drag.current;
    if (now?.id !== event.pointerId) return;
    event.stopPropagation();
    const to = toPicture(event);
    onChange(apply(now.start, now.side, { x: to.x - now.from.x, y: to.y - now.from.y }));
  };
  const end = (event: PointerEvent<Element>): void => {
    if (drag.current?.id !== event.pointerId) return;
    event.stopPropagation();
    drag.current = null;
  };
  const keys =
    (side: Side | null) =>
    (event: KeyboardEvent<Element>): void => {
      const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (arrow === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 1 : 8;
      onChange(apply(rect, side, { x: arrow[0]! * step, y: arrow[1]! * step }));
    };

  const room = viewport.room ?? { width: 0, height: 0 };
  const at = toScreen(rect);
  const [width, height] = [rect.width * view.scale, rect.height * view.scale];
  const middle = toScreen({ x: picture.width / 2, y: picture.height / 2 });
  const holds = { onPointerMove: move, onPointerUp: end, onPointerCancel: end };
  return (
    <svg
      ref={viewport.attach}
      className={styles.surface}
      role="application"
      aria-label={t('portrait.canvas')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move and zoom the picture.
      tabIndex={0}
      {...viewport.pan}
    >
      <image
        href={mediaUrl(seen.picture)}
        x={view.x}
        y={view.y}
        width={picture.width * view.scale}
        height={picture.height * view.scale}
        preserveAspectRatio="none"
        transform={`rotate(${angle} ${middle.x} ${middle.y})`}
      />
      <path
        className={styles.dim}
        fillRule="evenodd"
        d={`M0 0H${room.width}V${room.height}H0ZM${at.x} ${at.y}h${width}v${height}h${-width}Z`}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a frame in a drawing. */}
      <g
        className={styles.cut}
        role="button"
        tabIndex={0}
        aria-label={t('portrait.cropArea')}
        onPointerDown={(event) => begin(event, null)}
        {...holds}
        onKeyDown={keys(null)}
      >
        <rect className={styles.edge} x={at.x} y={at.y} width={width} height={height} />
        {[1 / 3, 2 / 3].map((share) => (
          <g key={share} className={styles.thirds}>
            <line x1={at.x + width * share} x2={at.x + width * share} y1={at.y} y2={at.y + height} />
            <line y1={at.y + height * share} y2={at.y + height * share} x1={at.x} x2={at.x + width} />
          </g>
        ))}
      </g>
      {SIDES.map((side) => {
        const x = at.x + width * (side.includes('e') ? 1 : side.includes('w') ? 0 : 0.5);
        const y = at.y + height * (side.includes('s') ? 1 : side.includes('n') ? 0 : 0.5);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a grip in a drawing.
          <rect
            key={side}
            className={styles.corner}
            role="button"
            tabIndex={0}
            aria-label={t(`portrait.side-${side}`)}
            x={x - 6}
            y={y - 6}
            width={12}
            height={12}
            style={{ cursor: CURSORS[side] }}
            onPointerDown={(event) => begin(event, side)}
            {...holds}
            onKeyDown={keys(side)}
          />
        );
      })}
    </svg>
  );
}
