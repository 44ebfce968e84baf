/** The stage's frame over the picture: drag it, or its corners, or use the keys. What lies beyond the picture is filled by the studio. */
import type { KeyboardEvent, ReactElement } from 'react';
import type { ExaminedPortrait, PlacedSubject } from '../../../../app/contract/portraits.ts';
import type { Framing } from '../../../../app/document/avatar.ts';
import { placePicture } from '../../../../app/media/place-picture.ts';
import type { StageSize } from '../../../../app/media/stage-size.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit } from '../../../state/project.ts';
import type { Box, Point } from '../model/face-points.ts';
import { arrowOf, between, type DragHandlers, useDrag } from './drag.ts';
import styles from './editor.module.css';
import { CutOut, onScreen, PictureSurface } from './picture-surface.tsx';
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
  const { grip } = useDrag<Framing>({ viewport, onDraft, onCommit, onGiveUp: () => onDraft(framing) });

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

  const begin = (): Framing | null => (frame === null ? null : framing);
  const moves = (): DragHandlers => grip(begin, (start, to, from) => shifted(start, between(to, from)));
  const grows = (): DragHandlers =>
    grip(begin, (start, to, from) => {
      const box = frameAt(start);
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const reach = (point: Point): number => Math.max(4, Math.hypot(point.x - middle.x, point.y - middle.y));
      return zoomed(start, reach(from) / reach(to));
    });
  const onKeyDown = (event: KeyboardEvent<Element>): void => {
    if (frame === null || event.altKey) return;
    const step = event.shiftKey ? 0.001 : 0.01;
    const arrow = arrowOf(event.key);
    const next =
      arrow !== null
        ? shifted(framing, { x: arrow.x * step * frame.width, y: arrow.y * step * frame.height })
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

  const at = frame && onScreen(viewport, frame);
  return (
    <PictureSurface
      seen={seen}
      viewport={viewport}
      under={
        <>
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
          {at && <rect {...at} fill="url(#portrait-filled)" />}
        </>
      }
    >
      {at && (
        <>
          <CutOut
            viewport={viewport}
            at={at}
            label={t('portrait.frameOf', { ratio })}
            {...moves()}
            onKeyDown={onKeyDown}
            onBlur={sealEdit}
          />
          {(['nw', 'ne', 'se', 'sw'] as const).map((name) => (
            <rect
              key={name}
              className={styles.corner}
              x={at.x + (name.includes('e') ? at.width : 0) - 5}
              y={at.y + (name.includes('s') ? at.height : 0) - 5}
              width={10}
              height={10}
              style={{ cursor: name === 'nw' || name === 'se' ? 'nwse-resize' : 'nesw-resize' }}
              {...grows()}
            />
          ))}
        </>
      )}
    </PictureSurface>
  );
}
