/** The stage's frame over the picture: drag it, or its corners, or use the keys. What lies beyond the picture is filled by the studio. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react';
import type { ExaminedPortrait, PlacedSubject } from '../../../../app/contract/portraits.ts';
import type { Framing } from '../../../../app/document/avatar.ts';
import { placePicture } from '../../../../app/media/place-picture.ts';
import type { StageSize } from '../../../../app/media/stage-size.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit } from '../../../state/project.ts';
import type { Box, Point } from '../model/face-points.ts';
import styles from './editor.module.css';
import type { Viewport } from './viewport.ts';

interface FrameLayerProps {
  seen: ExaminedPortrait;
  viewport: Viewport;
  size: StageSize;
  ratio: string;
  framing: Framing;
  placed: PlacedSubject | null;
  onDraft: (framing: Framing) => void;
  onCommit: (framing: Partial<Framing>, mergeKey?: string) => void;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const tidy = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The part of the picture that the stage shows, in the picture's pixels. */
export function frameOf(
  { subject, fillWidth }: PlacedSubject,
  seen: ExaminedPortrait,
  size: StageSize,
  framing: Framing,
): Box {
  const grown = seen.widthPx / subject.width;
  const { x, y, scale } = placePicture(subject, size, framing, fillWidth);
  return {
    x: (-x / scale) * grown,
    y: (-y / scale) * grown,
    width: (size.widthPx / scale) * grown,
    height: (size.heightPx / scale) * grown,
  };
}

export function FrameLayer(props: FrameLayerProps): ReactElement {
  const { seen, viewport, size, ratio, framing, placed, onDraft, onCommit } = props;
  const t = useT();
  const { view, toScreen, toPicture } = viewport;
  const drag = useRef<{ id: number; from: Point; start: Framing; corner: boolean } | null>(null);
  const last = useRef<Framing | null>(null);

  const frameAt = (of: Framing): Box => frameOf(placed!, seen, size, of);
  const frame = placed === null ? null : frameAt(framing);

  const shifted = (start: Framing, by: Point): Framing => {
    const box = frameAt(start);
    return {
      ...start,
      offsetX: tidy(clamp(start.offsetX - by.x / box.width, -1, 1)),
      offsetY: tidy(clamp(start.offsetY - by.y / box.height, -1, 1)),
    };
  };
  /** About the frame's middle. */
  const zoomed = (start: Framing, factor: number): Framing => {
    const before = frameAt(start);
    const next = { ...start, zoom: tidy(clamp(start.zoom * factor, 0.2, 5)) };
    const after = frameAt(next);
    return shifted(next, {
      x: before.x + before.width / 2 - (after.x + after.width / 2),
      y: before.y + before.height / 2 - (after.y + after.height / 2),
    });
  };

  const begin = (event: PointerEvent<Element>, corner: boolean): void => {
    if (event.button !== 0 || frame === null) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { id: event.pointerId, from: toPicture(event), start: framing, corner };
    last.current = null;
  };
  const move = (event: PointerEvent<Element>): void => {
    const now = drag.current;
    if (now?.id !== event.pointerId) return;
    event.stopPropagation();
    const to = toPicture(event);
    if (now.corner) {
      const box = frameAt(now.start);
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const reach = (point: Point): number => Math.max(4, Math.hypot(point.x - middle.x, point.y - middle.y));
      last.current = zoomed(now.start, reach(now.from) / reach(to));
    } else last.current = shifted(now.start, { x: to.x - now.from.x, y: to.y - now.from.y });
    onDraft(last.current);
  };
  const end = (event: PointerEvent<Element>): void => {
    if (drag.current?.id !== event.pointerId) return;
    event.stopPropagation();
    drag.current = null;
    if (last.current !== null) onCommit(last.current);
    last.current = null;
  };
  const onKeyDown = (event: KeyboardEvent<Element>): void => {
    if (frame === null || event.altKey) return;
    const step = event.shiftKey ? 0.001 : 0.01;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const next =
      arrow !== undefined
        ? shifted(framing, { x: arrow[0]! * step * frame.width, y: arrow[1]! * step * frame.height })
        : event.key === '+' || event.key === '='
          ? zoomed(framing, 1.02)
          : event.key === '-'
            ? zoomed(framing, 1 / 1.02)
            : null;
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onCommit(next, 'portrait.frame');
  };

  const room = viewport.room ?? { width: 0, height: 0 };
  const at = frame && toScreen(frame);
  const [width, height] = frame === null ? [0, 0] : [frame.width * view.scale, frame.height * view.scale];
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
      <defs>
        <pattern
          id="portrait-filled"
          width="10"
          height="10"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="10" height="10" fill="#33363d" />
          <rect width="5" height="10" fill="#2a2c32" />
        </pattern>
      </defs>
      {at && <rect x={at.x} y={at.y} width={width} height={height} fill="url(#portrait-filled)" />}
      <image
        href={mediaUrl(seen.picture)}
        x={view.x}
        y={view.y}
        width={seen.widthPx * view.scale}
        height={seen.heightPx * view.scale}
        preserveAspectRatio="none"
      />
      {at && (
        <>
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
            aria-label={t('portrait.frameOf', { ratio })}
            data-testid="portrait-frame"
            onPointerDown={(event) => begin(event, false)}
            {...holds}
            onKeyDown={onKeyDown}
            onBlur={sealEdit}
          >
            <rect className={styles.edge} x={at.x} y={at.y} width={width} height={height} />
            {[1 / 3, 2 / 3].map((share) => (
              <g key={share} className={styles.thirds}>
                <line x1={at.x + width * share} x2={at.x + width * share} y1={at.y} y2={at.y + height} />
                <line y1={at.y + height * share} y2={at.y + height * share} x1={at.x} x2={at.x + width} />
              </g>
            ))}
          </g>
          {(['nw', 'ne', 'se', 'sw'] as const).map((name) => (
            <rect
              key={name}
              className={styles.corner}
              x={at.x + (name.includes('e') ? width : 0) - 5}
              y={at.y + (name.includes('s') ? height : 0) - 5}
              width={10}
              height={10}
              style={{ cursor: name === 'nw' || name === 'se' ? 'nwse-resize' : 'nesw-resize' }}
              onPointerDown={(event) => begin(event, true)}
              {...holds}
            />
          ))}
        </>
      )}
    </svg>
  );
}
